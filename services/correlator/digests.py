"""A fingerprint of every case, all of one moment."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from psycopg.rows import TupleRow

from services.core.case import digest
from services.core.ids import CaseId, SubjectId
from services.correlator.decoding import Decoder
from services.runtime.database import Connection

_ROWS_AT_ONCE = 2_000


async def digests(connection: Connection, decoder: Decoder) -> AsyncIterator[tuple[CaseId, str]]:
    """The digest of every case, in the order of their ids; for use inside one transaction."""
    rows: list[TupleRow] = []
    async with connection.cursor("every_case", binary=True) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        await cursor.execute(
            """SELECT case_id, subject_id, frame, entries.known_at, said_at
               FROM subjects JOIN entries USING (subject_id) ORDER BY case_id"""
        )
        async for row in cursor:
            if rows and rows[0][0] != row[0]:
                yield _digest(decoder, rows)
                # Others use the same loop; a case may be two thousand entries long.
                await asyncio.sleep(0)
                rows = []
            rows.append(row)
    if rows:
        yield _digest(decoder, rows)


def _digest(decoder: Decoder, rows: Sequence[TupleRow]) -> tuple[CaseId, str]:
    case_id = CaseId(rows[0][0].hex())
    subjects = {SubjectId(subject.hex()) for _, subject, *_ in rows}
    entries = [decoder.again(frame, known_at, said_at).entry for _, _, frame, known_at, said_at in rows]
    return case_id, digest(case_id, subjects, entries)
