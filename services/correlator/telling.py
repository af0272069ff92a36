"""Case changes as the messages that tell them: lantern.CaseUpdated, cut where one would grow too large."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from services.correlator.handlers import CaseChange
from services.wire.avro import Record, Schemas
from services.wire.records import state_record

# Well below what a message may hold (983,040 bytes): what is not counted here is its state.
_LISTS_BYTES = 700_000
_ROW_BYTES = 64
_EVENT_OVERHEAD_BYTES = 16

Part = tuple[str, Record, int]
"""One row of one of an update's lists: which list, the row, and about how many bytes it takes."""


def messages(schemas: Schemas, changes: Iterable[CaseChange], version: int) -> list[tuple[bytes, bytes]]:
    """Key and value of every update; the parts of one that had to be cut carry the same version and state."""
    return [
        (change.case_id.encode(), schemas.encode("CaseUpdated", update))
        for change in changes
        for update in updates(change, version)
    ]


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
