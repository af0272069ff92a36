"""Whether a worker has been given a case, and until when (¶5.70)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from services.core.codes import Sector
from services.core.facts import WorkerAllocated
from services.core.known import Word
from services.core.responsible import FOREVER, responsible_authority
from services.core.responsible import WEIGHED as _OF_AUTHORITIES
from services.core.sayings import OfChild
from services.core.timeline import later

WEIGHED = (WorkerAllocated, *_OF_AUTHORITIES)
"""Everything that decides whose case it is."""


def allocated_until(said: OfChild, handle: str, now: datetime) -> datetime | None:
    """The latest end of the allocations of this person that hold at `now` (UTC); None where none does."""
    return allocated(said, now).get(handle)


def allocated(said: OfChild, now: datetime) -> Mapping[str, datetime]:
    """To whom the case is given at `now` (UTC), and until when: the latest end of each one's allocations that hold.

    The authority that is responsible for the child gives the case, and no other (¶5.69-5.70): whoever plants a record
    like the child's, or speaks of the child's own, gives nobody its case. Where none says that it is responsible, the
    one that gave the case is.
    """
    held = [word for word in said(WorkerAllocated) if _holds(word, now)]
    authority = responsible_authority(said, {word.event.head.org for word in held})
    ends = sorted((_ends(word), word.fact.worker) for word in held if word.event.head.org == authority)
    return {worker: end for end, worker in ends}


def _holds(word: Word[Any], now: datetime) -> bool:
    of_authority = word.event.head.sector is Sector.LOCAL_AUTHORITY
    return of_authority and word.happened(now) and now < _ends(word)


def _ends(word: Word[Any]) -> datetime:
    """The last day counts (¶5.70)."""
    until = word.fact.until
    return later(datetime.combine(until, time(), UTC), timedelta(days=1)) if until else FOREVER
