"""What keeps a rota from being published: every problem of it, with its dates, not just the first.

At every instant from publication until the rota's end exactly one person must be on duty: the publication of anything
else is refused.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.core.oncall.rota import LINES, Layer, Line, Override, Rota
from services.core.oncall.schedule import line_schedule
from services.core.oncall.shifts import Shift, gaps

LONGEST = timedelta(days=400)
"""How far ahead a rota may reach: who is on duty later than that nobody knows."""

MOST_LAYERS = 20
MOST_PEOPLE = 100
MOST_OVERRIDES = 2_000
LONGEST_TURN = 366


class Fault(StrEnum):
    """What is wrong."""

    GAP = "gap"
    DOUBLE_DUTY = "double_duty"
    UNKNOWN_PERSON = "unknown_person"
    NOBODY_IN_LAYER = "nobody_in_layer"
    BACKWARDS = "backwards"
    TURN_LENGTH = "turn_length"
    NO_DAYS = "no_days"
    LINES = "lines"
    TOO_MUCH = "too_much"
    UNKNOWN_ZONE = "unknown_zone"
    ENDS_TOO_SOON = "ends_too_soon"
    ENDS_TOO_LATE = "ends_too_late"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in which line and layer (counted from 0), between which instants (UTC), of whom."""

    fault: Fault
    level: int | None = None
    layer: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    people: tuple[str, ...] = ()


def problems(rota: Rota, members: Collection[str], since: datetime) -> list[Problem]:
    """Everything that is wrong with a rota that is published at `since` for the staff of one agency, by handle."""
    found = [*_of_rota(rota, since), *chain.from_iterable(_of_line(rota, level) for level in range(len(rota.lines)))]
    found += [problem for level in range(len(rota.lines)) for problem in _strangers(rota, level, members)]
    # What has no sense has no schedule either.
    return found or [problem for level in range(len(rota.lines)) for problem in _of_schedule(rota, level, since)]


def _of_rota(rota: Rota, since: datetime) -> Iterator[Problem]:
    if not 1 <= len(rota.lines) <= LINES:
        yield Problem(Fault.LINES)
    if not known_zone(rota.zone):
        yield Problem(Fault.UNKNOWN_ZONE)
    if rota.until <= since:
        yield Problem(Fault.ENDS_TOO_SOON, start=rota.until)
    if rota.until > since + LONGEST:
        yield Problem(Fault.ENDS_TOO_LATE, start=since + LONGEST)


def known_zone(name: str) -> bool:
    """Whether the time zone database has a zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _of_line(rota: Rota, level: int) -> Iterator[Problem]:
    line = rota.lines[level]
    if len(line.layers) > MOST_LAYERS or len(line.overrides) > MOST_OVERRIDES:
        yield Problem(Fault.TOO_MUCH, level)
    for number, layer in enumerate(line.layers):
        yield from (Problem(fault, level, number) for fault in _of_layer(layer))
    for one in line.overrides:
        if one.end <= one.start:
            yield Problem(Fault.BACKWARDS, level, start=one.start, end=one.end, people=(one.person,))


def _of_layer(layer: Layer) -> Iterator[Fault]:
    if not layer.people:
        yield Fault.NOBODY_IN_LAYER
    if len(layer.people) > MOST_PEOPLE:
        yield Fault.TOO_MUCH
    if not 1 <= layer.turn.every <= LONGEST_TURN:
        yield Fault.TURN_LENGTH
    if layer.ends is not None and layer.ends <= layer.begins:
        yield Fault.BACKWARDS
    if any(not window.days for window in layer.windows):
        yield Fault.NO_DAYS


def _strangers(rota: Rota, level: int, members: Collection[str]) -> Iterator[Problem]:
    line = rota.lines[level]
    for number, layer in enumerate(line.layers):
        unknown = tuple(person for person in dict.fromkeys(layer.people) if person not in members)
        if unknown:
            yield Problem(Fault.UNKNOWN_PERSON, level, number, people=unknown)
    for one in line.overrides:
        if one.person not in members:
            yield Problem(Fault.UNKNOWN_PERSON, level, start=one.start, end=one.end, people=(one.person,))


def _of_schedule(rota: Rota, level: int, since: datetime) -> Iterator[Problem]:
    line = rota.lines[level]
    yield from double_duty(line, level, since, rota.until)
    shifts: list[Shift] = line_schedule(line, ZoneInfo(rota.zone), since, rota.until)
    for gap in gaps(shifts, since, rota.until):
        yield Problem(Fault.GAP, level, start=gap.start, end=gap.end)


def double_duty(line: Line, level: int, since: datetime, until: datetime) -> Iterator[Problem]:
    """Where two overrides put two people on duty at one time: nobody could say who it is."""
    running: list[Override] = []
    for one in sorted(line.overrides, key=lambda override: override.start):
        running = [other for other in running if other.end > one.start]
        for other in running:
            start, end = max(one.start, since), min(one.end, other.end, until)
            if other.person != one.person and start < end:
                yield Problem(Fault.DOUBLE_DUTY, level, start=start, end=end, people=(other.person, one.person))
        running.append(one)
