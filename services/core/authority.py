"""Which kinds of body and which roles may say which event, and which agency answers for them (design section 2)."""

from dataclasses import dataclass

from services.core.codes import OrganisationKind, Role, Sector
from services.core.facts import (
    AgencyCheckReturned,
    BorderEncounter,
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    ContingencyPlanFiled,
    DebriefHeld,
    EnquirerInterviewed,
    Fact,
    HealthAttendance,
    IdentityChecked,
    InterviewHeld,
    KinshipClaimed,
    LinkRefused,
    LocationDisclosed,
    ParentsContacted,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    PlanAgreed,
    PoliceContact,
    RecordsLinked,
    RecordsUnlinked,
    ReferralDecided,
    ReferralMade,
    RelationshipChecked,
    ReleaseApproved,
    ReportWithdrawn,
    ReturnDecided,
    RiskAssessed,
    Section47Concluded,
    Section47Started,
    Sighting,
    VerificationRevoked,
    WorkerAllocated,
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
_SOCIAL_WORKER = frozenset({Role.SOCIAL_WORKER})
_WORKER_OR_MANAGER = _SOCIAL_WORKER | {Role.MANAGER}
_INVESTIGATORS = _WORKER_OR_MANAGER | {Role.POLICE_OFFICER, Role.DUTY_OFFICER, Role.IMMIGRATION_OFFICER}


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may say an event, and the paragraph that it rests on.

    `in_person`: only with the identity token of whoever says it, because an agency's system cannot say it for them.
    """

    kinds: frozenset[OrganisationKind]
    roles: frozenset[Role]
    paragraph: str
    in_person: bool = False


def _only(*kinds: OrganisationKind) -> frozenset[OrganisationKind]:
    return frozenset(kinds)


_LINKS = Authority(ANY_KIND, frozenset({Role.COORDINATOR}), "3.5")
_AUTHORITY = _only(OrganisationKind.LOCAL_AUTHORITY)
_THE_THREE = _only(OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.POLICE_FORCE, OrganisationKind.UKBA)

WHO_MAY_SAY: dict[type[Fact], Authority] = {
    ReferralMade: Authority(ANY_KIND, ANYONE, "5.15"),
    ReferralDecided: Authority(_AUTHORITY, SOCIAL_CARE, "4.5"),
    ChildMissing: Authority(ANY_KIND, ANYONE, "5.74"),
    Sighting: Authority(ANY_KIND, ANYONE, "5.77"),
    ChildFound: Authority(
        _only(OrganisationKind.POLICE_FORCE, OrganisationKind.LOCAL_AUTHORITY),
        SOCIAL_CARE | {Role.POLICE_OFFICER, Role.COORDINATOR},
        "5.77",
    ),
    KinshipClaimed: Authority(ANY_KIND, ANYONE, "5.67"),
    EnquirerInterviewed: Authority(_AUTHORITY, _SOCIAL_WORKER, "5.65"),
    IdentityChecked: Authority(_THE_THREE, _INVESTIGATORS, "5.65"),
    RelationshipChecked: Authority(_AUTHORITY, _WORKER_OR_MANAGER, "5.66"),
    AgencyCheckReturned: Authority(_THE_THREE, _INVESTIGATORS, "5.67"),
    RiskAssessed: Authority(_AUTHORITY, _SOCIAL_WORKER, "5.67"),
    ReleaseApproved: Authority(_AUTHORITY, _WORKER_OR_MANAGER, "5.65", in_person=True),
    VerificationRevoked: Authority(ANY_KIND, STAFF, "5.66"),
    LocationDisclosed: Authority(ANY_KIND, STAFF, "5.39"),
    ParentsContacted: Authority(
        _only(OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.UKBA),
        _WORKER_OR_MANAGER | {Role.IMMIGRATION_OFFICER},
        "5.69",
    ),
    Section47Started: Authority(_AUTHORITY, _WORKER_OR_MANAGER, "5.27"),
    Section47Concluded: Authority(_AUTHORITY, _WORKER_OR_MANAGER, "5.35"),
    PlanAgreed: Authority(_AUTHORITY, _WORKER_OR_MANAGER, "5.35"),
    InterviewHeld: Authority(_AUTHORITY, _SOCIAL_WORKER, "5.29"),
    PlacementThreatSeen: Authority(ANY_KIND, STAFF, "5.65"),
    ContingencyPlanFiled: Authority(_AUTHORITY, SOCIAL_CARE, "5.75"),
    ReturnDecided: Authority(
        _only(OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.UKBA),
        _WORKER_OR_MANAGER | {Role.IMMIGRATION_OFFICER},
        "5.53",
    ),
    DebriefHeld: Authority(_THE_THREE, _INVESTIGATORS, "5.46"),
    ReportWithdrawn: Authority(
        _only(OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.POLICE_FORCE),
        _WORKER_OR_MANAGER | {Role.POLICE_OFFICER, Role.DUTY_OFFICER},
        "5.74",
    ),
    WorkerAllocated: Authority(_AUTHORITY, frozenset({Role.MANAGER, Role.COORDINATOR}), "5.70"),
    ChildLookedAfter: Authority(_AUTHORITY, SOCIAL_CARE, "5.61"),
    PlacementStarted: Authority(_AUTHORITY, SOCIAL_CARE, "5.70"),
    PlacementEnded: Authority(_AUTHORITY, SOCIAL_CARE, "5.70"),
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


def may_come_from(sector: Sector, fact: Fact) -> bool:
    """Whether this agency's processor may say this for any body at all: a signature proves the agency, nothing more."""
    if isinstance(fact, ChildMissing):
        return True
    return any(ANSWERS_FOR[kind] is sector for kind in WHO_MAY_SAY[type(fact)].kinds)


def in_person(fact: Fact) -> bool:
    """Whether this is heard only from a person whose identity token came with it."""
    return WHO_MAY_SAY[type(fact)].in_person
