"""Shifts as iCalendar (RFC 5545), to and from whatever calendar people have; all in UTC, for a zone tells of a place.

Written: who, when, and how far behind whoever is on duty. Never where, for which agency or body, nor a word besides.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from services.core.errors import BadData
from services.core.oncall.clocks import instant_of
from services.core.oncall.rota import LINES, ON_DUTY

MAX_BYTES = 4 << 20
MOST_SHIFTS = 2_000
_PERSON, _LEVEL = "X-LANTERN-PERSON", "X-LANTERN-LEVEL"
_PRODUCT = "-//Lantern//Rota//EN"
_TITLES = ("On duty", "Stands behind", "Stands behind them")
# A rule that repeats more often makes more shifts than anybody could serve.
_RULES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


class Unfit(StrEnum):
    """Why a calendar cannot be taken for shifts."""

    TOO_LARGE = "It is larger than a calendar of shifts can be."
    NO_CALENDAR = "It is not an iCalendar file, or a broken one."
    TOO_OFTEN = "Something in it repeats more often than once a day."
    TOO_MANY = "It holds more than 2,000 shifts."
    NO_SHIFTS = "There is no shift in it that ends in the future."
    BACKWARDS = "A shift in it does not end after it begins."


class UnfitCalendar(BadData):
    """This file cannot be read as shifts: nothing was taken from it."""

    def __init__(self, reason: Unfit) -> None:
        super().__init__(f"{reason.value} Nothing was taken from it.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CalendarShift:
    """One shift (UTC): who, by name as a calendar shows it or by handle, and in which line, 0 being on duty."""

    who: str
    start: datetime
    end: datetime
    level: int = ON_DUTY


def write_calendar(shifts: Iterable[tuple[CalendarShift, str]], written_at: datetime) -> bytes:
    """A calendar of these shifts, each by name with the handle of its person beside it."""
    calendar = icalendar.Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    for shift, handle in shifts:
        calendar.add_component(_event(shift, handle, written_at))
    return bytes(calendar.to_ical())


def _event(shift: CalendarShift, handle: str, written_at: datetime) -> icalendar.Event:
    event = icalendar.Event()
    named = f"{shift.level} {handle} {shift.start.isoformat()}"
    event.add("UID", hashlib.sha256(named.encode()).hexdigest()[:32])
    event.add("DTSTAMP", written_at)
    event.add("DTSTART", shift.start)
    event.add("DTEND", shift.end)
    event.add("SUMMARY", f"{_TITLES[shift.level]}: {shift.who}")
    event.add("CLASS", "PRIVATE")
    event.add(_PERSON, handle)
    event.add(_LEVEL, str(shift.level))
    return event


def read_calendar(data: bytes, zone: ZoneInfo, since: datetime, until: datetime) -> list[CalendarShift]:
    """The shifts of a calendar that lie between two instants, in order; repeated ones each time that they do.

    Times without a zone are what clocks in `zone` show, and a whole day is from midnight to midnight there. Who has a
    shift is our own mark, else the one attendee's name, else the title.

    Raises:
        UnfitCalendar: it is none, or none of shifts.
    """
    if len(data) > MAX_BYTES:
        raise UnfitCalendar(Unfit.TOO_LARGE)
    events = _events(data, since, until)
    if len(events) > MOST_SHIFTS:
        raise UnfitCalendar(Unfit.TOO_MANY)
    found = [_shift(event, zone) for event in events]
    if not found:
        raise UnfitCalendar(Unfit.NO_SHIFTS)
    if any(shift.end <= shift.start for shift in found):
        raise UnfitCalendar(Unfit.BACKWARDS)
    return sorted(found, key=lambda shift: (shift.level, shift.start, shift.end, shift.who))


def _events(data: bytes, since: datetime, until: datetime) -> list[Any]:
    try:
        calendar = icalendar.Calendar.from_ical(data)
        _expect_seldom(calendar)
        return list(recurring_ical_events.of(calendar).between(since, until))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
        reason = Unfit.NO_CALENDAR
    raise UnfitCalendar(reason)


def _expect_seldom(calendar: icalendar.Component) -> None:
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if not set(rule.get("FREQ", [])) <= _RULES:
                raise UnfitCalendar(Unfit.TOO_OFTEN)


def _shift(event: Any, zone: ZoneInfo) -> CalendarShift:  # noqa: ANN401 - a component, which ships no types
    level = str(event.get(_LEVEL, ON_DUTY))
    return CalendarShift(
        who=_who(event),
        start=_utc(event, "DTSTART", zone),
        end=_utc(event, "DTEND", zone),
        level=int(level) if level in set(map(str, range(LINES))) else ON_DUTY,
    )


def _who(event: Any) -> str:  # noqa: ANN401 - a component, which ships no types
    attendees = event.get("ATTENDEE", [])
    named = [str(one.params.get("CN", "")) for one in (attendees if isinstance(attendees, list) else [attendees])]
    title = str(event.get("SUMMARY", ""))
    for begins in _TITLES:
        title = title.removeprefix(f"{begins}: ")
    return str(event.get(_PERSON, "")) or (named[0] if len(named) == 1 and named[0] else title.strip())


def _utc(event: Any, name: str, zone: ZoneInfo) -> datetime:  # noqa: ANN401 - a component, which ships no types
    said: date = event[name].dt
    if not isinstance(said, datetime):
        return instant_of(datetime.combine(said, time()), zone)
    return instant_of(said, zone) if said.tzinfo is None else said.astimezone(UTC)
