"""What GET /digests answers: a fingerprint of every case, all of one moment, and how far Kafka was read by then."""

from collections.abc import AsyncIterator, Callable

import orjson

from services.core.ids import CaseId
from services.runtime.database import Connection, Database, snapshot
from services.runtime.fence import positions

ReadDigests = Callable[[Connection], AsyncIterator[tuple[CaseId, str]]]


async def digests_as_json(where: Database, read: ReadDigests) -> AsyncIterator[bytes]:
    """One object in pieces: `positions` ([topic id, partition, next offset]) and `digests` by case."""
    async with snapshot(where) as connection:
        reached = await positions(connection)
        places = [[str(place.topic_id), place.partition, offset] for place, offset in sorted(reached.items())]
        yield b'{"positions":' + orjson.dumps(places) + b',"digests":{'
        comma = b""
        async for case_id, digest in read(connection):
            yield comma + f'"{case_id}":"{digest}"'.encode()
            comma = b","
        yield b"}}"
