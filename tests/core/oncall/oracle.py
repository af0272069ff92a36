"""Who is on duty at one instant, worked out anew: from what clocks show then, not from shifts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.core.oncall.rota import Layer, Rota, Unit, Weekday, Window

_MINUTE = timedelta(minutes=1)


def people_on_duty(rota: Rota, instant: datetime) -> set[str]:
    """Everybody whom the first line puts on duty: those of overrides, else of the topmost layer that counts then."""
    line, zone = rota.lines[0], ZoneInfo(rota.zone)
    named = {one.person for one in line.overrides if one.start <= instant < one.end}
    if named:
        return named
    counting = (_of_layer(layer, zone, instant) for layer in reversed(line.layers))
    return {next((person for person in counting if person), "")} - {""}


def _of_layer(layer: Layer, zone: ZoneInfo, instant: datetime) -> str | None:
    wall = _reached(instant, zone)
    if wall < layer.begins or (layer.ends is not None and wall >= layer.ends):
        return None
    if layer.windows and not any(_is_open(window, wall) for window in layer.windows):
        return None
    return layer.people[_number(layer, zone, instant, wall) % len(layer.people)]


def _reached(instant: datetime, zone: ZoneInfo) -> datetime:
    """The latest time that clocks have shown or skipped by an instant: put back, they show nothing new for a while."""
    shown = instant.astimezone(zone)
    if not shown.fold:
        return shown.replace(tzinfo=None)
    minute = instant.replace(second=0, microsecond=0)
    while minute.astimezone(zone).utcoffset() == shown.utcoffset():
        minute -= _MINUTE
    return (minute + _MINUTE + _offset(minute, zone)).replace(tzinfo=None) - datetime.resolution


def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which clocks have shown or skipped a time."""
    instant = min(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    while _reached(instant, zone) < wall:
        instant += _MINUTE
    return instant


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _is_open(window: Window, wall: datetime) -> bool:
    days = tuple(Weekday)
    today, now = days[wall.weekday()], wall.time()
    yesterday = days[wall.weekday() - 1]
    if window.start < window.end:
        return today in window.days and window.start <= now < window.end
    return (today in window.days and now >= window.start) or (yesterday in window.days and now < window.end)


def _number(layer: Layer, zone: ZoneInfo, instant: datetime, wall: datetime) -> int:
    if layer.turn.unit is Unit.HOURS:
        return (instant - _first(layer.begins, zone)) // timedelta(hours=layer.turn.every)
    days = layer.turn.every * (7 if layer.turn.unit is Unit.WEEKS else 1)
    return (wall - layer.begins).days // days
