"""Which kinds of body and which roles may say which event, and which agency answers for them (design section 2)."""

from dataclasses import dataclass

from services.core.codes import OrganisationKind, Role, Sector
from services.core.facts import (
    BorderEncounter,
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    Fact,
    HealthAttendance,
    KinshipClaimed,
    LinkRefused,
    PlacementEnded,
    PlacementStarted,
    PoliceContact,
    RecordsLinked,
    RecordsUnlinked,
    ReferralDecided,
    ReferralMade,
    Sighting,
)

ANSWERS_FOR: dict[OrganisationKind, Sector] = {
    OrganisationKind.POLICE_FORCE: Sector.POLICE,
    OrganisationKind.UKHTC: Sector.POLICE,
    OrganisationKind.CEOP: Sector.POLICE,
    OrganisationKind.UKBA: Sector.UKBA,
    OrganisationKind.COMPETENT_AUTHORITY: Sector.UKBA,
    OrganisationKind.LOCAL_AUTHORITY: Sector.LOCAL_AUTHORITY,
    OrganisationKind.NSPCC: Sector.LOCAL_AUTHORITY,
    OrganisationKind.MISSING_PEOPLE: Sector.LOCAL_AUTHORITY,
    OrganisationKind.SCHOOL: Sector.LOCAL_AUTHORITY,
    OrganisationKind.YOUTH_OFFENDING_TEAM: Sector.LOCAL_AUTHORITY,
    OrganisationKind.COURT: Sector.LOCAL_AUTHORITY,
    OrganisationKind.HEALTH_BODY: Sector.HEALTH,
}

ANY_KIND = frozenset(OrganisationKind)
ANYONE = frozenset(Role)
STAFF = ANYONE - {Role.UNVERIFIED}
SOCIAL_CARE = frozenset({Role.SOCIAL_WORKER, Role.MANAGER, Role.DUTY_OFFICER, Role.STATUTORY_RETURN})


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may say an event, and the paragraph that it rests on."""

    kinds: frozenset[OrganisationKind]
    roles: frozenset[Role]
    paragraph: str


def _only(*kinds: OrganisationKind) -> frozenset[OrganisationKind]:
    return frozenset(kinds)


_LINKS = Authority(ANY_KIND, frozenset({Role.COORDINATOR}), "3.5")

WHO_MAY_SAY: dict[type[Fact], Authority] = {
    ReferralMade: Authority(ANY_KIND, ANYONE, "5.15"),
    ReferralDecided: Authority(_only(OrganisationKind.LOCAL_AUTHORITY), SOCIAL_CARE, "4.5"),
    ChildMissing: Authority(ANY_KIND, ANYONE, "5.74"),
    Sighting: Authority(ANY_KIND, ANYONE, "5.77"),
    ChildFound: Authority(
        _only(OrganisationKind.POLICE_FORCE, OrganisationKind.LOCAL_AUTHORITY),
        SOCIAL_CARE | {Role.POLICE_OFFICER, Role.COORDINATOR},
        "5.77",
    ),
    KinshipClaimed: Authority(ANY_KIND, ANYONE, "5.67"),
    ChildLookedAfter: Authority(_only(OrganisationKind.LOCAL_AUTHORITY), SOCIAL_CARE, "5.61"),
    PlacementStarted: Authority(_only(OrganisationKind.LOCAL_AUTHORITY), SOCIAL_CARE, "5.70"),
    PlacementEnded: Authority(_only(OrganisationKind.LOCAL_AUTHORITY), SOCIAL_CARE, "5.70"),
    BorderEncounter: Authority(_only(OrganisationKind.UKBA), STAFF, "4.23"),
    PoliceContact: Authority(
        _only(OrganisationKind.POLICE_FORCE, OrganisationKind.UKHTC, OrganisationKind.CEOP), STAFF, "Appendix 2"
    ),
    HealthAttendance: Authority(_only(OrganisationKind.HEALTH_BODY), STAFF, "4.8"),
    RecordsLinked: _LINKS,
    RecordsUnlinked: _LINKS,
    LinkRefused: _LINKS,
}


def may_say(sector: Sector, kind: OrganisationKind, role: Role, fact: Fact) -> bool:
    """Whether this role in this kind of body may say this through this agency's processor.

    Whoever says that a child is missing is heard, through whichever agency (design, "The rule beside it").
    """
    if isinstance(fact, ChildMissing):
        return True
    authority = WHO_MAY_SAY[type(fact)]
    return ANSWERS_FOR[kind] is sector and kind in authority.kinds and role in authority.roles
