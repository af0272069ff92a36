"""Whether a worker has been given a case, and until when (¶5.70)."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from services.core.facts import WorkerAllocated
from services.core.known import Word
from services.core.open_alerts import OPEN_END


def allocated_until(words: Iterable[Word[Any]], handle: str, now: datetime) -> datetime | None:
    """The latest end of the allocations of this person that hold at `now` (UTC); None where none does."""
    ends = [_ends(word) for word in words if _allocates(word, handle, now)]
    return max((end for end in ends if now < end), default=None)


def _allocates(word: Word[Any], handle: str, now: datetime) -> bool:
    return isinstance(word.fact, WorkerAllocated) and word.fact.worker == handle and word.happened(now)


def _ends(word: Word[WorkerAllocated]) -> datetime:
    """The last day counts (¶5.70)."""
    until = word.fact.until
    return datetime.combine(until + timedelta(days=1), time(), UTC) if until else OPEN_END
