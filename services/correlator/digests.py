"""A fingerprint of every case, all of one moment."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence

from psycopg.rows import TupleRow

from services.core.case import digest, fold
from services.core.case_json import from_json
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
            """SELECT case_id, state, subject_id, frame, entries.known_at, said_at
               FROM cases JOIN subjects USING (case_id) JOIN entries USING (subject_id) ORDER BY case_id"""
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
    """The digest of what is held; of a case whose state is not what its entries come to, one that equals no other."""
    case_id, state = CaseId(rows[0][0].hex()), rows[0][1]
    subjects = {SubjectId(subject.hex()) for _, _, subject, *_ in rows}
    entries = [decoder.again(*said).entry for _, _, _, *said in rows]
    true = digest(case_id, subjects, entries)
    if from_json(state) == fold(entries):
        return case_id, true
    return case_id, hashlib.sha256(f"{true} but {state}".encode()).hexdigest()
