"""One enquirer, one child with two records, and a ladder on which every rung stands; every value is synthetic."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.core.claims import Subject
from services.core.codes import (
    AccountArea,
    AgencyCheck,
    Finding,
    IdentityEvidence,
    Interpreter,
    OrganisationKind,
    Precision,
    Purpose,
    RelationshipEvidence,
    RiskDecision,
    Role,
    Sector,
    YesNo,
)
from services.core.events import Event, Head
from services.core.facts import (
    AgencyCheckReturned,
    ChildLookedAfter,
    EnquirerInterviewed,
    IdentityChecked,
    InterviewHeld,
    RelationshipChecked,
    ReleaseApproved,
    RiskAssessed,
)
from services.core.gates import Child, Opener, ReleaseAsked
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.core.known import Knowledge, Known
from tests.builders import an_id, day

ONE, TWO, ANOTHER_CHILD = (SubjectId(an_id(number)) for number in (1, 2, 3))
CHILD = frozenset({ONE, TWO})
ENQUIRER, ANOTHER_ENQUIRER = an_id(11), an_id(12)
AUTHORITY, ANOTHER_BODY = OrgHandle(an_id(21)), OrgHandle(an_id(22))
INTERVIEWER, CHILDS_INTERVIEWER, COMPARER, ASSESSOR, FIRST, SECOND, OPENER, CHECKER = (
    an_id(number) for number in range(31, 39)
)
DECISION, ANOTHER_DECISION = an_id(41), an_id(42)
VERSIONS = frozenset({(FactId(an_id(51)), b"version 1")})
ASSESSMENT = EventId(an_id(1090))

NOW = day(40) + timedelta(hours=12)
ASKED_ON = 31
LAPSES = {
    "interview": 61,
    "identity": 62,
    "local_authority": 63,
    "police": 64,
    "ukba": 65,
    "relationship": 66,
    "assessment": 67,
    "first": 68,
    "second": 69,
}
"""The day on which each word lapses, where a test says nothing else."""


def said(
    fact: Any,
    number: int,
    on: float | None,
    *,
    of_fact: int | None = None,
    subject: SubjectId = ONE,
    sector: Sector = Sector.LOCAL_AUTHORITY,
    org: OrgHandle = AUTHORITY,
    role: Role = Role.SOCIAL_WORKER,
    precision: Precision = Precision.INSTANT,
    known: float | None = None,
    recorded: float | None = None,
) -> Known:
    """An event on a day of the tests' calendar, recorded and known at once; each is of a fact of its own."""
    occurred_at = None if on is None else day(0) + timedelta(days=on)
    known_at = day(0) + timedelta(days=(on or 0) if known is None else known)
    recorded_at = known_at if recorded is None else day(0) + timedelta(days=recorded)
    fact_id = FactId(an_id(1000 + (number if of_fact is None else of_fact)))
    head = Head(
        EventId(an_id(1000 + number)), fact_id, subject, sector, org, role, occurred_at,
        Precision.UNKNOWN if on is None else precision, recorded_at, recorded_at,
    )  # fmt: skip
    return Known(Event(head, Subject(), fact), known_at)


def lapsing(fact: Any, number: float | None) -> Any:
    """The same fact, lapsing on that day of the tests' calendar, or saying no day."""
    return replace(fact, lapses_on=None if number is None else (day(0) + timedelta(days=number)).date())


LOOKED_AFTER = ChildLookedAfter()
INTERVIEW = lapsing(
    EnquirerInterviewed(
        ENQUIRER, INTERVIEWER, Interpreter.INDEPENDENT_AND_CHECKED, apart_from_child=YesNo.YES, completed=YesNo.YES
    ),
    LAPSES["interview"],
)
IDENTITY = lapsing(
    IdentityChecked(ENQUIRER, CHECKER, Finding.ESTABLISHED, (IdentityEvidence.PASSPORT,)), LAPSES["identity"]
)
HEARD = InterviewHeld(CHILDS_INTERVIEWER, Interpreter.NOT_NEEDED, YesNo.YES, YesNo.YES)
RELATIONSHIP = lapsing(
    RelationshipChecked(
        ENQUIRER,
        COMPARER,
        Finding.ESTABLISHED,
        (RelationshipEvidence.DNA, RelationshipEvidence.ACCOUNTS_COMPARED),
        (AccountArea.FAMILY_COMPOSITION, AccountArea.TIME_IN_THE_UK),
    ),
    LAPSES["relationship"],
)
RISK = lapsing(
    RiskAssessed(ENQUIRER, ASSESSOR, RiskDecision.RELEASE, YesNo.YES, YesNo.YES, YesNo.YES), LAPSES["assessment"]
)
SECTORS = {"local_authority": Sector.LOCAL_AUTHORITY, "police": Sector.POLICE, "ukba": Sector.UKBA}


def check(sector: str, result: AgencyCheck = AgencyCheck.CLEAR) -> AgencyCheckReturned:
    """What an agency found of the enquirer."""
    made: AgencyCheckReturned = lapsing(AgencyCheckReturned(ENQUIRER, CHECKER, result), LAPSES[sector])
    return made


def approval(officer: str, which: str, decision: str = DECISION, assessment: EventId = ASSESSMENT) -> ReleaseApproved:
    """One person's approval."""
    made: ReleaseApproved = lapsing(ReleaseApproved(ENQUIRER, officer, decision, assessment), LAPSES[which])
    return made


PARTS: Mapping[str, tuple[Known, ...]] = {
    "authority": (said(LOOKED_AFTER, 1, 1),),
    "interview": (said(INTERVIEW, 10, 10),),
    "identity": (said(IDENTITY, 20, 11, subject=TWO),),
    "local_authority": (said(check("local_authority"), 30, 12),),
    "police": (said(check("police"), 40, 13, sector=Sector.POLICE, org=ANOTHER_BODY, role=Role.POLICE_OFFICER),),
    "ukba": (said(check("ukba"), 50, 14, sector=Sector.UKBA, org=ANOTHER_BODY, role=Role.IMMIGRATION_OFFICER),),
    "heard": (said(HEARD, 60, 15, subject=TWO),),
    "relationship": (said(RELATIONSHIP, 70, 20),),
    "assessment": (said(RISK, 90, 30),),
    "approvals": (said(approval(FIRST, "first"), 96, 32), said(approval(SECOND, "second"), 97, 32)),
}
"""Everything that a release rests on, where no meeting is due, and nothing else."""


def knowledge(events: Iterable[Known], *, whole: bool = True) -> Knowledge:
    """What the hub knows when these are said."""
    return Knowledge(tuple(events), CHILD, VERSIONS, whole)


def release(
    *,
    purpose: Purpose = Purpose.RELEASE_TO_ENQUIRER,
    opener: str = OPENER,
    speaks_as: frozenset[OrgHandle] = frozenset({AUTHORITY}),
    disturbances: frozenset[EventId] = frozenset(),
) -> ReleaseAsked:
    """A release that is asked for on day `ASKED_ON`."""
    who = Opener(opener, Role.SOCIAL_WORKER, OrganisationKind.LOCAL_AUTHORITY, speaks_as)
    return ReleaseAsked(DECISION, ENQUIRER, Child(CHILD, VERSIONS, disturbances), purpose, who)


def the_whole_ladder() -> tuple[Known, ...]:
    """Every part in the order in which it happened."""
    return tuple(event for part in PARTS.values() for event in part)


def moment(number: float) -> datetime:
    """A moment of the tests' calendar, in days."""
    return day(0) + timedelta(days=number)
