"""Shifts as a calendar: what is written is read again, and nothing else stands in it."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.formats.rota_calendar import CalendarShift, Unfit, UnfitCalendar, read_calendar, write_calendar
from tests.core.oncall.rotas import DANA, LONDON, OMAR, at

ZONE = ZoneInfo(LONDON)
SINCE, UNTIL = at(0), at(400 * 24)
NAMES = {DANA: "Dana Invented", OMAR: "Omar Invented"}

shifts = st.lists(
    st.builds(
        lambda person, start, length, level: CalendarShift(person, at(start), at(start + length), level),
        person=st.sampled_from([DANA, OMAR]),
        start=st.integers(0, 300 * 24),
        length=st.integers(1, 72),
        level=st.integers(0, 2),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda shift: (shift.start, shift.level),
)


def calendar(*lines: str) -> bytes:
    """A calendar of one event, as another program writes it."""
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260301T000000Z", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *event, "END:VCALENDAR", ""]).encode()


def read(*lines: str) -> list[CalendarShift]:
    return read_calendar(calendar(*lines), ZONE, SINCE, UNTIL)


def written(*made: CalendarShift) -> bytes:
    return write_calendar(
        [(CalendarShift(NAMES[one.who], one.start, one.end, one.level), one.who) for one in made], SINCE
    )


@given(made=shifts)
@settings(max_examples=25)
def test_what_is_written_is_read_again(made: list[CalendarShift]) -> None:
    assert read_calendar(written(*made), ZONE, SINCE, UNTIL) == sorted(
        made, key=lambda shift: (shift.level, shift.start, shift.end, shift.who)
    )


def test_a_calendar_holds_who_and_when_and_nothing_that_tells_of_a_place_or_a_body() -> None:
    [event] = icalendar.Calendar.from_ical(written(CalendarShift(DANA, at(1), at(2)))).walk("VEVENT")
    assert set(event) == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "X-LANTERN-PERSON", "X-LANTERN-LEVEL",
    }  # fmt: skip
    assert str(event["SUMMARY"]) == "On duty: Dana Invented"
    assert b"Europe" not in written(CalendarShift(DANA, at(1), at(2)))


SHIFT = ("DTSTART:20260401T080000Z", "DTEND:20260401T180000Z")
TIMES = datetime(2026, 4, 1, 8, tzinfo=UTC), datetime(2026, 4, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "lines",
    [
        ("SUMMARY:Dana Invented",),
        ("SUMMARY:On duty: Dana Invented",),
        ("SUMMARY:Late shift", "ATTENDEE;CN=Dana Invented:mailto:dana@example.invalid"),
    ],
)
def test_who_has_a_shift_is_the_attendee_or_the_title(lines: tuple[str, ...]) -> None:
    assert read(*SHIFT, *lines) == [CalendarShift("Dana Invented", *TIMES)]


def test_a_time_without_a_zone_is_what_clocks_of_the_rota_show() -> None:
    [shift] = read("DTSTART:20260401T090000", "DTEND:20260401T190000", "SUMMARY:x")
    assert (shift.start, shift.end) == TIMES


def test_a_whole_day_is_from_midnight_to_midnight_there() -> None:
    [shift] = read("DTSTART;VALUE=DATE:20260329", "DTEND;VALUE=DATE:20260330", "SUMMARY:x")
    assert shift.end - shift.start == timedelta(hours=23)


def test_a_shift_that_repeats_is_there_each_time_at_the_same_time_on_the_wall() -> None:
    zoned = ("DTSTART;TZID=Europe/London:20260328T180000", "DTEND;TZID=Europe/London:20260329T090000")
    found = read(*zoned, "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:x")
    assert [shift.start.hour for shift in found] == [18, 17, 17]


def test_a_shift_that_repeats_for_ever_is_read_as_far_as_it_is_asked_for() -> None:
    assert len(read(*SHIFT, "RRULE:FREQ=WEEKLY", "SUMMARY:x")) == 56


UNFIT = [
    (b"", Unfit.NO_CALENDAR),
    (b"no calendar", Unfit.NO_CALENDAR),
    (b"\xff\xfe", Unfit.NO_CALENDAR),
    (b"x" * (4 << 20) + b"x", Unfit.TOO_LARGE),
    (calendar("DTSTART:20260401T080000Z", "DTEND:yesterday"), Unfit.NO_CALENDAR),
    (calendar(*SHIFT, "RRULE:FREQ=SECONDLY"), Unfit.TOO_OFTEN),
    (calendar(*SHIFT, "RRULE:FREQ=HOURLY"), Unfit.TOO_OFTEN),
    (calendar("DTSTART:20200401T080000Z", "DTEND:20200401T180000Z"), Unfit.NO_SHIFTS),
    (calendar("DTSTART:20260401T080000Z", "DTEND:20260401T080000Z"), Unfit.BACKWARDS),
]


@pytest.mark.parametrize(("data", "reason"), UNFIT)
def test_what_is_no_calendar_of_shifts_is_refused_with_the_reason(data: bytes, reason: Unfit) -> None:
    with pytest.raises(UnfitCalendar) as error:
        read_calendar(data, ZONE, SINCE, UNTIL)
    assert error.value.reason is reason


@given(spoilt=st.binary(max_size=40), place=st.integers(0, 200))
@settings(max_examples=60)
def test_whatever_is_spoilt_is_read_or_refused(spoilt: bytes, place: int) -> None:
    whole = calendar(*SHIFT, "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:x")
    with contextlib.suppress(UnfitCalendar):
        assert read_calendar(whole[:place] + spoilt + whole[place + len(spoilt) :], ZONE, SINCE, UNTIL)
