"""Stretches of time with somebody on duty: half open, in UTC, in order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` up to and without `end`; both aware, UTC."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Shift(Stretch):
    """A stretch with one person on duty, by their handle."""

    person: str


def within(shifts: Iterable[Shift], since: datetime, until: datetime) -> Iterator[Shift]:
    """What of these shifts lies between two instants."""
    for shift in shifts:
        start, end = max(shift.start, since), min(shift.end, until)
        if start < end:
            yield replace(shift, start=start, end=end)


def cut(shifts: Sequence[Shift], places: Sequence[Stretch]) -> Iterator[Shift]:
    """What of each of these shifts lies in one of these places; places are in order and do not overlap."""
    first = 0
    for shift in shifts:
        while first < len(places) and places[first].end <= shift.start:
            first += 1
        for place in places[first:]:
            if place.start >= shift.end:
                break
            yield from within([shift], place.start, place.end)


def gaps(covered: Iterable[Stretch], since: datetime, until: datetime) -> Iterator[Stretch]:
    """What lies between two instants and is not covered; `covered` is in order of its starts."""
    reached = since
    for one in covered:
        if reached < one.start and reached < until:
            yield Stretch(reached, min(one.start, until))
        reached = max(reached, one.end)
    if reached < until:
        yield Stretch(reached, until)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in as few stretches as can be, in order."""
    found: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: stretch.start):
        if found and one.start <= found[-1].end:
            found[-1] = Stretch(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(Stretch(one.start, one.end))
    return found


def laid_over(upper: Sequence[Shift], lower: Sequence[Shift], since: datetime, until: datetime) -> list[Shift]:
    """The upper shifts, and the lower ones where there is none of those; each in order and without overlaps."""
    free = list(gaps(upper, since, until))
    return together(sorted([*upper, *cut(lower, free)], key=lambda shift: shift.start))


def together(shifts: Iterable[Shift]) -> list[Shift]:
    """The same, with one shift where somebody's follows upon their own."""
    found: list[Shift] = []
    for shift in shifts:
        if found and found[-1].person == shift.person and found[-1].end == shift.start:
            found[-1] = replace(found[-1], end=shift.end)
        else:
            found.append(shift)
    return found
