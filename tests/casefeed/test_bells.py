"""A doorbell says that there is news for a watcher, and never what; silence means that the feed is not live."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from services.casefeed.bells import BEAT, BELL, LOST, OVER, bells, pace
from services.casefeed.feed import Feed, Item
from services.core.ids import CaseId
from services.correlator.service import BEAT_SECONDS
from tests.builders import an_id

THEIRS, ANOTHERS = CaseId(an_id(1)), CaseId(an_id(2))


def item(sequence: int, case: CaseId = THEIRS) -> Item:
    return Item(sequence, b"what was said", case, "known", "ChildMissing")


async def theirs(items: Sequence[Item]) -> Sequence[Item]:
    return [one for one in items if one.case_id == THEIRS]


def heard(feed: Feed, **more: bool) -> AsyncIterator[bytes]:
    return bells(feed, theirs, lambda: more.get("live", True), lambda: 0.0, heartbeat_seconds=0.01)


async def next_of(stream: AsyncIterator[bytes]) -> bytes:
    return await anext(stream)


async def test_the_bell_rings_at_once_for_whoever_comes_or_comes_back() -> None:
    assert (await next_of(heard(Feed(7)))).endswith(BELL)


async def test_many_events_ring_once() -> None:
    feed = Feed()
    stream = heard(feed)
    await next_of(stream)
    feed.publish([item(number) for number in range(1, 100)])
    assert [await next_of(stream), await next_of(stream)] == [BELL, BEAT]


async def test_what_is_not_theirs_does_not_ring() -> None:
    feed = Feed()
    stream = heard(feed)
    await next_of(stream)
    feed.publish([item(1, ANOTHERS)])
    assert await next_of(stream) == BEAT


async def test_nothing_of_what_was_said_is_in_a_bell() -> None:
    feed = Feed()
    stream = heard(feed)
    first = await next_of(stream)
    feed.publish([item(1)])
    assert b"what was said" not in first + await next_of(stream)


async def test_a_feed_that_is_not_live_says_so_once_and_is_silent() -> None:
    stream = heard(Feed(), live=False)
    await next_of(stream)
    assert await next_of(stream) == LOST
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(next_of(stream), 0.1)


async def test_a_feed_that_is_live_again_says_so_long_before_a_heartbeat_is_due() -> None:
    lights = {"live": False}
    stream = bells(Feed(), theirs, lambda: lights["live"], lambda: 0.0, heartbeat_seconds=1_000_000)
    assert [await next_of(stream), await next_of(stream)][-1] == LOST
    lights["live"] = True
    assert await next_of(stream) == BEAT


async def test_that_it_is_not_live_is_said_before_the_tables_are_asked_for_rights() -> None:
    asked: list[int] = []

    async def counted(items: Sequence[Item]) -> Sequence[Item]:
        asked.append(len(items))
        return items

    stream = bells(Feed(), counted, lambda: False, lambda: 0.0)
    await next_of(stream)
    before = len(asked)
    assert (await next_of(stream), len(asked)) == (LOST, before)


@pytest.mark.parametrize("when", [0, 1])
async def test_whoever_may_watch_no_longer_is_told_so_and_hears_nothing_more(when: int) -> None:
    asked = 0

    async def until_then(_: Sequence[Item]) -> Sequence[Item] | None:
        nonlocal asked
        asked += 1
        return () if asked <= when else None

    stream = bells(Feed(), until_then, lambda: True, lambda: 0.0, heartbeat_seconds=0.01)
    sounds = [sound async for sound in stream]
    assert (sounds[-1], len(sounds)) == (OVER, when + 1)


async def test_who_fell_behind_what_memory_holds_is_rung_for_all_the_same() -> None:
    feed = Feed(remembered=1)
    stream = heard(feed)
    await next_of(stream)
    feed.publish([item(1), item(2), item(3, ANOTHERS)])
    assert await next_of(stream) == BELL


@pytest.mark.parametrize(("watchers", "seconds"), [(1, 0.05), (10, 0.05), (100, 0.25), (200, 0.5), (5_000, 0.5)])
def test_with_many_watchers_a_bell_rings_twice_a_second_at_most(watchers: int, seconds: float) -> None:
    assert pace(watchers) == seconds


def test_with_few_watchers_what_is_new_waits_for_no_earlier_bell() -> None:
    assert pace(10) < BEAT_SECONDS
