"""Is there a reason to share? A closed list; without one, a record is held back (design section 2)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from services.core.claims import BirthDate
from services.core.codes import (
    ClaimStatus,
    Concern,
    Documents,
    IdentifierScheme,
    PoliceCircumstance,
    YesNo,
)
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
    IdentityChecked,
    InterviewHeld,
    KinshipClaimed,
    LinkRefused,
    LocationDisclosed,
    ParentsContacted,
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
)
from services.core.matching.dates import birthday, born
from services.core.statements import Statement

ADULT_AT = 18


class Reason(StrEnum):
    """Why a child's record enters the hub. The paragraph of each is in `PARAGRAPHS`."""

    REFERRED = "referred"
    MISSING = "missing"
    UNACCOMPANIED = "unaccompanied"
    INDICATOR_SEEN = "indicator_seen"
    CONCERN_STATED = "concern_stated"
    MISSING_FROM_EDUCATION = "missing_from_education"
    CLAIMED_BY_AN_ADULT = "claimed_by_an_adult"
    INTERNAL_TRAFFICKING = "internal_trafficking"
    THREAT_AROUND_PLACEMENT = "threat_around_placement"
    IN_THE_NRM = "in_the_nrm"
    PRIVATELY_FOSTERED = "privately_fostered"
    IDENTITY_DECIDED = "identity_decided"
    KNOWN_TO_THE_HUB = "known_to_the_hub"
    ASKED_FOR = "asked_for"


PARAGRAPHS: dict[Reason, str] = {
    Reason.REFERRED: "5.15",
    Reason.MISSING: "5.74",
    Reason.UNACCOMPANIED: "4.3",
    Reason.INDICATOR_SEEN: "5.6",
    Reason.CONCERN_STATED: "5.10",
    Reason.MISSING_FROM_EDUCATION: "4.6",
    Reason.CLAIMED_BY_AN_ADULT: "5.65",
    Reason.INTERNAL_TRAFFICKING: "5.13",
    Reason.THREAT_AROUND_PLACEMENT: "5.65",
    Reason.IN_THE_NRM: "6.1",
    Reason.PRIVATELY_FOSTERED: "5.56",
    Reason.IDENTITY_DECIDED: "3.5",
    Reason.KNOWN_TO_THE_HUB: "5.65",
    Reason.ASKED_FOR: "5.5",
}

_OF_TYPE: dict[type[Fact], Reason] = {
    ReferralMade: Reason.REFERRED,
    ReferralDecided: Reason.REFERRED,
    ChildMissing: Reason.MISSING,
    Sighting: Reason.MISSING,
    ChildFound: Reason.MISSING,
    DebriefHeld: Reason.MISSING,
    ReportWithdrawn: Reason.MISSING,
    **dict.fromkeys(
        (
            *(KinshipClaimed, EnquirerInterviewed, IdentityChecked, RelationshipChecked, AgencyCheckReturned),
            *(RiskAssessed, ReleaseApproved, VerificationRevoked, LocationDisclosed, ParentsContacted),
        ),
        Reason.CLAIMED_BY_AN_ADULT,
    ),
    **dict.fromkeys((Section47Started, Section47Concluded, PlanAgreed, InterviewHeld), Reason.CONCERN_STATED),
    **dict.fromkeys((ContingencyPlanFiled, ReturnDecided), Reason.CONCERN_STATED),
    PlacementThreatSeen: Reason.THREAT_AROUND_PLACEMENT,
    RecordsLinked: Reason.IDENTITY_DECIDED,
    RecordsUnlinked: Reason.IDENTITY_DECIDED,
    LinkRefused: Reason.IDENTITY_DECIDED,
}
_OF_CONCERN: dict[Concern, Reason] = {
    Concern.TRAFFICKING: Reason.CONCERN_STATED,
    Concern.INTERNAL_TRAFFICKING: Reason.INTERNAL_TRAFFICKING,
    Concern.MISSING_FROM_EDUCATION: Reason.MISSING_FROM_EDUCATION,
    Concern.PRIVATE_FOSTERING: Reason.PRIVATELY_FOSTERED,
    Concern.PLACEMENT_THREAT: Reason.THREAT_AROUND_PLACEMENT,
    Concern.NATIONAL_REFERRAL_MECHANISM: Reason.IN_THE_NRM,
    Concern.OTHER: Reason.CONCERN_STATED,
}
_BAD_PAPERS = frozenset({Documents.FALSE, Documents.NONE})  # each is an indicator of ¶5.7
# No rule of age parts these: a report that swallowed one would hide a child, leave a closed episode open, or let an
# adult pass whom somebody has warned of.
_WHATEVER_THE_AGE = (
    *(ChildMissing, Sighting, ChildFound, DebriefHeld, ReportWithdrawn),
    *(RecordsLinked, RecordsUnlinked, LinkRefused),
    *(PlacementThreatSeen, VerificationRevoked, LocationDisclosed),
)
_SAYS_CHILD = frozenset({Reason.UNACCOMPANIED, Reason.INDICATOR_SEEN, Reason.IN_THE_NRM})
_ESTABLISHED = frozenset({ClaimStatus.DOCUMENTED, ClaimStatus.ASSESSED})


def reasons_to_share(statements: Iterable[Statement]) -> frozenset[Reason]:
    """Every reason that any of these statements gives; more statements never give fewer reasons."""
    return frozenset(reason for statement in statements for reason in _reasons(statement))


def births_to_judge_by(statements: Iterable[Statement]) -> tuple[BirthDate, ...]:
    """Every date of birth claimed in these statements; none if anything in them says child, whatever the papers say."""
    statements = tuple(statements)
    if reasons_to_share(statements) & _SAYS_CHILD:
        return ()
    return tuple(birth for statement in statements for birth in statement.subject.dates_of_birth)


def of_an_adult(statement: Statement, births: Iterable[BirthDate]) -> bool:
    """Whether its person was undisputedly an adult at the date of the fact (¶5.41-5.42)."""
    if isinstance(statement.fact, _WHATEVER_THE_AGE):
        return False
    return undisputed_adult(births, statement.occurred_at.date() if statement.occurred_at else None)


def undisputed_adult(births: Iterable[BirthDate], day: date | None) -> bool:
    """Whether every date of birth is established and makes its person 18 or more on `day`; no day proves nothing."""
    births = tuple(births)
    if day is None or not births:
        return False
    return all(birth.status in _ESTABLISHED and eighteenth_birthday(birth) <= day for birth in births)


def eighteenth_birthday(birth: BirthDate) -> date:
    """The latest day that can be the eighteenth birthday, where the day of birth is not known."""
    return birthday(born(birth.value).latest, ADULT_AT)


def _reasons(statement: Statement) -> set[Reason]:
    found = _by_detail(statement.fact)
    if type(statement.fact) in _OF_TYPE:
        found.add(_OF_TYPE[type(statement.fact)])
    if getattr(statement.fact, "indicators", ()):
        found.add(Reason.INDICATOR_SEEN)
    if statement.in_answer_to is not None:
        found.add(Reason.ASKED_FOR)
    if any(identifier.scheme is IdentifierScheme.NRM_REFERENCE for identifier in statement.subject.identifiers):
        found.add(Reason.IN_THE_NRM)
    return found


def _by_detail(fact: Fact) -> set[Reason]:
    match fact:
        case ReferralMade(concerns=concerns, accompanied=accompanied):
            return {_OF_CONCERN[concern] for concern in concerns} | _alone(accompanied)
        case BorderEncounter(documents=documents, accompanied=accompanied):
            bad_papers = {Reason.INDICATOR_SEEN} if documents in _BAD_PAPERS else set()
            return bad_papers | _alone(accompanied)
        case ChildLookedAfter(unaccompanied=YesNo.YES):
            return {Reason.UNACCOMPANIED}
        case PoliceContact(circumstance=PoliceCircumstance.MISSING_PERSON_REFERRAL):
            return {Reason.MISSING}
        case _:
            return set()


def _alone(accompanied: YesNo) -> set[Reason]:
    return {Reason.UNACCOMPANIED} if accompanied is YesNo.NO else set()
