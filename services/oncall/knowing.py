"""What on-call knows of children: everything said of them that bears on an alert, and which records are one child."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, LiteralString

from services.core.codes import Sector
from services.core.ids import CaseId, EventId, SubjectId
from services.core.known import Known, Word, present
from services.core.oncall.judging import believed
from services.oncall.handlers import Assigned, Said
from services.runtime.database import Connection, write_rows
from services.runtime.id_arrays import IdArray
from services.wire.avro import Schemas
from services.wire.entries import event_of

# What was signed takes the place of what was not, and is never altered by it; nor do agencies alter each other's words.
_SAY: LiteralString = """
    INSERT INTO said (event_id, sector, subject_id, type, recorded_at, known_at, signed, frame)
    SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::text[], %b::timestamptz[], %b::timestamptz[],
                         %b::boolean[], %b::bytea[])
    ON CONFLICT (event_id, sector) DO UPDATE SET
        subject_id = CASE WHEN said.signed = excluded.signed THEN said.subject_id ELSE excluded.subject_id END,
        type = CASE WHEN said.signed = excluded.signed THEN said.type ELSE excluded.type END,
        frame = CASE WHEN said.signed = excluded.signed THEN said.frame ELSE excluded.frame END,
        recorded_at = CASE WHEN said.signed = excluded.signed THEN greatest(said.recorded_at, excluded.recorded_at)
                           ELSE excluded.recorded_at END,
        known_at = CASE WHEN said.signed = excluded.signed THEN least(said.known_at, excluded.known_at)
                        ELSE excluded.known_at END,
        signed = excluded.signed
    WHERE excluded.signed > said.signed OR (excluded.signed = said.signed
        AND (excluded.recorded_at > said.recorded_at OR excluded.known_at < said.known_at))"""
# A record that moved is told of on another partition: that an event was said again may be heard before the event.
_AGAIN: LiteralString = """
    INSERT INTO said_again (event_id, recorded_at)
    SELECT event_id, max(recorded_at) FROM unnest(%b::bytea[], %b::timestamptz[]) AS given (event_id, recorded_at)
    GROUP BY event_id
    ON CONFLICT (event_id) DO UPDATE SET recorded_at = excluded.recorded_at
    WHERE said_again.recorded_at < excluded.recorded_at"""
# An ending that is said again comes signed as well: the correlator's word alone makes it no later.
_SAY_AGAIN: LiteralString = """
    UPDATE said SET recorded_at = said_again.recorded_at FROM said_again
    WHERE said.event_id = ANY(%b::bytea[]) AND said_again.event_id = said.event_id
    AND said.recorded_at < said_again.recorded_at
    AND NOT (said.signed AND said.type IN ('ChildFound', 'DebriefHeld', 'ReportWithdrawn'))"""
_ASSIGN: LiteralString = """
    INSERT INTO assignments (subject_id, version, case_id)
    SELECT * FROM unnest(%b::bytea[], %b::bigint[], %b::bytea[])
    ON CONFLICT (subject_id) DO UPDATE SET (version, case_id) = (excluded.version, excluded.case_id)
    WHERE assignments.version < excluded.version"""
_CASES: LiteralString = "SELECT subject_id, case_id FROM assignments WHERE subject_id = ANY(%b::bytea[])"
# A record that is in no case yet is a case of its own. Each case is looked up by itself: joined as wholes, those of a
# batch would be compared each with each.
ABOUT: LiteralString = """
    WITH touched AS (
        SELECT case_id, bool_or(is_alone) AS is_alone FROM (
            SELECT coalesce(assignments.case_id, given.id), assignments.case_id IS NULL
            FROM unnest(%(subjects)b::bytea[]) AS given (id)
            LEFT JOIN assignments ON assignments.subject_id = given.id
            UNION ALL SELECT id, false FROM unnest(%(cases)b::bytea[]) AS named (id)) AS each (case_id, is_alone)
        GROUP BY case_id)
    SELECT case_id, frame, signed, recorded_at, known_at
    FROM touched CROSS JOIN LATERAL (
        SELECT frame, signed, recorded_at, known_at, bool_or(type = 'ChildMissing') OVER () AS is_alarming
        FROM (
            SELECT subject_id FROM assignments WHERE assignments.case_id = touched.case_id
            UNION SELECT touched.case_id WHERE touched.is_alone) AS members
        JOIN said USING (subject_id)) AS told
    WHERE is_alarming"""


@dataclass(slots=True)
class News:
    """What a batch of Kafka's records comes to; `cases` are those that changed besides.

    `moved` are the records that came into another case than before, once it is kept.
    """

    said: list[Said] = field(default_factory=list)
    again: list[tuple[EventId, datetime]] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)
    cases: set[CaseId] = field(default_factory=set)
    moved: set[SubjectId] = field(default_factory=set)


Child = tuple[Word[Any], ...]
"""What is now said of one child, whatever record it was said of."""


async def keep(connection: Connection, news: News) -> None:
    """Add what is not there yet; the cases that records leave are among the changed ones afterwards."""
    await write_rows(connection, _SAY, [_row(one) for one in _once(news.said)])
    await write_rows(connection, _AGAIN, [(bytes.fromhex(event), at) for event, at in sorted(news.again)])
    told = IdArray(sorted({one.event_id for one in news.said} | {event for event, _ in news.again}))
    await connection.execute(_SAY_AGAIN, [told], binary=True)
    named = IdArray([one.subject_id for one in news.assigned])
    rows = await (await connection.execute(_CASES, [named], binary=True)).fetchall()
    before = {SubjectId(subject.hex()): CaseId(case.hex()) for subject, case in rows}
    news.cases.update(before.values())
    news.moved.update(one.subject_id for one in news.assigned if before.get(one.subject_id) != one.case_id)
    highest: dict[SubjectId, Assigned] = {}
    for one in news.assigned:
        highest[one.subject_id] = max(highest.get(one.subject_id, one), one, key=lambda each: each.version)
    assigned = [(bytes.fromhex(one.subject_id), one.version, bytes.fromhex(one.case_id)) for one in highest.values()]
    await write_rows(connection, _ASSIGN, assigned)


async def children(connection: Connection, schemas: Schemas, news: News) -> Sequence[Child]:
    """Every child whom the news may concern and of whom somebody ever said that they are missing.

    What ends something counts only where its signature was verified: nobody else can end a search.
    """
    subjects = {one.subject_id for one in news.said} | {one.subject_id for one in news.assigned}
    asked = {"subjects": IdArray(sorted(subjects)), "cases": IdArray(sorted(news.cases))}
    cursor = await connection.execute(ABOUT, asked, binary=True)
    told: defaultdict[bytes, list[tuple[Known, bool]]] = defaultdict(list)
    for case_id, frame, signed, recorded_at, known_at in await cursor.fetchall():
        event = event_of(schemas, frame)
        head = replace(event.head, recorded_at=recorded_at)
        told[case_id].append((Known(replace(event, head=head), known_at), signed))
    return [present(believed(known)) for _, known in sorted(told.items())]


def subjects_of(child: Iterable[Word[Any]]) -> list[SubjectId]:
    return sorted({word.event.head.subject_id for word in child})


def _once(told: Iterable[Said]) -> Iterable[Said]:
    """What of these is kept, each known since it was first heard: what is signed, and of that what was last said."""
    once: dict[tuple[EventId, Sector], Said] = {}
    for said in sorted(told, key=lambda one: (one.signed, one.recorded_at)):
        before = once.get((said.event_id, said.sector), said)
        since = min(said.known_at, before.known_at) if before.signed == said.signed else said.known_at
        once[said.event_id, said.sector] = replace(said, known_at=since)
    return once.values()


def _row(one: Said) -> tuple[object, ...]:
    event, subject = bytes.fromhex(one.event_id), bytes.fromhex(one.subject_id)
    return event, one.sector, subject, one.type, one.recorded_at, one.known_at, one.signed, one.frame
