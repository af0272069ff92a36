"""The time that clocks on a wall show, as instants: right on the two days a year on which clocks are changed.

A later time on the wall is never an earlier instant, so what is whole on the wall is whole in truth.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the clocks of a zone first show `wall` (naive), or skip it."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_of(first, zone) == wall:
        return first
    return _skip(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first)


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of a zone show at an instant (naive)."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _skip(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the clocks go forward, between two instants."""
    early, late = before.replace(microsecond=0), after.replace(microsecond=0)
    offset = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // (2 * _SECOND) * _SECOND
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == offset else (early, middle)
    return late
