"""Reads the tables back: pages of cases, a case as known at a time, the feed after a number, digests of everything."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import LiteralString

from psycopg.rows import TupleRow

from services.casefeed.sight import SEEN, Sight
from services.casefeed.views import CaseList, CaseSummary, State
from services.core.case import CaseStatus, digest
from services.core.claims import Subject
from services.core.facts import FACTS
from services.core.ids import CaseId, SubjectId
from services.core.timeline import Entry
from services.runtime.database import Connection
from services.wire.avro import Record, Schemas
from services.wire.entries import entry_of
from services.wire.records import value_of

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""As known at this time is as known now."""

_ID_DIGITS = 32
IN_SIGHT: LiteralString = f"""(%(every)s OR EXISTS (
    SELECT FROM cases
    WHERE {SEEN} AND cases.case_id = (
        SELECT now_of.case_id FROM assignments AS now_of
        WHERE now_of.subject_id = held.subject_id ORDER BY version DESC LIMIT 1)))"""  # noqa: S608 - written here and in sight.py, as every statement below
"""Whether the case that a record of `held` belongs to now is seen."""
FEED_BY_NOW: LiteralString = """feed
    LEFT JOIN entries AS held USING (event_id)
    LEFT JOIN LATERAL (
        SELECT case_id FROM assignments WHERE subject_id = held.subject_id ORDER BY version DESC LIMIT 1
    ) AS now_of ON true
    LEFT JOIN cases ON cases.case_id = coalesce(now_of.case_id, feed.case_id)"""
"""The feed, with the record of each event and the case to which it belongs by now."""
_ROWS_AT_ONCE = 2_000
_ENTRIES_KEPT = 8_192


class BadCursor(ValueError):
    """This is no cursor of a page of cases."""


class AmbiguousId(ValueError):
    """These digits begin the ids of several cases."""


@dataclass(frozen=True, slots=True)
class Known:
    """A case as known at a time: its records, and every entry with what it claims about the child."""

    case_id: CaseId
    subjects: tuple[SubjectId, ...]
    entries: tuple[tuple[Entry, Subject], ...]


async def list_cases(
    connection: Connection, sight: Sight, status: CaseStatus | None, cursor: str | None, at_most: int
) -> CaseList:
    """A page of the cases in sight that have records, the latest happened first.

    Raises:
        BadCursor: `cursor` was not given out with an earlier page.
    """
    last_at, last_id = position(cursor) if cursor else (FOREVER, b"")
    found = await connection.execute(
        f"""SELECT case_id, subjects, known_at, state, last_at FROM cases
           CROSS JOIN LATERAL (
               SELECT array_agg(subject_id ORDER BY subject_id) AS subjects FROM assignments AS held
               WHERE held.case_id = cases.case_id AND NOT EXISTS (
                   SELECT FROM assignments AS newer
                   WHERE newer.subject_id = held.subject_id AND newer.version > held.version)) AS records
           WHERE subjects IS NOT NULL AND {SEEN} AND status LIKE %(status)s
             AND last_at <= %(last_at)s AND (last_at < %(last_at)s OR case_id > %(last_id)s)
           ORDER BY last_at DESC, case_id LIMIT %(at_most)s""",  # noqa: S608
        {**sight.asked, "status": status or "%", "last_at": last_at, "last_id": last_id, "at_most": at_most + 1},
        binary=True,
    )
    return page_of(await found.fetchall(), at_most)


def page_of(rows: Sequence[TupleRow], at_most: int) -> CaseList:
    """A page of rows with case, records, time of knowing, state and that by which they stand in their order.

    One more than `at_most` was asked for, to know whether another page follows.
    """
    page, more = rows[:at_most], len(rows) > at_most
    return CaseList(cases=[summary(row) for row in page], next=_cursor(page[-1]) if more else None)


async def find_case(connection: Connection, sight: Sight, digits: str, known_by: datetime) -> CaseId | None:
    """The case that a record in sight belonged to as known at a time; the first digits of the record's id are enough.

    What is not in sight is not there: neither found nor in the way.

    Raises:
        AmbiguousId: they begin the ids of records of several cases.
    """
    first, last = (bytes.fromhex(digits.ljust(_ID_DIGITS, end)) for end in "0f")
    found = await connection.execute(
        f"""SELECT DISTINCT case_id FROM (
               SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
               WHERE subject_id BETWEEN %(first)s AND %(last)s AND known_at <= %(known_by)s
               ORDER BY subject_id, version DESC) AS held
           WHERE {IN_SIGHT} LIMIT 2""",  # noqa: S608
        {**sight.asked, "first": first, "last": last, "known_by": known_by},
        binary=True,
    )
    rows = await found.fetchall()
    if len(rows) > 1:
        raise AmbiguousId
    return CaseId(rows[0][0].hex()) if rows else None


async def cases_of(connection: Connection, sight: Sight, subjects: Collection[SubjectId]) -> dict[SubjectId, CaseId]:
    """The case that each of these records belongs to now; what is not in sight is not there."""
    found = await connection.execute(
        f"""SELECT subject_id, case_id FROM (
               SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
               WHERE subject_id = ANY(%(subjects)b) ORDER BY subject_id, version DESC) AS held
           WHERE {IN_SIGHT}""",  # noqa: S608
        {**sight.asked, "subjects": [bytes.fromhex(subject) for subject in subjects]},
        binary=True,
    )
    return {SubjectId(subject.hex()): CaseId(case.hex()) for subject, case in await found.fetchall()}


async def read_case(
    connection: Connection, schemas: Schemas, sight: Sight, case_id: CaseId, known_by: datetime
) -> Known:
    """Everything that was known of a case by a time, under the links of that time.

    A record that has since been parted from it may be of another child: it is shown to whoever sees that case too.
    """
    found = await connection.execute(
        f"""SELECT subject_id FROM assignments AS held
           WHERE case_id = %(case_id)s AND known_at <= %(known_by)s AND NOT EXISTS (
               SELECT FROM assignments AS newer WHERE newer.subject_id = held.subject_id
               AND newer.version > held.version AND newer.known_at <= %(known_by)s) AND {IN_SIGHT}""",  # noqa: S608
        {**sight.asked, "case_id": bytes.fromhex(case_id), "known_by": known_by},
        binary=True,
    )
    subjects = [subject for (subject,) in await found.fetchall()]
    said = await connection.execute(
        """SELECT frame, known_at, (
               SELECT max(recorded_at) FROM said_again AS again
               WHERE again.event_id = entries.event_id AND again.known_at <= %(known_by)s)
           FROM entries WHERE subject_id = ANY(%(subjects)b) AND known_at <= %(known_by)s""",
        {"subjects": subjects, "known_by": known_by},
        binary=True,
    )
    entries = tuple(said_of_child(schemas, *row) for row in await said.fetchall())
    return Known(case_id, tuple(SubjectId(subject.hex()) for subject in subjects), entries)


async def digests(connection: Connection, schemas: Schemas) -> AsyncIterator[tuple[CaseId, str]]:
    """The digest of every case, one case after the other; for use inside one transaction."""
    async with connection.cursor("everything", binary=True) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        await cursor.execute(
            """SELECT case_id, subject_id, frame, known_at, (
                   SELECT max(recorded_at) FROM said_again AS again WHERE again.event_id = entries.event_id)
               FROM (SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
                     ORDER BY subject_id, version DESC) AS held
               LEFT JOIN entries USING (subject_id) ORDER BY case_id"""
        )
        rows: list[TupleRow] = []
        async for row in cursor:
            if rows and rows[0][0] != row[0]:
                yield _digest(schemas, rows)
                await asyncio.sleep(0)  # the live feed uses the same loop
                rows = []
            rows.append(row)
        if rows:
            yield _digest(schemas, rows)


def _digest(schemas: Schemas, rows: Sequence[TupleRow]) -> tuple[CaseId, str]:
    case_id = CaseId(rows[0][0].hex())
    subjects = {SubjectId(subject.hex()) for _, subject, *_ in rows}
    entries = [_said(schemas, *said)[0] for _, _, *said in rows if said[0] is not None]
    return case_id, digest(case_id, subjects, entries)


@lru_cache(_ENTRIES_KEPT)
def said_of_child(
    schemas: Schemas, frame: bytes, known_at: datetime, said_again_at: datetime | None
) -> tuple[Entry, Subject]:
    """The entry of a row of `entries`, and what it claims about the child.

    It is kept under the row itself: whoever is given it has read the row under their own rights.
    """
    entry, event = _said(schemas, frame, known_at, said_again_at)
    return entry, value_of(Subject, event["subject"])


def _said(schemas: Schemas, frame: bytes, known_at: datetime, said_again_at: datetime | None) -> tuple[Entry, Record]:
    """The entry with the time at which it was last said, and the record of its event."""
    name, event = schemas.decode_again(frame, FACTS)
    entry = entry_of(name, event, known_at)
    if said_again_at is not None and said_again_at > entry.recorded_at:
        entry = replace(entry, recorded_at=said_again_at)
    return entry, event


def summary(row: TupleRow) -> CaseSummary:
    """A line of a list, of a row with case, records, time of knowing and state."""
    case_id, subjects, known_at, state, _ = row
    return CaseSummary(
        case_id=case_id.hex(),
        subjects=[subject.hex() for subject in subjects],
        known_at=known_at,
        state=State.model_validate(state),
    )


def _cursor(row: TupleRow) -> str:
    case_id, *_, at = row
    return base64.urlsafe_b64encode(case_id + at.isoformat().encode()).decode()


def position(cursor: str) -> tuple[datetime, bytes]:
    """Where a page ended: by what its last case stands in the order, and its id.

    Raises:
        BadCursor: this was not given out with an earlier page.
    """
    try:
        whole = base64.b64decode(cursor, altchars=b"-_", validate=True)
        last_at, last_id = datetime.fromisoformat(whole[16:].decode("ascii")), whole[:16]
    except (binascii.Error, ValueError):
        raise BadCursor from None
    return last_at.replace(tzinfo=UTC), last_id
