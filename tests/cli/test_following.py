"""A watcher finds its way back by itself, leaves nothing out, and says when it is not live."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from services.cli.client import Failed
from services.cli.following import Event, Patience, Place, events, follow
from services.core.errors import Unavailable
from services.runtime.http import serving

HEARTBEAT = ": heartbeat\n\n"


def item(number: int) -> str:
    return f"id: {number}\nevent: entry\ndata: {number}\n\n"


@dataclass
class FakeFeed:
    """Answers each request with the next of its scripts: a status, or what it sends before it hangs up."""

    scripts: list[int | Sequence[str]]
    asked: list[str | None] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.headers.get("last-event-id"))
        script = self.scripts.pop(0) if self.scripts else 401
        if isinstance(script, int):
            return JSONResponse({"error": "This is what the service says."}, script)
        return StreamingResponse(self._sent(script), media_type="text/event-stream")

    @staticmethod
    async def _sent(script: Sequence[str]) -> AsyncIterator[str]:
        for text in script:
            if text == "silence":
                await asyncio.Event().wait()
            yield text


@asynccontextmanager
async def served(feed: FakeFeed) -> AsyncIterator[str]:
    async with serving(Starlette(routes=[Route("/api/feed", feed.answer)]), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def watched(feed: FakeFeed, place: Place, silence_seconds: float = 20.0) -> tuple[list[str], list[bool]]:
    """What a watcher shows and says until the feed has no more scripts and refuses it."""
    shown: list[str] = []
    said: list[bool] = []
    async with served(feed) as url:
        settings = {"base_url": url, "trust_env": False}
        with pytest.raises(Failed, match="what the service says"):
            await follow(
                settings, place, lambda event: shown.append(event.data), said.append, Patience(silence_seconds, 0.0)
            )
    return shown, said


async def test_a_watcher_who_lost_the_connection_resumes_after_the_last_event_it_holds() -> None:
    feed = FakeFeed([["id: 6\n\n", item(7), item(8)], [item(9)]])
    shown, _ = await watched(feed, Place())
    assert shown == ["7", "8", "9"]
    assert feed.asked == [None, "8", "9"]


async def test_a_watcher_who_lost_it_before_the_first_event_resumes_at_its_place() -> None:
    feed = FakeFeed([["id: 6\n\n"], [item(7)]])
    await watched(feed, Place())
    assert feed.asked == [None, "6", "7"]


async def test_a_watcher_waits_for_a_feed_that_is_starting() -> None:
    shown, _ = await watched(FakeFeed([503, ["id: 0\n\n", item(1)]]), Place())
    assert shown == ["1"]


async def test_a_watcher_of_a_feed_that_began_anew_leaves_nothing_out() -> None:
    feed = FakeFeed([409, [item(1)]])
    await watched(feed, Place(held="7"))
    assert feed.asked[:2] == ["7", "0"]


async def test_silence_is_said_and_so_is_its_end() -> None:
    feed = FakeFeed([["id: 0\n\n", item(1), "silence"], [HEARTBEAT]])
    _, said = await watched(feed, Place(), silence_seconds=0.05)
    assert said[:2] == [False, True]


async def test_a_feed_that_was_never_there_is_a_failure() -> None:
    async with served(FakeFeed([])) as url:
        gone = {"base_url": url, "trust_env": False}
    with pytest.raises(Unavailable):
        await follow(gone, Place(), lambda _: None, lambda _: None)


async def lines(text: str) -> AsyncIterator[str]:
    for line in text.splitlines():
        yield line


@given(numbers=st.lists(st.integers(1, 9)))
def test_every_event_of_a_stream_is_read_with_its_number(numbers: list[int]) -> None:
    async def read() -> list[Event]:
        return [event async for event in events(lines("".join(item(number) + HEARTBEAT for number in numbers)))]

    shown = [event for event in asyncio.run(read()) if event.data]
    assert shown == [Event(str(number), str(number)) for number in numbers]
