"""Writes a projection into the tables; every statement may be repeated, and the highest version wins in any order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString

import orjson

from services.casefeed import proposals
from services.casefeed.handlers import Allocated, Assignment, Case, NewEntry, Pattern, Projection, SaidAgain
from services.core.timeline import NEVER
from services.runtime.database import Connection, ask, write_rows
from services.runtime.fence import Place

Question = tuple[LiteralString, Sequence[object]]

_ENTRIES: LiteralString = """
    INSERT INTO entries (event_id, subject_id, type, sector, occurred_at, precision, known_at, frame)
    SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[],
                         %b::timestamptz[], %b::text[], %b::timestamptz[], %b::bytea[])
    ON CONFLICT DO NOTHING RETURNING event_id"""
_SAID_AGAIN: LiteralString = """
    INSERT INTO said_again (event_id, recorded_at, known_at)
    SELECT * FROM unnest(%b::bytea[], %b::timestamptz[], %b::timestamptz[])
    ON CONFLICT (event_id, recorded_at) DO UPDATE SET known_at = least(said_again.known_at, excluded.known_at)"""
_ASSIGNMENTS: LiteralString = """
    INSERT INTO assignments (subject_id, version, case_id, known_at)
    SELECT * FROM unnest(%b::bytea[], %b::bigint[], %b::bytea[], %b::timestamptz[]) ON CONFLICT DO NOTHING"""
_CASES: LiteralString = """
    INSERT INTO cases (case_id, version, known_at, status, last_at, state)
    SELECT case_id, version, known_at, status, last_at, state::jsonb
    FROM unnest(%b::bytea[], %b::bigint[], %b::timestamptz[], %b::text[], %b::timestamptz[], %b::text[])
        AS given (case_id, version, known_at, status, last_at, state)
    ON CONFLICT (case_id) DO UPDATE
    SET (version, known_at, status, last_at, state)
      = (excluded.version, excluded.known_at, excluded.status, excluded.last_at, excluded.state)
    WHERE cases.version < excluded.version"""

_ALLOCATIONS: LiteralString = """
    INSERT INTO allocations (event_id, fact_id, subject_id, worker, since, until, recorded_at)
    SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::timestamptz[], %b::date[],
                         %b::timestamptz[])
    ON CONFLICT DO NOTHING"""
_ENQUIRERS: LiteralString = """
    INSERT INTO enquirers (event_id, subject_id, enquirer)
    SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::text[]) ON CONFLICT DO NOTHING"""

# Arrays have no array of their own lengths in PostgreSQL: the records of a pattern cross as one text.
_PATTERNS: LiteralString = """
    INSERT INTO patterns (pattern_id, kind, subjects)
    SELECT pattern_id, kind, array(SELECT decode(record, 'hex') FROM string_to_table(records, ',') AS record)
    FROM unnest(%b::bytea[], %b::text[], %b::text[]) AS given (pattern_id, kind, records)
    ON CONFLICT (pattern_id) DO UPDATE SET subjects = excluded.subjects
    WHERE cardinality(patterns.subjects) < cardinality(excluded.subjects)"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A case update that could not be read, at its place in Kafka; `reason` is a code of a closed list."""

    place: Place
    offset: int
    reason: str


async def write(connection: Connection, projection: Projection) -> list[NewEntry]:
    """Add everything that is new in `projection`; gives its new entries, which no watcher has been told of yet."""
    answers = await ask(
        connection,
        *_rows(_ASSIGNMENTS, map(_assignment, projection.assignments)),
        *_rows(_SAID_AGAIN, map(_said_again, projection.said_again)),
        *_rows(_CASES, map(_case, projection.cases)),
        *_rows(_ALLOCATIONS, map(_allocated, projection.allocations)),
        *_rows(_PATTERNS, map(_pattern, projection.patterns)),
        *_rows(proposals.ADD, map(proposals.row, projection.proposals)),
        *_rows(_ENQUIRERS, [_enquirer(entry) for entry in projection.entries if entry.enquirer is not None]),
        *_rows(_ENTRIES, map(_entry, projection.entries)),
    )
    added = answers[-1] if projection.entries else []
    new = {event_id.hex() for (event_id,) in added}
    return [entry for entry in projection.entries if entry.event_id in new]


async def set_aside(connection: Connection, letters: Iterable[DeadLetter]) -> None:
    """Remember where the updates stand that could not be read."""
    await write_rows(
        connection,
        """INSERT INTO dead_letters (topic_id, partition, "offset", reason)
           SELECT * FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::text[])""",
        [(letter.place.topic_id, letter.place.partition, letter.offset, letter.reason) for letter in letters],
    )


async def count_dead_letters(connection: Connection) -> int:
    """How many updates wait for somebody to find out why they could not be read."""
    row = await (await connection.execute("SELECT count(*) FROM dead_letters")).fetchone()
    return int(row[0]) if row else 0


def _rows(text: LiteralString, rows: Iterable[tuple[object, ...]]) -> list[Question]:
    """One statement that takes its rows as one array a column; none if there are no rows."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [(text, columns)] if columns else []


def _entry(entry: NewEntry) -> tuple[object, ...]:
    return (
        bytes.fromhex(entry.event_id),
        bytes.fromhex(entry.subject_id),
        entry.type,
        entry.sector,
        entry.occurred_at,
        entry.precision,
        entry.known_at,
        entry.frame,
    )


def _enquirer(entry: NewEntry) -> tuple[object, ...]:
    return bytes.fromhex(entry.event_id), bytes.fromhex(entry.subject_id), entry.enquirer


def _said_again(said: SaidAgain) -> tuple[object, ...]:
    return bytes.fromhex(said.event_id), said.recorded_at, said.known_at


def _allocated(one: Allocated) -> tuple[object, ...]:
    return (
        bytes.fromhex(one.event_id),
        bytes.fromhex(one.fact_id),
        bytes.fromhex(one.subject_id),
        bytes.fromhex(one.worker),
        one.since,
        one.until,
        one.recorded_at,
    )


def _pattern(found: Pattern) -> tuple[object, ...]:
    return bytes.fromhex(found.pattern_id), found.kind, ",".join(sorted(found.subjects))


def _assignment(one: Assignment) -> tuple[object, ...]:
    return bytes.fromhex(one.subject_id), one.version, bytes.fromhex(one.case_id), one.known_at


def _case(case: Case) -> tuple[object, ...]:
    return (
        bytes.fromhex(case.case_id),
        case.version,
        case.known_at,
        case.state["status"],
        case.state["last_occurred_at"] or NEVER,
        orjson.dumps(case.state).decode(),
    )
