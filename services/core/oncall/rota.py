"""A rota as its agency writes it: lines of layers and overrides. What is published of it never changes.

The first line is who is on duty; the others stand behind, in their order, for an alert that nobody answers. In a line a
later layer lies over an earlier one, and overrides over all of them. Layers are in the time of the clocks on the wall.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

ON_DUTY = 0
"""The line of who is on duty; those after it stand behind."""

LINES = 3


class Unit(StrEnum):
    """In what a turn is measured: hours that pass, or days and weeks of the calendar."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


class Weekday(StrEnum):
    """The days of a week, in its order."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class Turn:
    """How long each person's turn is."""

    every: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Window:
    """Part of the days on which a layer counts; one that does not end after it starts ends the next day."""

    days: frozenset[Weekday]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns from `begins` on, each other's handles in their order; without windows, day and night.

    `begins` and `ends` are what clocks on the wall show; without `ends` it goes on as long as its rota.
    """

    people: tuple[str, ...]
    begins: datetime
    turn: Turn
    ends: datetime | None = None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody on duty whatever the layers say, from `start` up to `end` (UTC)."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """The layers of a line, the lowest first, and what overrides them."""

    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on duty until an instant (UTC), by the clocks of a zone of the IANA time zone database."""

    zone: str
    until: datetime
    lines: tuple[Line, ...]


class Cause(StrEnum):
    """Why a version was published."""

    PUBLISHED = "published"
    OVERRIDDEN = "overridden"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class Version:
    """A rota as it was published: it counts from `published_at` (UTC) until the next one, and never changes."""

    number: int
    published_at: datetime
    rota: Rota


def from_now(rota: Rota, now: datetime) -> Rota:
    """The same rota without the overrides that are over; the version in which they counted still has them.

    One that ends before it begins is not over, but wrong: it is kept, to be refused.
    """
    lines = [
        replace(line, overrides=tuple(one for one in line.overrides if now < max(one.start, one.end)))
        for line in rota.lines
    ]
    return replace(rota, lines=tuple(lines))


def overriding(rota: Rota, level: int, overrides: Iterable[Override]) -> Rota:
    """The same rota with more overrides in a line; what is there already is not there twice."""
    return _with_overrides(rota, level, {*_line(rota, level).overrides, *overrides})


def replacing(rota: Rota, level: int, overrides: Iterable[Override]) -> Rota:
    """The same rota with overrides in the place of all others of a line that lie within their time."""
    kept, made = list(_line(rota, level).overrides), list(overrides)
    for one in made:
        kept = [part for other in kept for part in _beside(other, one)]
    return _with_overrides(rota, level, {*kept, *made})


def _beside(one: Override, other: Override) -> Iterable[Override]:
    """What of an override lies before and after another."""
    parts = replace(one, end=min(one.end, other.start)), replace(one, start=max(one.start, other.end))
    return [part for part in parts if part.start < part.end]


def _line(rota: Rota, level: int) -> Line:
    return rota.lines[level] if level < len(rota.lines) else Line()


def _with_overrides(rota: Rota, level: int, overrides: Iterable[Override]) -> Rota:
    ordered = tuple(sorted(overrides, key=lambda one: (one.start, one.end, one.person)))
    lines = [_line(rota, at) for at in range(max(len(rota.lines), level + 1))]
    return replace(rota, lines=(*lines[:level], replace(lines[level], overrides=ordered), *lines[level + 1 :]))
