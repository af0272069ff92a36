"""From what an agency says of a child to what is shared: events without a place, and sealed facts beside them."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.core import ids
from services.core.authority import in_person, may_say
from services.core.claims import BirthDate
from services.core.codes import OrganisationKind, SealedField, Sector
from services.core.errors import BrokenRule
from services.core.events import Event, Head
from services.core.facts import ChildMissing, Fact, PlacementThreatSeen, ReportWithdrawn, VerificationRevoked
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.core.reasons import Reason, births_to_judge_by, of_an_adult, reasons_to_share
from services.core.statements import NOBODY_SHOWN, Author, Problem, ProblemReason, Record, Statement, listed
from services.core.wording import shared_fields

# A warning is heard even with a date that cannot be: refusing it would let an adult pass whom somebody warned of.
_WARNINGS = (PlacementThreatSeen, VerificationRevoked)
_MOMENT = timedelta(microseconds=1)
OFFICER = "officer"
DECIDED_BY = "decided_by"


class Decision(StrEnum):
    """What became of a record."""

    SHARED = "shared"
    HELD_BACK = "held_back"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SealedFact:
    """What the shell seals to the vault: `content` is in no shared event, and `fact_id` is the only reference to it."""

    subject_id: SubjectId
    fact_id: FactId
    field: SealedField
    recorded_at: datetime
    content: Mapping[str, str] = dataclasses.field(repr=False)  # it has a `field` of its own


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is answered to the agency about one record, and what of it goes on. Held back means: kept nowhere."""

    decision: Decision
    subject_id: SubjectId | None = None
    reasons: frozenset[Reason] = frozenset()
    events: tuple[Event, ...] = ()
    sealed_facts: tuple[SealedFact, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def unreadable_missing_report(self) -> bool:
        """Whether somebody must be paged because a missing report could not be read."""
        return any(problem.missing_report for problem in self.problems)

    @property
    def quarantine(self) -> bool:
        """Whether anything was refused, so that the record waits for its agency in quarantine.

        Where nothing of a record is shared because its person is an adult, nobody has a reason to keep it.
        """
        adults = self.decision is Decision.REFUSED and any(
            problem.reason is ProblemReason.ADULT_AT_DATE_OF_FACT for problem in self.problems
        )
        return bool(self.problems) and (self.unreadable_missing_report or not adults)


@dataclass(frozen=True, slots=True)
class EdgeKeys:
    """What an agency names with: `own` for its children, facts and organisations; `people` is the same everywhere."""

    own: bytes = field(repr=False)
    people: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """The place where an agency's data become shared: its keys, its sector, and when it received what it decides on.

    `author` is who says it, as their identity token shows; None where no token came.
    """

    keys: EdgeKeys
    sector: Sector
    received_at: datetime
    author: Author | None = None


def share(record: Record, edge: Edge) -> Outcome:
    """Decide what of a record is shared; nothing of one that is held back or refused goes anywhere."""
    statements = tuple(_said_by(edge.author, said) for said in record.statements)
    births = births_to_judge_by(statements)
    judged = [(said, _objection(said, record.organisation_kind, births, edge)) for said in statements]
    kept = tuple(said for said, objection in judged if objection is None)
    reasons = reasons_to_share(kept) or _known(record, kept)
    problems = record.problems + tuple(_problem(said, objection) for said, objection in judged if objection)
    if reasons:
        return _shared(record, kept, edge, reasons, listed(problems))
    decision = Decision.REFUSED if problems else Decision.HELD_BACK
    return Outcome(decision, subject_of(record, edge.keys.own), problems=listed(problems))


def subject_of(record: Record, edge_key: bytes) -> SubjectId | None:
    """The record's child, if it names one."""
    if record.source_id is None:
        return record.subject_id
    return ids.subject_id(edge_key, record.organisation, record.system, record.source_id)


def _said_by(author: Author | None, said: Statement) -> Statement:
    """The statement of whoever is shown to say it: their role and person, whatever the document says."""
    if author is None:
        return said
    named = {name: author.subject for name in (OFFICER, DECIDED_BY) if hasattr(said.fact, name)}
    return replace(said, role=author.role, people={**said.people, **named})


def _known(record: Record, kept: tuple[Statement, ...]) -> frozenset[Reason]:
    """What is said of a record that the hub named is of a child whom the hub knows already."""
    return frozenset({Reason.KNOWN_TO_THE_HUB}) if kept and record.subject_id is not None else frozenset()


def _objection(
    said: Statement, kind: OrganisationKind, births: tuple[BirthDate, ...], edge: Edge
) -> ProblemReason | None:
    """Why a statement is not shared; no objection stands against the report that a child is missing."""
    if isinstance(said.fact, ChildMissing):
        return None
    if not may_say(edge.sector, kind, said.role, said.fact) or (in_person(said.fact) and not is_shown(edge.author)):
        return ProblemReason.NOT_AUTHORISED_TO_SAY
    if hasattr(said.fact, OFFICER) and OFFICER not in said.people:
        return ProblemReason.MISSING_FIELD
    if said.occurred_at is not None and said.occurred_at > edge.received_at + said.may_be_ahead:
        return None if isinstance(said.fact, _WARNINGS) else ProblemReason.IN_THE_FUTURE
    if of_an_adult(said, births):
        return ProblemReason.ADULT_AT_DATE_OF_FACT
    return None


def is_shown(author: Author | None) -> bool:
    """Whether an identity token that holds shows who says it."""
    return author is not None and author != NOBODY_SHOWN


def _problem(said: Statement, reason: ProblemReason) -> Problem:
    return Problem(said.table, said.row, None, reason)


def _shared(
    record: Record, kept: tuple[Statement, ...], edge: Edge, reasons: frozenset[Reason], problems: tuple[Problem, ...]
) -> Outcome:
    subject = subject_of(record, edge.keys.own)
    if subject is None:
        raise BrokenRule
    source = _Source(
        edge, record.organisation, record.system, subject, ids.org_handle(edge.keys.own, record.organisation)
    )
    earlier = _before_receipt((said.recorded_at for said in kept), edge.received_at)
    events = tuple(_event(said, source, earlier.get(said.recorded_at, said.recorded_at)) for said in kept)
    said_when = max(event.head.recorded_at for event in events)
    sealed = (
        *_sealed_of_record(record, source, said_when),
        *(part for said, event in zip(kept, events, strict=True) for part in _sealed_of_fact(said, event)),
    )
    return Outcome(Decision.SHARED, subject, reasons, events, sealed, problems)


@dataclass(frozen=True, slots=True)
class _Source:
    """The child as one system of one organisation knows them, and the edge at which it speaks."""

    edge: Edge
    organisation: str = field(repr=False)
    system: str = field(repr=False)
    subject: SubjectId
    org: OrgHandle

    @property
    def key(self) -> bytes:
        return self.edge.keys.own

    def fact_id(self, event_type: str, natural_key: str) -> FactId:
        return ids.fact_id(self.key, self.organisation, self.system, self.subject, event_type, natural_key)


def _before_receipt(recorded: Iterable[datetime], received_at: datetime) -> dict[datetime, datetime]:
    """For times from the receipt on, times up to it in the same order: what corrects stays behind what it corrects.

    A clock that is fast, or summer time told as universal time, dates a whole record ahead.
    """
    ahead = sorted({at for at in recorded if at >= received_at}, reverse=True)
    return {at: received_at - number * _MOMENT for number, at in enumerate(ahead)}


def _event(said: Statement, source: _Source, recorded_at: datetime) -> Event:
    fact = _with_handles(said, source)
    head = Head(
        event_id=EventId(""),
        fact_id=source.fact_id(_speaks_of(fact).__name__, said.natural_key),
        subject_id=source.subject,
        sector=source.edge.sector,
        org=source.org,
        role=said.role,
        occurred_at=said.occurred_at,
        precision=said.precision,
        recorded_at=recorded_at,
        received_at=source.edge.received_at,
        in_answer_to=said.in_answer_to,
    )
    unnamed = Event(head, said.subject, fact)
    event_id = ids.event_id(source.key, head.fact_id, shared_fields(unnamed))
    return Event(replace(head, event_id=event_id), said.subject, fact)


def _speaks_of(fact: Fact) -> type[Fact]:
    """The type of the fact that this is a word on: a report that is taken back is the report's own fact."""
    return ChildMissing if isinstance(fact, ReportWithdrawn) else type(fact)


def _with_handles(said: Statement, source: _Source) -> Fact:
    """The fact with keyed handles where its agency used references of its own, or named people."""
    people = source.edge.keys.people
    handles: dict[str, Any] = {name: ids.person_handle(people, subject) for name, subject in said.people.items()}
    if said.episode_key is not None:
        handles["episode"] = source.fact_id(ChildMissing.__name__, said.episode_key)
    if said.enquirer_reference is not None:
        handles["enquirer"] = ids.enquirer_handle(
            source.key, source.organisation, source.system, said.enquirer_reference
        )
    return replace(said.fact, **handles) if handles else said.fact


def _sealed_of_record(record: Record, source: _Source, recorded_at: datetime) -> Iterator[SealedFact]:
    reference = ids.record_id(source.key, record.organisation, record.system, source.subject)
    contents = {
        SealedField.ORGANISATION: {
            "organisation": record.organisation,
            "kind": record.organisation_kind.value,
            "handle": source.org,
        },
        SealedField.IDENTIFIERS: dict(record.sealed_identifiers),
    }
    for kind, content in contents.items():
        if content:
            yield SealedFact(source.subject, reference, kind, recorded_at, content)


def _sealed_of_fact(said: Statement, event: Event) -> Iterator[SealedFact]:
    head = event.head
    if said.location:
        yield SealedFact(head.subject_id, head.fact_id, SealedField.LOCATION, head.recorded_at, dict(said.location))
    if said.narrative:
        text = {"text": said.narrative}
        yield SealedFact(head.subject_id, head.fact_id, SealedField.NARRATIVE, head.recorded_at, text)
    if said.people:
        people = dict(said.people)
        yield SealedFact(head.subject_id, head.fact_id, SealedField.IDENTIFIERS, head.recorded_at, people)
