"""What became of a page on its way: a ladder of receipts that gives the same answer in whatever order they arrive."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.oncall.pages import NotSent, Way


class Rung(StrEnum):
    """How far a page came by one way; `stale` is what time makes of one that nothing was heard of."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    STALE = "stale"


class Standing(StrEnum):
    """What there is to do for a page when no further way is to be tried now."""

    REACHED = "reached"
    UNDER_WAY = "under_way"
    EXHAUSTED = "exhausted"


# A failure outweighs a delivery: who may not have been told is told again, and only their own eyes outweigh that.
_WEIGHT = {Rung.QUEUED: 0, Rung.SENT: 1, Rung.STALE: 2, Rung.DELIVERED: 3, Rung.FAILED: 4, Rung.READ: 5}

PATIENCE: Mapping[Way, timedelta] = {
    Way.EMAIL: timedelta(seconds=60),
    Way.NOTIFY_SMS: timedelta(seconds=90),
    Way.NOTIFY_EMAIL: timedelta(seconds=90),
    Way.CHAT: timedelta(seconds=60),
    Way.WEBHOOK: timedelta(seconds=60),
}
"""How long nothing may be heard of a page before it counts as lost on its way."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing that was said of a page by one way; a reason where it failed."""

    way: Way
    rung: Rung
    at: datetime
    reason: NotSent | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of one page by one way: when it was begun, what was said of it, and whether more is promised."""

    begun_at: datetime
    said: frozenset[Rung] = frozenset()
    promised: bool = True


def highest(said: Iterable[Rung]) -> Rung:
    """Where a page stands after these receipts, in any order and however often each was said."""
    return max(said, key=_WEIGHT.__getitem__, default=Rung.QUEUED)


def stands(way: Way, trace: Trace, now: datetime) -> Rung:
    """Where a page stands at `now`: what was only queued or sent grows stale, where more was promised."""
    said = highest(trace.said)
    silent = said is Rung.QUEUED or (said is Rung.SENT and trace.promised)
    return Rung.STALE if silent and now >= stale_at(way, trace.begun_at) else said


def stale_at(way: Way, begun_at: datetime) -> datetime:
    """From when on a page that nothing was heard of counts as lost by this way."""
    return begun_at + PATIENCE[way]


def next_way(order: Sequence[Way], traces: Mapping[Way, Trace], now: datetime) -> Way | Standing:
    """By which way a page goes next, the ways in the order in which they are to be tried (design section 8)."""
    rungs = {stands(way, trace, now) for way, trace in traces.items()}
    if rungs & {Rung.DELIVERED, Rung.READ}:
        return Standing.REACHED
    if rungs & {Rung.QUEUED, Rung.SENT}:
        return Standing.UNDER_WAY
    return next((way for way in order if way not in traces), Standing.EXHAUSTED)


def went_by(traces: Mapping[Way, Trace], now: datetime) -> Way | None:
    """By which way a page left that is under way or has reached somebody: the last that was begun."""
    left = [way for way, trace in traces.items() if stands(way, trace, now) in {Rung.SENT, Rung.DELIVERED, Rung.READ}]
    return max(left, key=lambda way: traces[way].begun_at, default=None)


def way_now(order: Sequence[Way], traces: Mapping[Way, Trace], tried: Collection[Way], now: datetime) -> Way | Standing:
    """By which way a page that is owed goes now, those in `tried` not again: what nobody finished is sent once more."""
    found = next_way(order, traces, now)
    if found is Standing.UNDER_WAY:
        begun = (way for way in order if way in traces and stands(way, traces[way], now) is Rung.QUEUED)
        return next((way for way in begun if way not in tried), found)
    if found is Standing.EXHAUSTED:
        return next((way for way in order if way not in tried), found)
    return found
