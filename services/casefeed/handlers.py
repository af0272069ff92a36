"""What case updates add to the projection: pure, and the same in any order of arrival and with any repetition."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.casefeed.proposals import LINK_PROPOSED, Proposal, latest, proposal_of
from services.core.claims import Subject
from services.core.codes import Precision, Sector
from services.core.errors import Unreadable, UnreadableBytes
from services.core.facts import FACTS, WorkerAllocated
from services.core.ids import CaseId, EventId, FactId, MalformedId, SubjectId, handle_in, well_formed
from services.core.timeline import Entry
from services.wire.avro import Record, Schemas
from services.wire.entries import entry_of
from services.wire.records import value_of

PATTERN = "PatternFound"
READ: Collection[str] = ("CaseUpdated", PATTERN, LINK_PROPOSED)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An event for the timeline of its subject; `case_id` and `status` are the case's when it came, for the feed.

    `enquirer` is the adult of whom it is said, if it is said of one.
    """

    event_id: EventId
    subject_id: SubjectId
    case_id: CaseId
    status: str
    type: str
    sector: Sector
    occurred_at: datetime | None
    precision: Precision
    known_at: datetime
    frame: bytes
    enquirer: str | None = None


@dataclass(frozen=True, slots=True)
class SaidAgain:
    """An event that its agency said again."""

    event_id: EventId
    recorded_at: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Allocated:
    """A worker was given the case of a record (¶5.70); of the events of a fact, the one last said holds."""

    event_id: EventId
    fact_id: FactId
    subject_id: SubjectId
    worker: str
    since: datetime | None
    until: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which case a record belongs to; of those known at a time, the highest version holds."""

    subject_id: SubjectId
    version: int
    case_id: CaseId
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What a case comes to, as a lantern.CaseState; the highest version holds."""

    case_id: CaseId
    version: int
    known_at: datetime
    state: Record


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something of the same adult around several records; of several words on one pattern the one with most holds."""

    pattern_id: str
    kind: str
    subjects: frozenset[SubjectId]


@dataclass(frozen=True, slots=True)
class Projection:
    """What to add to the tables; each thing stands in it once."""

    entries: tuple[NewEntry, ...]
    said_again: tuple[SaidAgain, ...]
    assignments: tuple[Assignment, ...]
    cases: tuple[Case, ...]
    allocations: tuple[Allocated, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def read(schemas: Schemas, frame: bytes) -> Projection:
    """Read one case update, one pattern, or what speaks for a link.

    Raises:
        UnreadableBytes: the update, or an event in it, is not what its schema says.
    """
    name, record = schemas.decode(frame, READ)
    try:
        if name == LINK_PROPOSED:
            return Projection((), (), (), (), proposals=(proposal_of(record),))
        return _projection_of_pattern(record) if name == PATTERN else _projection(schemas, record)
    except (MalformedId, ValueError):
        raise UnreadableBytes(Unreadable.UNKNOWN_VALUE) from None


def merged(updates: Iterable[Projection]) -> Projection:
    """Several updates as one: of what was said twice the earlier knowledge, of a case the highest version."""
    entries: dict[EventId, NewEntry] = {}
    said_again: dict[tuple[EventId, datetime], SaidAgain] = {}
    assignments: dict[tuple[SubjectId, int], Assignment] = {}
    cases: dict[CaseId, Case] = {}
    allocations: dict[EventId, Allocated] = {}
    patterns: dict[str, Pattern] = {}
    for update in (updates := tuple(updates)):
        for entry in update.entries:
            entries.setdefault(entry.event_id, entry)
        for said in update.said_again:
            key = said.event_id, said.recorded_at
            said_again[key] = min(said, said_again.get(key, said), key=lambda one: one.known_at)
        for assignment in update.assignments:
            assignments[assignment.subject_id, assignment.version] = assignment
        for case in update.cases:
            cases[case.case_id] = max(cases.get(case.case_id, case), case, key=lambda one: one.version)
        allocations.update((one.event_id, one) for one in update.allocations)
        for found in update.patterns:
            patterns[found.pattern_id] = max(patterns.get(found.pattern_id, found), found, key=_records)
    return Projection(
        tuple(entries.values()),
        tuple(said_again.values()),
        tuple(assignments.values()),
        tuple(cases.values()),
        tuple(allocations.values()),
        tuple(patterns.values()),
        latest(proposal for update in updates for proposal in update.proposals),
    )


def _records(pattern: Pattern) -> int:
    return len(pattern.subjects)


def _projection_of_pattern(record: Record) -> Projection:
    subjects = frozenset(SubjectId(well_formed(subject)) for subject in record["subjects"])
    found = Pattern(well_formed(record["pattern_id"]), record["kind"], subjects)
    return Projection((), (), (), (), patterns=(found,))


def _projection(schemas: Schemas, update: Record) -> Projection:
    case = Case(CaseId(well_formed(update["case_id"])), update["version"], update["known_at"], _state(update["state"]))
    added = [(_read(schemas, one), one["event"]) for one in update["entries"]]
    return Projection(
        tuple(_entry(case, name, entry, frame) for (name, entry), frame in added),
        tuple(_said_again(said) for said in update["said_again"]),
        tuple(_assignment(case.case_id, assigned) for assigned in update["subjects"]),
        (case,),
        tuple(given for (_, entry), _ in added for given in _allocated(entry)),
    )


def _state(state: Record) -> Record:
    """What is no episode's name, as a zero byte that PostgreSQL refuses, is left out; the episode stays open."""
    episodes = [{**one, "episode": handle_in(one["episode"]) or ""} for one in state["open_episodes"]]
    return {**state, "open_episodes": episodes}


def _read(schemas: Schemas, added: Record) -> tuple[str, Entry]:
    name, event = schemas.decode_again(added["event"], FACTS)
    value_of(Subject, event["subject"])  # what could not be shown is refused here, where somebody notices
    return name, entry_of(name, event, added["known_at"])


def _entry(case: Case, name: str, entry: Entry, frame: bytes) -> NewEntry:
    return NewEntry(
        event_id=entry.event_id,
        subject_id=entry.subject_id,
        case_id=case.case_id,
        status=case.state["status"],
        type=name,
        sector=entry.sector,
        occurred_at=entry.occurred_at,
        precision=entry.precision,
        known_at=entry.known_at,
        frame=frame,
        enquirer=handle_in(getattr(entry.fact, "enquirer", None)),
    )


def _allocated(entry: Entry) -> Iterator[Allocated]:
    """What is given to nobody gives nothing; the rest of its update, a missing report perhaps, is read all the same."""
    fact = entry.fact
    if isinstance(fact, WorkerAllocated) and (worker := handle_in(fact.worker)):
        said = (worker, entry.occurred_at, fact.until, entry.recorded_at)
        yield Allocated(entry.event_id, entry.fact_id, entry.subject_id, *said)


def _said_again(said: Record) -> SaidAgain:
    return SaidAgain(EventId(well_formed(said["event_id"])), said["recorded_at"], said["known_at"])


def _assignment(case_id: CaseId, assigned: Record) -> Assignment:
    subject = SubjectId(well_formed(assigned["subject_id"]))
    return Assignment(subject, assigned["assignment_version"], case_id, assigned["known_at"])
