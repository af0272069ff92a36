"""Which cases workers were given, as the gates judge it: by the authority that is responsible for the child (¶5.70)."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, LiteralString

from services.casefeed.knowing import known_of
from services.core.allocation import WEIGHED, allocated
from services.core.facts import FACTS
from services.core.ids import CaseId
from services.core.known import Knowledge, Known
from services.core.sayings import Sayings
from services.runtime.database import Connection
from services.wire.avro import Schemas

_Row = list[Any]
_TYPES = [name for name, kind in FACTS.items() if kind in WEIGHED]
_OF_THEIR_CASES: LiteralString = """
    WITH theirs AS (
        SELECT DISTINCT (SELECT case_id FROM assignments AS now_of
                         WHERE now_of.subject_id = allocations.subject_id ORDER BY version DESC LIMIT 1) AS case_id
        FROM allocations WHERE worker = ANY(%(workers)b::bytea[])),
    said AS (
        SELECT held.case_id, entries.* FROM theirs
        JOIN assignments AS held USING (case_id)
        JOIN entries USING (subject_id)
        WHERE type = ANY(%(types)s::text[]) AND NOT EXISTS (
            SELECT FROM assignments AS newer
            WHERE newer.subject_id = held.subject_id AND newer.version > held.version))
    SELECT case_id, frame, known_at, NULL FROM said
    UNION ALL
    SELECT case_id, frame, again.known_at, again.recorded_at FROM said JOIN said_again AS again USING (event_id)"""


async def given(
    connection: Connection, schemas: Schemas, workers: Collection[str], now: datetime
) -> dict[str, frozenset[CaseId]]:
    """The cases that are each of these workers' at `now` (UTC), as everything that decides it now stands."""
    asked = {"workers": [bytes.fromhex(worker) for worker in workers], "types": _TYPES}
    found = await connection.execute(_OF_THEIR_CASES, asked, binary=True)
    said: defaultdict[CaseId, list[_Row]] = defaultdict(list)
    for case_id, *event in await found.fetchall():
        said[CaseId(case_id.hex())].append(event)
    theirs: dict[str, set[CaseId]] = {worker: set() for worker in workers}
    for case_id, events in said.items():
        for worker in _given_to([known_of(schemas, *event) for event in events], now) & theirs.keys():
            theirs[worker].add(case_id)
        await asyncio.sleep(0)  # of many workers there are many cases: nobody else waits for all of them
    return {worker: frozenset(cases) for worker, cases in theirs.items()}


def _given_to(words: list[Known], now: datetime) -> AbstractSet[str]:
    subjects = frozenset(one.event.head.subject_id for one in words)
    sayings = Sayings(Knowledge(tuple(words), subjects, frozenset(), whole=True))
    return allocated(sayings.of_child, now).keys()
