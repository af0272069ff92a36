"""GET /api/feed: server-sent events, resumed without a gap or a repeat."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, status
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from services.casefeed.feed import Feed, follow
from services.casefeed.live import before, head, items_after
from services.runtime.database import Connection, Session
from services.runtime.metrics import Metrics

Number = Annotated[int | None, Query(ge=0, description="Start after this number of the feed.")]
LastHeld = Annotated[
    int | None, Header(alias="Last-Event-ID", ge=0, description="What a browser sends on reconnecting.")
]
Since = Annotated[AwareDatetime | None, Query(description="Start with what was known at this time or later.")]


def feed_routes(session: Session, feed: Feed, metrics: Metrics) -> APIRouter:
    """The route of the live feed; what memory no longer holds is read through `session`."""
    routes = APIRouter()

    @routes.get("/api/feed", response_class=StreamingResponse)
    async def watch(after: Number = None, since: Since = None, last_event_id: LastHeld = None) -> StreamingResponse:
        held = after if last_event_id is None else last_event_id
        start = await session.run(lambda connection: _start(connection, held, since))
        stream = follow(feed, lambda number: session.run(lambda connection: items_after(connection, number)), start)
        return StreamingResponse(
            _counted(stream, metrics), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    return routes


async def _counted(stream: AsyncIterator[bytes], metrics: Metrics) -> AsyncIterator[bytes]:
    with metrics.watchers.track_inprogress():
        async for sent in stream:
            yield sent


async def _start(connection: Connection, held: int | None, since: datetime | None) -> int:
    """What the watcher holds already, else what came before `since`, else everything that there is now."""
    if held is None:
        return await (before(connection, since) if since else head(connection))
    if held > await head(connection):
        raise HTTPException(
            status.HTTP_409_CONFLICT, "The feed has not reached this number: it is of another feed. Start without it."
        )
    return held
