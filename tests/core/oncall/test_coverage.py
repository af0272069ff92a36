"""At every instant exactly one person is on duty, or the rota is refused with the dates at which it is otherwise."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given

from services.core.oncall.coverage import Fault, Problem, problems
from services.core.oncall.duty import serving
from services.core.oncall.rota import Layer, Line, Override, Rota, Turn, Unit, Weekday, Window
from tests.core.oncall.oracle import people_on_duty
from tests.core.oncall.rotas import DANA, OMAR, RUTH, STAFF, Published, at, layer, published, rota

NIGHTS = Window(frozenset(Weekday), time(18), time(9))
DAYS = Window(frozenset(Weekday), time(9), time(18))


def faults(of: Rota, since: datetime) -> list[Fault]:
    return [problem.fault for problem in problems(of, STAFF, since)]


@given(one=published)
def test_at_every_instant_one_person_is_on_duty_or_a_problem_names_that_time(one: Published) -> None:
    found = problems(one.rota, STAFF, one.since)
    for instant in one.instants:
        told = {problem.fault for problem in found if _names(problem, instant)}
        assert told == {1: set(), 0: {Fault.GAP}}.get(len(people_on_duty(one.rota, instant)), {Fault.DOUBLE_DUTY})


def _names(problem: Problem, instant: datetime) -> bool:
    return problem.start is not None and problem.end is not None and problem.start <= instant < problem.end


@given(one=published)
def test_who_serves_by_a_rota_is_the_one_whom_it_means(one: Published) -> None:
    for instant in one.instants:
        meant = people_on_duty(one.rota, instant)
        assert len(meant) > 1 or {serving(one.rota, instant, one.since)} - {None} == meant


def test_a_gap_is_told_with_its_dates() -> None:
    of = rota(layer(DANA, windows=(DAYS,)), days=2)
    assert problems(of, STAFF, at(0)) == [
        Problem(Fault.GAP, 0, start=at(9), end=at(24)),
        Problem(Fault.GAP, 0, start=at(33), end=at(48)),
    ]


def test_nights_and_days_together_leave_no_gap_on_the_days_when_clocks_are_changed() -> None:
    assert problems(rota(layer(DANA, windows=(NIGHTS,)), layer(OMAR, windows=(DAYS,)), days=300), STAFF, at(0)) == []


def test_a_layer_that_begins_after_publication_leaves_a_gap_until_then() -> None:
    assert problems(rota(layer(DANA)), STAFF, at(-3)) == [Problem(Fault.GAP, 0, start=at(-3), end=at(0))]


def test_a_layer_that_ends_before_its_rota_leaves_a_gap_after_it() -> None:
    ends = replace(layer(DANA), ends=datetime(2026, 3, 24, 9))  # noqa: DTZ001 - what clocks on the wall show
    assert problems(rota(ends, days=2), STAFF, at(0)) == [Problem(Fault.GAP, 0, start=at(24), end=at(48))]


def test_two_people_on_duty_at_one_time_are_told_with_the_dates() -> None:
    twice = (Override(OMAR, at(1), at(5)), Override(RUTH, at(3), at(9)))
    [problem] = problems(rota(layer(DANA), overrides=twice), STAFF, at(0))
    assert problem == Problem(Fault.DOUBLE_DUTY, 0, start=at(3), end=at(5), people=(OMAR, RUTH))


def test_of_one_person_two_overrides_may_overlap() -> None:
    twice = (Override(OMAR, at(1), at(5)), Override(OMAR, at(3), at(9)))
    assert problems(rota(layer(DANA), overrides=twice), STAFF, at(0)) == []


def test_whoever_is_not_on_the_staff_is_told_with_their_layer() -> None:
    of = rota(layer(DANA), layer(DANA, OMAR), overrides=(Override(RUTH, at(1), at(2)),))
    assert problems(of, {DANA}, at(0)) == [
        Problem(Fault.UNKNOWN_PERSON, 0, 1, people=(OMAR,)),
        Problem(Fault.UNKNOWN_PERSON, 0, start=at(1), end=at(2), people=(RUTH,)),
    ]


def test_who_stands_behind_is_as_whole_as_who_is_on_duty() -> None:
    behind = Line((layer(OMAR, windows=(DAYS,)),))
    of = replace(rota(layer(DANA), days=1), lines=(Line((layer(DANA),)), behind))
    assert problems(of, STAFF, at(0)) == [Problem(Fault.GAP, 1, start=at(9), end=at(24))]


SENSELESS = [
    (replace(rota(layer(DANA)), zone="Nowhere/Else"), Fault.UNKNOWN_ZONE),
    (replace(rota(layer(DANA)), zone="../etc"), Fault.UNKNOWN_ZONE),
    (replace(rota(layer(DANA)), lines=()), Fault.LINES),
    (replace(rota(layer(DANA)), lines=(Line((layer(DANA),)),) * 4), Fault.LINES),
    (replace(rota(layer(DANA)), until=at(0)), Fault.ENDS_TOO_SOON),
    (replace(rota(layer(DANA)), until=at(401 * 24)), Fault.ENDS_TOO_LATE),
    (rota(layer()), Fault.NOBODY_IN_LAYER),
    (rota(layer(*[DANA] * 101)), Fault.TOO_MUCH),
    (rota(*[layer(DANA)] * 21), Fault.TOO_MUCH),
    (rota(layer(DANA, every=0)), Fault.TURN_LENGTH),
    (rota(layer(DANA, every=367)), Fault.TURN_LENGTH),
    (rota(layer(DANA, windows=(Window(frozenset(), time(), time(1)),))), Fault.NO_DAYS),
    (rota(layer(DANA), overrides=(Override(DANA, at(1), at(1)),)), Fault.BACKWARDS),
]


@pytest.mark.parametrize(("of", "fault"), SENSELESS)
def test_a_rota_without_sense_is_refused_for_it(of: Rota, fault: Fault) -> None:
    assert faults(of, at(0)) == [fault]


def test_a_layer_that_ends_before_it_begins_is_refused() -> None:
    backwards = Layer((DANA,), datetime(2026, 3, 24), Turn(1, Unit.DAYS), datetime(2026, 3, 23))  # noqa: DTZ001
    assert faults(rota(backwards), at(0)) == [Fault.BACKWARDS]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    of = replace(rota(layer(), layer(RUTH, every=0)), zone="Nowhere")
    assert faults(of, at(0)) == [Fault.UNKNOWN_ZONE, Fault.NOBODY_IN_LAYER, Fault.TURN_LENGTH]


def test_a_year_of_turns_of_an_hour_is_looked_through() -> None:
    of = rota(layer(DANA, OMAR, RUTH, unit=Unit.HOURS), days=365)
    assert problems(of, STAFF, at(0)) == []
    assert serving(of, of.until - timedelta(minutes=1), at(0)) == RUTH
