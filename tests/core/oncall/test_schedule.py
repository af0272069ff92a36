"""What a rota comes to: turns, windows, layers and overrides, on ordinary days and when clocks are changed."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given

from services.core.oncall.rota import Override, Rota, Unit, Weekday, Window
from services.core.oncall.schedule import person_at, schedule, shift_from
from services.core.oncall.shifts import Shift, together
from tests.core.oncall.rotas import DANA, OMAR, RUTH, Published, at, layer, published, rota

NIGHTS = Window(frozenset(Weekday), time(18), time(9))


def turns(of: Rota, hours: float = 28 * 24) -> list[Shift]:
    return schedule(of, 0, at(0), at(hours))


def test_people_take_turns_in_their_order() -> None:
    found = turns(rota(layer(DANA, OMAR, RUTH)), 27 * 24)
    assert [shift.person for shift in found] == [DANA, OMAR, RUTH, DANA]


def test_a_weeks_turn_begins_at_the_same_time_on_the_wall_after_clocks_went_forward() -> None:
    [_, second, *_] = turns(rota(layer(DANA, OMAR)))
    assert second.start == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_a_turn_of_hours_lasts_as_long_as_hours_pass() -> None:
    found = turns(rota(layer(DANA, OMAR, unit=Unit.HOURS, every=12)))
    assert {shift.end - shift.start for shift in found} == {timedelta(hours=12)}


def test_a_night_in_which_clocks_go_forward_is_an_hour_shorter_and_one_in_which_they_go_back_longer() -> None:
    nights = turns(rota(layer(DANA, windows=(NIGHTS,)), days=300), 300 * 24)
    lengths = {shift.start.date(): (shift.end - shift.start) // timedelta(hours=1) for shift in nights}
    of_change = datetime(2026, 3, 28, tzinfo=UTC).date(), datetime(2026, 10, 24, tzinfo=UTC).date()
    assert [lengths.pop(day) for day in of_change] == [14, 16]
    assert set(lengths.values()) == {15}


def test_a_window_that_does_not_end_after_it_starts_ends_the_next_day() -> None:
    monday = Window(frozenset({Weekday.MON}), time(9), time(9))
    assert turns(rota(layer(DANA, windows=(monday,)), days=6), 6 * 24) == [Shift(at(0), at(24), DANA)]


def test_the_weekday_of_a_night_is_the_one_on_which_it_begins() -> None:
    friday = Window(frozenset({Weekday.FRI}), time(18), time(9))
    [night] = turns(rota(layer(DANA, windows=(friday,)), days=6), 6 * 24)
    assert (night.start, night.end) == (at(4 * 24 + 9), at(5 * 24))


def test_a_later_layer_lies_over_an_earlier_one() -> None:
    found = turns(rota(layer(DANA), layer(OMAR, windows=(NIGHTS,))), 48)
    assert [shift.person for shift in found] == [DANA, OMAR, DANA, OMAR]


def test_an_override_lies_over_every_layer() -> None:
    of = rota(layer(DANA), layer(OMAR), overrides=(Override(RUTH, at(1), at(2)),))
    assert [shift.person for shift in turns(of, 3)] == [OMAR, RUTH, OMAR]


def test_before_a_layer_begins_nobody_has_a_turn_in_it() -> None:
    assert schedule(rota(layer(DANA)), 0, at(-48), at(1)) == [Shift(at(0), at(1), DANA)]


def test_after_the_end_of_its_rota_a_schedule_says_nothing() -> None:
    assert schedule(rota(layer(DANA), days=1), 0, at(0), at(100)) == [Shift(at(0), at(24), DANA)]


def test_what_is_left_of_a_shift_begins_now_and_ends_with_it() -> None:
    assert shift_from(rota(layer(DANA, OMAR)), 0, at(10)) == Shift(at(10), at(7 * 24 - 1), DANA)
    assert shift_from(rota(layer(DANA)), 0, at(-10)) is None


@given(one=published)
def test_never_are_two_people_on_duty_and_no_shift_is_empty(one: Published) -> None:
    found = schedule(one.rota, 0, one.since, one.rota.until)
    assert all(shift.start < shift.end for shift in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(one=published)
def test_a_schedule_is_the_same_in_one_piece_and_in_many(one: Published) -> None:
    parts = [schedule(one.rota, 0, start, end) for start, end in pairwise([*one.instants, one.rota.until])]
    assert together(shift for part in parts for shift in part) == schedule(one.rota, 0, one.since, one.rota.until)


@given(one=published)
def test_who_is_on_duty_at_an_instant_is_whose_shift_holds_it(one: Published) -> None:
    shifts = schedule(one.rota, 0, one.since, one.rota.until)
    for instant in one.instants:
        assert person_at(one.rota, 0, instant) == next((one.person for one in shifts if one.holds(instant)), None)
