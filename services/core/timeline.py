"""A case's timeline: entries in an order that does not depend on how they arrived."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from services.core.codes import FoundHow, MissingKind, Precision, Role, Sector
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
from services.core.ids import EventId, FactId, OrgHandle, SubjectId

SortKey = tuple[datetime, int, EventId]
Turn = tuple[datetime, int, EventId]
Author = tuple[FactId, SubjectId, OrgHandle, Sector]
"""A fact, and the only record, body and agency that can say something of it."""

NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""Stands first in every order: the time of what nobody dated."""

LAST = datetime.max.replace(tzinfo=UTC)
"""Nothing is later: what would end after it ends then."""

_A_DAY = timedelta(days=1) - timedelta(microseconds=1)

_RANK: dict[type[Fact], int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            BorderEncounter,
            PoliceContact,
            HealthAttendance,
            ReferralMade,
            ReferralDecided,
            Section47Started,
            InterviewHeld,
            Section47Concluded,
            PlanAgreed,
            ChildLookedAfter,
            WorkerAllocated,
            PlacementEnded,
            PlacementStarted,
            PlacementThreatSeen,
            ContingencyPlanFiled,
            ReturnDecided,
            ChildMissing,
            Sighting,
            ChildFound,
            DebriefHeld,
            ReportWithdrawn,
            KinshipClaimed,
            EnquirerInterviewed,
            IdentityChecked,
            RelationshipChecked,
            AgencyCheckReturned,
            ParentsContacted,
            RiskAssessed,
            ReleaseApproved,
            VerificationRevoked,
            LocationDisclosed,
            RecordsLinked,
            RecordsUnlinked,
            LinkRefused,
        )
    )
}


class Dated:
    """Between which moments something happened; where nobody dated it, `begins` and `ends` say nothing."""

    __slots__ = ()

    occurred_at: datetime | None
    precision: Precision

    @property
    def dated(self) -> bool:
        return self.occurred_at is not None

    @property
    def begins(self) -> datetime:
        """The earliest moment at which it can have happened."""
        return self.occurred_at or NEVER

    @property
    def ends(self) -> datetime:
        """The latest moment at which it can have happened."""
        return latest(self.begins, self.precision)


class Authored(Protocol):
    """What somebody says of a fact: an event's head, or an entry."""

    @property
    def fact_id(self) -> FactId: ...
    @property
    def subject_id(self) -> SubjectId: ...
    @property
    def org(self) -> OrgHandle: ...
    @property
    def sector(self) -> Sector: ...


@dataclass(frozen=True, slots=True)
class Entry(Dated):
    """One event as the timeline holds it.

    `recorded_at` is when it was last said: an event said again counts as the latest word on its fact.
    `known_at` is when the hub first held it.
    """

    event_id: EventId
    fact_id: FactId
    subject_id: SubjectId
    org: OrgHandle
    sector: Sector
    role: Role
    occurred_at: datetime | None
    precision: Precision
    recorded_at: datetime
    known_at: datetime
    fact: Fact


def latest(moment: datetime, precision: Precision) -> datetime:
    """The last moment that a time can mean."""
    return later(moment, _A_DAY) if precision is Precision.DAY else moment


def later(moment: datetime, by: timedelta) -> datetime:
    """So much later, and no later than the calendar goes: a report dated on its last day must stop nobody."""
    return min(moment, LAST - by) + by


def author(said: Authored) -> Author:
    """Whose word on which fact this is: a fact's id is keyed by all the rest, so none of it changes when corrected.

    Whoever else says something under the id, as somebody may who has taken over a processor, says it besides.
    """
    return said.fact_id, said.subject_id, said.org, said.sector


def turn(recorded_at: datetime, fact: Fact, event_id: EventId) -> Turn:
    """Which of two sayings of one fact is the later, and speaks for it: by `recorded_at`, ties by event id.

    Of what is said at the very same moment a report outlives what takes it back, that a child is missing outlives that
    they are away, and an ending that nobody saw one that somebody did: in doubt the child is missing (¶5.73-5.75).
    """
    return recorded_at, _graver(fact), event_id


def _graver(fact: Fact) -> int:
    match fact:
        case ReportWithdrawn():
            return 0
        case ChildMissing(kind=MissingKind.MISSING) | ChildFound(how=FoundHow.UNVERIFIED):
            return 2
        case _:
            return 1


def sort_key(entry: Entry) -> SortKey:
    """Order of the timeline: when it happened, then rank of type, then event id (design section 4)."""
    return entry.occurred_at or NEVER, _RANK[type(entry.fact)], entry.event_id


def superseded(entries: Iterable[Entry]) -> dict[EventId, EventId]:
    """Each corrected event with the event that now speaks for its fact: the one last said."""
    entries = tuple(entries)
    speaking = _latest_of_each_fact(entries)
    return {
        entry.event_id: speaking[author(entry)].event_id
        for entry in entries
        if speaking[author(entry)].event_id != entry.event_id
    }


def current(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What is now said, in timeline order: one entry a fact."""
    return tuple(sorted(_latest_of_each_fact(entries).values(), key=sort_key))


def _latest_of_each_fact(entries: Iterable[Entry]) -> dict[Author, Entry]:
    speaking: dict[Author, Entry] = {}
    for entry in entries:
        whose = author(entry)
        rival = speaking.get(whose)
        if rival is None or _last_said(entry) > _last_said(rival):
            speaking[whose] = entry
    return speaking


def _last_said(entry: Entry) -> Turn:
    return turn(entry.recorded_at, entry.fact, entry.event_id)
