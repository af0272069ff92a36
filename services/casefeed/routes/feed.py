"""GET /api/feed: server-sent events, resumed without a gap or a repeat."""

import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, status
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime
from starlette.exceptions import HTTPException

from services.casefeed.access import signed_in
from services.casefeed.feed import Feed, Item, follow
from services.casefeed.live import before, head, items_again
from services.casefeed.routes.answering import Window, answer, soon
from services.casefeed.sight import Sight, sights
from services.casefeed.watching import Eyes
from services.core.audit import Action, Entry, Outcome, about_feed
from services.core.rights import Person
from services.runtime.database import Connection
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.runtime.rounds import Rounds
from services.runtime.signin.doorkeeper import by

Number = Annotated[int | None, Query(ge=0, description="Start after this number of the feed.")]
LastHeld = Annotated[
    int | None, Header(alias="Last-Event-ID", ge=0, description="What a browser sends on reconnecting.")
]
Since = Annotated[AwareDatetime | None, Query(description="Start with what was known at this time or later.")]


class Sights:
    """What those who watch see now; the tables are asked once for all of them who wait for that."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._rounds = Rounds(self._of_all)

    async def now(self, request: Request) -> Sight | None:
        """What who watches sees; None when nobody is signed in any more.

        Raises:
            HTTPException: the tables do not answer.
        """
        who = await self._window.door.still(request)
        return None if who is None else await soon(self._rounds.ask(who.person))

    async def or_none(self, request: Request) -> Sight | None:
        """The same; a watcher whose rights cannot be asked for watches no longer, and comes back."""
        try:
            return await self.now(request)
        except HTTPException:
            return None

    async def _of_all(self, people: Collection[Person]) -> Mapping[Person, Sight]:
        window = self._window
        return await answer(
            window.session, lambda connection: sights(connection, window.schemas, people, window.door.now())
        )


def feed_routes(window: Window, seen: Sights, feed: Feed, process: Process) -> APIRouter:
    """The route of the live feed; what came before, or memory no longer holds, is read from the tables."""
    routes = APIRouter()

    async def read_table(after: int) -> Sequence[Item]:
        return await window.session.run(lambda connection: items_again(connection, after))

    @routes.get("/api/feed", response_class=StreamingResponse)
    async def watch(
        request: Request, after: Number = None, since: Since = None, last_event_id: LastHeld = None
    ) -> StreamingResponse:
        person = signed_in(request).person
        held = after if last_event_id is None else last_event_id
        find, told = partial(_start, held=held, since=since), partial(watched, Action.FEED_FOLLOWED, person)
        start = await answer(window.session, window.trail.recorded(find, told))
        eyes = Eyes(partial(seen.or_none, request), time.monotonic, lambda: feed.rights)
        stream = follow(feed, read_table, eyes.show, start, is_live=lambda: not process.health.reasons)
        shown = counted(
            stream, process.metrics, lambda: window.trail.note(watched(Action.FEED_LEFT, person, feed.head))
        )
        return StreamingResponse(shown, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    return routes


async def counted(stream: AsyncIterator[bytes], metrics: Metrics, left: Callable[[], None]) -> AsyncIterator[bytes]:
    try:
        with metrics.watchers.track_inprogress():
            async for sent in stream:
                yield sent
    finally:
        left()


def watched(action: Action, person: Person, sequence: int) -> Entry:
    """Of what lies between the places where somebody begins and leaves, they were shown what they may see."""
    return by(person, Entry(action, Outcome.ALLOWED, about=(about_feed(sequence),)))


async def _start(connection: Connection, held: int | None, since: datetime | None) -> int:
    """What the watcher holds already, else what came before `since`, else everything that there is now."""
    if held is None:
        return await (before(connection, since) if since else head(connection))
    if held > await head(connection):
        raise HTTPException(
            status.HTTP_409_CONFLICT, "The feed has not reached this number: it is of another feed. Start without it."
        )
    return held
