"""Case changes as the messages that tell them: lantern.CaseUpdated, cut where one would grow too large; and links."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from services.core.matching.groups import Pair
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Verdict
from services.correlator.handlers import CaseChange, Outcome
from services.correlator.likeness import Edge
from services.wire.avro import Record, Schemas
from services.wire.records import state_record
from services.wire.topics import CASE_UPDATES, LINK_CANDIDATES

# Well below what a message may hold (983,040 bytes): what is not counted here is its state.
_LISTS_BYTES = 700_000
_ROW_BYTES = 64
_EVENT_OVERHEAD_BYTES = 16


class Message(NamedTuple):
    """One message, and the topic that it is for."""

    key: bytes
    value: bytes
    topic: str = CASE_UPDATES


Part = tuple[str, Record, int]
"""One row of one of an update's lists: which list, the row, and about how many bytes it takes."""


def messages(schemas: Schemas, changes: Iterable[CaseChange], version: int) -> list[Message]:
    """A message an update; the parts of one that had to be cut carry the same version and state."""
    return [
        Message(change.case_id.encode(), schemas.encode("CaseUpdated", update))
        for change in changes
        for update in updates(change, version)
    ]


def link_messages(schemas: Schemas, proposals: Iterable[Record]) -> list[Message]:
    """A message a proposal, for `link-candidates.v1`."""
    return [
        Message(proposal["one"].encode(), schemas.encode("LinkProposed", proposal), LINK_CANDIDATES)
        for proposal in proposals
    ]


def proposals(outcome: Outcome, version: int) -> Iterator[Record]:
    """What newly speaks for two records being of one child, and what does no longer."""
    known_at, likeness = outcome.found.known_at, outcome.change.likeness
    yield from standing(likeness.made, outcome.conflicts, version, known_at)
    for by, pairs in ((ProposedBy.SCORE, likeness.no_longer), (ProposedBy.NUMBERS, outcome.settled)):
        yield from (_proposal(pair, by, Verdict.APART, (), version, known_at) for pair in sorted(pairs))


def standing(edges: Iterable[Edge], conflicts: Iterable[Pair], version: int, known_at: datetime) -> Iterator[Record]:
    """Edges and conflicts as proposals."""
    for edge in (edge for edge in edges if edge.is_told):
        evidence = [{"field": one.field, "level": one.level, "bits": one.bits} for one in edge.evidence]
        yield _proposal(edge.pair, ProposedBy.SCORE, edge.verdict, evidence, version, known_at)
    for pair in sorted(conflicts):
        yield _proposal(pair, ProposedBy.NUMBERS, Verdict.ASK, (), version, known_at)


def _proposal(  # noqa: PLR0913, PLR0917 - the fields of the record
    pair: Pair, by: ProposedBy, verdict: Verdict, evidence: Iterable[Record], version: int, known_at: datetime
) -> Record:
    one, other = pair
    return {
        "one": one,
        "other": other,
        "proposed_by": by.value,
        "verdict": verdict.value,
        "evidence": list(evidence),
        "version": version,
        "known_at": known_at,
    }


def updates(change: CaseChange, version: int) -> Iterator[Record]:
    """The records that tell one change."""
    state = state_record(change.state)
    for lists in _cut(_parts(change, version)):
        yield {"case_id": change.case_id, "version": version, "known_at": change.known_at, "state": state, **lists}


def _parts(change: CaseChange, version: int) -> Iterable[Part]:
    return chain(
        (
            (
                "subjects",
                {"subject_id": one.subject_id, "assignment_version": version, "known_at": one.known_at},
                _ROW_BYTES,
            )
            for one in change.assigned
        ),
        (
            ("entries", {"event": said.frame, "known_at": said.entry.known_at}, len(said.frame) + _EVENT_OVERHEAD_BYTES)
            for said in change.new
        ),
        (
            (
                "said_again",
                {"event_id": again.event_id, "recorded_at": again.recorded_at, "known_at": again.known_at},
                _ROW_BYTES,
            )
            for again in change.again
        ),
    )


def _cut(parts: Iterable[Part]) -> Iterator[dict[str, list[Any]]]:
    lists: dict[str, list[Any]] = {"subjects": [], "entries": [], "said_again": []}
    size = 0
    for name, row, row_bytes in parts:
        if size + row_bytes > _LISTS_BYTES:
            yield lists
            lists, size = {"subjects": [], "entries": [], "said_again": []}, 0
        lists[name].append(row)
        size += row_bytes
    yield lists
