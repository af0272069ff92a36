"""What the correlator answers its operator: which events are committed, and the digest of every case."""

from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from services.core.audit import OPERATOR, Action, Entry, Outcome
from services.core.ids import EventId
from services.correlator.decoding import Decoder
from services.correlator.digests import digests
from services.correlator.reading import committed
from services.runtime.audit import Trail, private
from services.runtime.database import Database, Session, snapshot
from services.runtime.fence import positions

_MOST_EVENTS = 100_000
_UNPROCESSABLE = 422

_Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class Asked(BaseModel):
    """The events that somebody waits for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    event_ids: Annotated[list[_Id], Field(max_length=_MOST_EVENTS)]


def routes(session: Session, decoder: Decoder, trail: Trail) -> list[Route]:
    """The routes that read through `session`."""

    async def say_committed(request: Request) -> Response:
        try:
            asked = [EventId(event) for event in Asked.model_validate_json(await request.body()).event_ids]
        except ValidationError:
            return JSONResponse({"error": f"Ask with event_ids, at most {_MOST_EVENTS} of them."}, _UNPROCESSABLE)
        question = "\n".join(asked).encode()
        entry = Entry(Action.EVENTS_ASKED_AFTER, Outcome.ALLOWED, OPERATOR, count=len(asked))
        find = trail.recorded(lambda connection: committed(connection, asked), lambda _: private(entry, question))
        held = await session.run(find)
        return JSONResponse({"committed": len(held), "missing": [event for event in asked if event not in held]})

    async def say_digests(_: Request) -> Response:
        entry = Entry(Action.DIGESTS_READ, Outcome.ALLOWED, OPERATOR)
        await session.run(lambda connection: trail.append(connection, entry))
        return StreamingResponse(_digests(session.where, decoder), media_type="application/json")

    return [Route("/committed", say_committed, methods=["POST"]), Route("/digests", say_digests)]


async def _digests(where: Database, decoder: Decoder) -> AsyncIterator[bytes]:
    """One object: the `positions` up to which Kafka was read, and the `digests` of the cases as they then were."""
    async with snapshot(where) as connection:
        reached = await positions(connection)
        read = [[str(place.topic_id), place.partition, offset] for place, offset in sorted(reached.items())]
        yield b'{"positions":' + orjson.dumps(read) + b',"digests":{'
        comma = b""
        async for case_id, digest in digests(connection, decoder):
            yield comma + f'"{case_id}":"{digest}"'.encode()
            comma = b","
        yield b"}}"
