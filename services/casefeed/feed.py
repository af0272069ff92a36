"""The live feed in memory: each event encoded once for all watchers, each watcher no more than a number.

A watcher that is slow reads what memory no longer holds from the table, and whoever comes back what came before: it
says whose case each event is by now.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from services.core.ids import CaseId

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b": heartbeat\n\n"
_REMEMBERED = 2_000
_PLACE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Item:
    """One event of the feed as server-sent event; `sequence` is gapless and in the order of commits.

    Case and status are as they were when it was read: memory reads it when it comes, the table whenever it is asked.
    """

    sequence: int
    encoded: bytes
    case_id: CaseId
    status: str
    type: str


Show = Callable[[Sequence[Item]], Awaitable[Sequence[Item] | None]]
"""Which of some items a watcher is shown; None when they may watch no longer. Asked about none, it looks again."""

ReadTable = Callable[[int], Awaitable[Sequence[Item]]]
"""The next items after a sequence number, a page at most."""


def encode(sequence: int, data: str) -> bytes:
    """Spell a line of JSON as a server-sent event."""
    return f"{_place(sequence)}\nevent: entry\ndata: {data}\n\n".encode()


def _place(sequence: int) -> str:
    return f"id: {sequence}"


def _spelt(shown: Sequence[Item], after: int) -> bytes:
    """What is shown of a batch, and where its watcher stands after it."""
    rest = b"" if shown and shown[-1].sequence == after else f"{_place(after)}\n\n".encode()
    return b"".join(item.encoded for item in shown) + rest


class Feed:
    """The latest items, and a bell that wakes every watcher when there are more.

    `rights` counts how often somebody's rights have ended.
    """

    def __init__(self, head: int = 0, remembered: int = _REMEMBERED) -> None:
        self.head = head
        self.closed = False
        self.rights = 0
        self._items: deque[Item] = deque(maxlen=remembered)
        self._bell = asyncio.Event()

    def publish(self, items: Sequence[Item]) -> None:
        """Add the items that follow `head`, and wake the watchers."""
        self._items.extend(items)
        self.head = items[-1].sequence
        self._ring()

    def start(self, head: int) -> None:
        """Begin after `head`: what came before is read from the table."""
        self.head = head
        self._ring()

    def forget_rights(self) -> None:
        """Let every watcher's rights be asked for again before they are shown anything more."""
        self.rights += 1

    def close(self) -> None:
        """End every watcher's stream."""
        self.closed = True
        self._ring()

    def after(self, sequence: int) -> Sequence[Item] | None:
        """The items after `sequence`; None when memory does not reach back so far."""
        missed = self.head - sequence
        if missed > len(self._items):
            return None
        return tuple(islice(self._items, len(self._items) - max(missed, 0), None))

    async def news(self, sequence: int, within: float) -> bool:
        """Wait for an item after `sequence`; False when none came within so many seconds."""
        bell = self._bell
        if self.head > sequence or self.closed:
            return True
        try:
            await asyncio.wait_for(bell.wait(), within)
        except TimeoutError:
            return False
        return True

    def _ring(self) -> None:
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()


class _Since:
    """Since when a watcher has been told of their place."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._clock = asyncio.get_running_loop().time
        self._at = self._clock()

    def is_due(self, *, at_once: bool) -> bool:
        """Whether they are told now, at once or because it was long ago."""
        now = self._clock()
        if not at_once and now - self._at < self._seconds:
            return False
        self._at = now
        return True


async def _missed(feed: Feed, read_table: ReadTable, after: int, begun: int) -> Sequence[Item]:
    items = feed.after(after) if after >= begun else None
    return await read_table(after) if items is None else items


async def follow(  # noqa: PLR0913, PLR0917 - what is told, to whom, from where on, and how it is known to be live
    feed: Feed,
    read_table: ReadTable,
    show: Show,
    after: int,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    is_live: Callable[[], bool] = lambda: True,
    place_seconds: float = _PLACE_SECONDS,
) -> AsyncIterator[bytes]:
    """What one watcher is sent: every item after a number that they see, in order, once; a comment when there is none.

    The number comes first, so that a watcher who loses the stream before its first event resumes at the right place.
    What they do not see moves their place only; of that they hear once a second: coming back costs another look. A feed
    that is not live sends no heartbeat: silence must not look as if all were well.
    """
    begun, told = feed.head, _Since(place_seconds)
    yield _spelt((), after)
    while not feed.closed:
        if items := await _missed(feed, read_table, after, begun):
            after = items[-1].sequence
            shown = await show(items)
            if shown is None:
                return
            if told.is_due(at_once=bool(shown)):
                yield _spelt(shown, after)
        elif not await feed.news(after, heartbeat_seconds):
            if await show(()) is None:
                return
            if is_live():
                yield HEARTBEAT
