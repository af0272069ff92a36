"""What a rota comes to: for each line, one person at a time, or nobody."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.core.oncall.clocks import instant_of, wall_of
from services.core.oncall.rota import Layer, Line, Override, Rota, Unit, Weekday, Window
from services.core.oncall.shifts import Shift, Stretch, cut, joined, laid_over, together, within

_DAY = timedelta(days=1)
_LENGTHS = {Unit.HOURS: timedelta(hours=1), Unit.DAYS: _DAY, Unit.WEEKS: 7 * _DAY}
_WEEK = tuple(Weekday)


def schedule(rota: Rota, level: int, since: datetime, until: datetime) -> list[Shift]:
    """Who is on duty in a line of the rota between two instants (UTC), in order, never two at a time."""
    return line_schedule(rota.lines[level], ZoneInfo(rota.zone), since, min(until, rota.until))


def line_schedule(line: Line, zone: ZoneInfo, since: datetime, until: datetime) -> list[Shift]:
    """The same of a line; of two overrides at one time the one that began first counts."""
    found = overriding_shifts(line.overrides, since, until)
    for layer in reversed(line.layers):
        found = laid_over(found, list(layer_shifts(layer, zone, since, until)), since, until)
    return found


def overriding_shifts(overrides: Sequence[Override], since: datetime, until: datetime) -> list[Shift]:
    """The overrides between two instants, without overlaps."""
    found: list[Shift] = []
    for one in sorted(overrides, key=lambda override: (override.start, override.end, override.person)):
        start = max([one.start, since, *(shift.end for shift in found[-1:])])
        found += within([Shift(start, max(start, one.end), one.person)], since, until)
    return together(found)


def layer_shifts(layer: Layer, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Shift]:
    """Who has their turn in a layer between two instants, in order."""
    end = until if layer.ends is None else min(until, instant_of(layer.ends, zone))
    turns = list(within(_turns(layer, zone, since, end), since, end))
    return cut(turns, _open(layer.windows, zone, since, end)) if layer.windows else iter(turns)


def _turns(layer: Layer, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Shift]:
    number = _turn_before(layer, zone, since)
    start = _turn_begins(layer, zone, number)
    while start < until:
        end = _turn_begins(layer, zone, number + 1)
        yield Shift(start, end, layer.people[number % len(layer.people)])
        number, start = number + 1, end


def _turn_begins(layer: Layer, zone: ZoneInfo, number: int) -> datetime:
    """Hours pass, whatever clocks show; a day's turn begins at the same time on the wall in summer and winter."""
    passed = number * layer.turn.every * _LENGTHS[layer.turn.unit]
    if layer.turn.unit is Unit.HOURS:
        return instant_of(layer.begins, zone) + passed
    return instant_of(layer.begins + passed, zone)


def _turn_before(layer: Layer, zone: ZoneInfo, at: datetime) -> int:
    """The number of a turn that has begun at an instant, or of the first one."""
    length = layer.turn.every * _LENGTHS[layer.turn.unit]
    if layer.turn.unit is Unit.HOURS:
        return max(0, (at - instant_of(layer.begins, zone)) // length)
    return max(0, (wall_of(at, zone) - layer.begins) // length - 1)


def _open(windows: Sequence[Window], zone: ZoneInfo, since: datetime, until: datetime) -> list[Stretch]:
    """When any of these windows is open, from the day before `since` on, for a window may go past midnight."""
    day = wall_of(since, zone).date() - _DAY
    found = []
    while day <= wall_of(max(since, until), zone).date():
        midnight = datetime.combine(day, time())
        found += [_opened(one, midnight, zone) for one in windows if _WEEK[day.weekday()] in one.days]
        day += _DAY
    return [one for one in joined(found) if one.start < one.end]


def _opened(window: Window, midnight: datetime, zone: ZoneInfo) -> Stretch:
    start, end = (datetime.combine(midnight, at) for at in (window.start, window.end))
    return Stretch(instant_of(start, zone), instant_of(end if start < end else end + _DAY, zone))


def person_at(rota: Rota, level: int, at: datetime) -> str | None:
    """Who is on duty in a line at an instant, by the rota alone."""
    found = schedule(rota, level, at, at + datetime.resolution)
    return found[0].person if found else None


def shift_from(rota: Rota, level: int, at: datetime) -> Shift | None:
    """What is left of the shift in a line that holds an instant."""
    left = schedule(rota, level, at, rota.until)
    return left[0] if left and left[0].start == at else None
