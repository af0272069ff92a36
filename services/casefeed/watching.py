"""What one watcher of the live feed is shown: under rights that are asked for again and again while they watch."""

from collections.abc import Awaitable, Callable, Sequence

from services.casefeed.feed import HEARTBEAT_SECONDS, Item
from services.casefeed.sight import Sight
from services.core.facts import FACTS
from services.core.responsible import WEIGHED

SHIFTING = frozenset({"WorkerAllocated", "RecordsLinked", "RecordsUnlinked", "LinkRefused"})
"""What may change whose case it is, or which records it has: rights are asked for again before it is shown."""

AUTHORITATIVE = frozenset(name for name, kind in FACTS.items() if kind in WEIGHED)
"""What may change which authority's word it is whose case it is: so too, where the case is the watcher's own."""

_UNSEEN_SECONDS = 1.0

AskSight = Callable[[], Awaitable[Sight | None]]
"""What the watcher sees now; None when nobody is signed in any more."""


class Eyes:
    """One watcher's sight, never older than a heartbeat; `clock` counts seconds, `ended` how often rights ended."""

    def __init__(self, ask: AskSight, clock: Callable[[], float], ended: Callable[[], int] = lambda: 0) -> None:
        self._ask = ask
        self._clock = clock
        self._ended = ended
        self._ended_when_asked = 0
        self._asked_at: float | None = None
        self._sight: Sight | None = None

    async def show(self, items: Sequence[Item]) -> Sequence[Item] | None:
        """Which of these the watcher sees; None when they may watch no longer."""
        if self._is_due(items):
            self._ended_when_asked = self._ended()
            self._asked_at, self._sight = self._clock(), await self._ask()
        if self._sight is None:
            return None
        return self._seen(items, self._sight)

    def _is_due(self, items: Sequence[Item]) -> bool:
        if self._sight is None or self._asked_at is None or not items:
            return True
        age = self._clock() - self._asked_at
        if age >= HEARTBEAT_SECONDS or self._ended() != self._ended_when_asked:
            return True
        if self._sight.every:
            return False
        own = self._sight.own
        shifted = any(i.type in SHIFTING or (i.type in AUTHORITATIVE and i.case_id in own) for i in items)
        # An unseen one may be of a case that has just become another's.
        return shifted or (age >= _UNSEEN_SECONDS and len(self._seen(items, self._sight)) < len(items))

    @staticmethod
    def _seen(items: Sequence[Item], sight: Sight) -> Sequence[Item]:
        return items if sight.every else [item for item in items if sight.sees(item.case_id, item.status)]
