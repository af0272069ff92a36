"""Every watcher gets every event once and in order, however slow it is and whenever it comes back."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.casefeed.feed import HEARTBEAT, Feed, Item, encode, follow
from services.core.ids import CaseId
from tests.builders import an_id

PAGE = 3


def item(number: int) -> Item:
    """An item of a case of its own."""
    return Item(number, encode(number, "{}"), CaseId(an_id(number)), "known", "PlacementStarted")


async def everything(items: Sequence[Item]) -> Sequence[Item] | None:
    """Shows a watcher all there is."""
    return items


class Table:
    """The feed's table, as far as watchers see it."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.read_after: list[int] = []

    def add(self, feed: Feed, count: int) -> None:
        new = [item(len(self.items) + number + 1) for number in range(count)]
        self.items += new
        if new:
            feed.publish(new)

    async def page(self, after: int) -> Sequence[Item]:
        self.read_after.append(after)
        return self.items[after : after + PAGE]


def numbers(sent: bytes) -> list[int]:
    return [int(line.removeprefix(b"id: ")) for line in sent.splitlines() if line.startswith(b"id: ")]


async def received(stream: AsyncIterator[bytes], up_to: int) -> list[int]:
    got: list[int] = []
    async for sent in stream:
        got += numbers(sent)
        if got[-1] >= up_to:
            break
    return got


@given(batches=st.lists(st.integers(0, 5), max_size=8), remembered=st.integers(1, 12), start=st.integers(0, 40))
def test_a_watcher_resumes_without_a_gap_or_a_repeat(batches: list[int], remembered: int, start: int) -> None:
    async def scenario() -> None:
        feed, table = Feed(0, remembered), Table()
        for count in batches:
            table.add(feed, count)
        after = min(start, feed.head)
        got = await received(follow(feed, table.page, everything, after), feed.head)
        assert got == list(range(after, feed.head + 1))

    asyncio.run(scenario())


async def test_watchers_who_are_there_get_what_is_published_without_a_look_at_the_table() -> None:
    feed, table = Feed(0), Table()
    watchers = [asyncio.create_task(received(follow(feed, table.page, everything, 0), 4)) for _ in range(10)]
    await asyncio.sleep(0)
    table.add(feed, 1)
    await asyncio.sleep(0)
    table.add(feed, 3)
    assert await asyncio.gather(*watchers) == [[0, 1, 2, 3, 4]] * 10
    assert table.read_after == []


async def test_watchers_share_one_encoding() -> None:
    feed, table = Feed(0), Table()
    table.add(feed, 1)
    streams = [follow(feed, table.page, everything, 0) for _ in range(2)]
    one, other = [[await anext(stream) for _ in range(2)][1] for stream in streams]
    assert one == other == table.items[0].encoded


async def test_a_slow_watcher_reads_from_the_table_what_memory_has_forgotten() -> None:
    feed, table = Feed(0, remembered=2), Table()
    slow = follow(feed, table.page, everything, 0)
    await anext(slow)
    table.add(feed, 8)
    assert await received(slow, 8) == list(range(1, 9))
    assert table.read_after == [0, 3]


async def test_who_comes_back_reads_what_came_before_from_the_table_though_memory_holds_it() -> None:
    feed, table = Feed(0), Table()
    table.add(feed, 3)
    back = follow(feed, table.page, everything, 1)
    assert await received(back, 3) == [1, 2, 3]
    assert table.read_after == [1]
    table.add(feed, 2)
    assert await received(back, 5) == [4, 5]
    assert table.read_after == [1]


def test_memory_holds_no_more_than_it_was_told_to() -> None:
    feed, table = Feed(0, remembered=2), Table()
    table.add(feed, 500)
    assert feed.after(497) is None
    assert [item.sequence for item in feed.after(498) or ()] == [499, 500]


async def test_a_silent_feed_sends_heartbeats() -> None:
    stream = follow(Feed(7), Table().page, everything, 7, heartbeat_seconds=0.001)
    assert [await anext(stream) for _ in range(3)] == [b"id: 7\n\n", HEARTBEAT, HEARTBEAT]


async def test_a_feed_that_is_not_live_sends_no_heartbeat() -> None:
    asked: list[bool] = []

    def is_live() -> bool:
        asked.append(len(asked) == 2)
        return asked[-1]

    stream = follow(Feed(), Table().page, everything, 0, heartbeat_seconds=0.001, is_live=is_live)
    assert [await anext(stream) for _ in range(2)] == [b"id: 0\n\n", HEARTBEAT]
    assert asked == [False, False, True]


async def test_a_closed_feed_ends_the_stream_of_a_watcher_who_waits() -> None:
    feed = Feed(0)
    stream = follow(feed, Table().page, everything, 0)
    await anext(stream)
    waiting = asyncio.create_task(anext(stream, b"the end"))
    await asyncio.sleep(0)
    feed.close()
    assert await waiting == b"the end"


def test_an_item_is_one_server_sent_event() -> None:
    assert encode(3, '{"a":1}') == b'id: 3\nevent: entry\ndata: {"a":1}\n\n'


@given(batches=st.lists(st.integers(1, 5), max_size=6), seen=st.sets(st.integers(1, 30)))
def test_a_watcher_is_sent_what_they_see_and_their_place_moves_past_the_rest(
    batches: list[int], seen: set[int]
) -> None:
    async def some(items: Sequence[Item]) -> Sequence[Item] | None:
        return [one for one in items if one.sequence in seen]

    async def scenario() -> None:
        feed, table, sent = Feed(0), Table(), b""
        stream = follow(feed, table.page, some, 0, place_seconds=0)
        await anext(stream)
        for count in batches:
            table.add(feed, count)
            sent += await anext(stream)
        events = [numbers(part) for part in sent.split(b"\n\n") if b"data: " in part]
        assert events == [[number] for number in sorted(seen) if number <= feed.head]
        assert not batches or numbers(sent)[-1] == feed.head

    asyncio.run(scenario())


async def test_a_watcher_hears_nothing_of_what_they_do_not_see_until_their_place_is_due() -> None:
    async def third(items: Sequence[Item]) -> Sequence[Item] | None:
        return [one for one in items if one.sequence == 3]

    feed, table = Feed(0), Table()
    stream = follow(feed, table.page, third, 0, place_seconds=1_000_000)
    assert numbers(await anext(stream)) == [0]
    heard = asyncio.create_task(received(stream, 3))
    for _ in range(3):
        table.add(feed, 1)
        await asyncio.sleep(0.01)
    assert await heard == [3]


async def test_the_stream_of_a_watcher_who_may_watch_no_longer_ends_without_another_word() -> None:
    async def nothing(_: Sequence[Item]) -> Sequence[Item] | None:
        return None

    feed, table = Feed(0), Table()
    stream = follow(feed, table.page, nothing, 0)
    await anext(stream)
    table.add(feed, 1)
    assert await anext(stream, b"the end") == b"the end"


async def test_a_watcher_who_may_watch_no_longer_is_sent_no_heartbeat() -> None:
    async def nothing(_: Sequence[Item]) -> Sequence[Item] | None:
        return None

    stream = follow(Feed(), Table().page, nothing, 0, heartbeat_seconds=0.001)
    await anext(stream)
    assert await anext(stream, b"the end") == b"the end"
