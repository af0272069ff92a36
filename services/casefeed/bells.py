"""A watcher's doorbell: says that there is something new for them, and never what; the page then asks for that."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from services.casefeed.feed import HEARTBEAT_SECONDS, Feed, Item, Show

BELL = b"event: bell\ndata: 1\n\n"
BEAT = b"event: beat\ndata: 1\n\n"
OVER = b"event: over\ndata: 1\n\n"
LOST = b"event: lost\ndata: 1\n\n"
"""Something new; nothing new, and all is well; you may watch no longer; what is new does not come in now."""

_BEGIN = b"retry: 1000\n\n"
_SHORTEST_SECONDS = 0.05
"""Less than the beat at which the correlator tells: what is new waits for no earlier bell."""
_LONGEST_SECONDS = 0.5
_WATCHERS_A_SECOND = 400
_LOOK_SECONDS = 1.0


def pace(watchers: int) -> float:
    """How long a watcher is left alone after a bell, in seconds: with many watchers, at most two bells a second."""
    return min(_LONGEST_SECONDS, max(_SHORTEST_SECONDS, watchers / _WATCHERS_A_SECOND))


class NoLonger(Exception):
    """Whoever watches may do so no longer."""


async def bells(
    feed: Feed,
    show: Show,
    is_live: Callable[[], bool],
    pause_seconds: Callable[[], float],
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[bytes]:
    """What one watcher hears, until they may watch no longer or the feed is closed.

    A feed that ceases to be live says so once and is silent from then on: a page that hears nothing says so too.
    """
    try:
        async for sound in _heard(feed, show, is_live, pause_seconds, heartbeat_seconds):
            yield sound
    except NoLonger:
        yield OVER


async def _heard(
    feed: Feed,
    show: Show,
    is_live: Callable[[], bool],
    pause_seconds: Callable[[], float],
    heartbeat_seconds: float,
) -> AsyncIterator[bytes]:
    """The first bell rings at once: whoever comes back asks for what they missed."""
    after, was_live = feed.head, True
    await _seen(show, ())
    yield _BEGIN + BELL
    while not feed.closed:
        items, after = feed.after(after), max(after, feed.head)
        if items is None or (items and await _seen(show, items)):
            yield BELL
            await asyncio.sleep(pause_seconds())
        elif not items and not await _news(feed, after, heartbeat_seconds, is_live, was_live=was_live):
            now_live = is_live()
            if was_live and not now_live:
                yield LOST
            await _seen(show, ())
            if now_live:
                yield BEAT
            was_live = now_live


async def _news(feed: Feed, after: int, within: float, is_live: Callable[[], bool], *, was_live: bool) -> bool:
    """Wait for an item after a number; False when none came within so many seconds, or the light has turned."""
    left = within
    while left > 0 and is_live() is was_live:
        if await feed.news(after, min(left, _LOOK_SECONDS)):
            return True
        left -= _LOOK_SECONDS
    return False


async def _seen(show: Show, items: Sequence[Item]) -> Sequence[Item]:
    """Which of these the watcher sees.

    Raises:
        NoLonger: none, and none that will come.
    """
    shown = await show(items)
    if shown is None:
        raise NoLonger
    return shown
