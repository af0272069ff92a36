"""Times on the wall and instants: in order, on the days when clocks are changed too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.oncall.clocks import instant_of, wall_of
from tests.core.oncall.rotas import CHANGES, LONDON, around

SKIPPED = datetime(2026, 3, 29, 1, 30)  # noqa: DTZ001 - what no clock in London shows
TWICE = datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001 - what clocks in London show twice


def test_a_time_that_clocks_skip_is_the_instant_at_which_they_go_forward() -> None:
    assert instant_of(SKIPPED, ZoneInfo(LONDON)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_clocks_show_twice_is_its_first() -> None:
    assert instant_of(TWICE, ZoneInfo(LONDON)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_a_country_left_out_is_the_instant_at_which_it_did() -> None:
    left_out = datetime(2011, 12, 30, 12)  # noqa: DTZ001 - in Samoa 29 December was followed by the 31st
    assert instant_of(left_out, ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 30, 10, tzinfo=UTC)


moments = st.sampled_from(CHANGES).flatmap(lambda one: st.tuples(st.just(ZoneInfo(one[0])), around(one[1], 90)))
"""A zone, and an instant around which its clocks are changed."""

walls = moments.map(lambda moment: (moment[0], moment[1].replace(tzinfo=None) + _usual(*moment)))
"""A zone, and what clocks would show that were not changed, around that time."""


def _usual(zone: ZoneInfo, instant: datetime) -> timedelta:
    return (instant - timedelta(days=1)).astimezone(zone).utcoffset() or timedelta()


@given(wall=walls, later=st.timedeltas(timedelta(), timedelta(hours=1)))
def test_a_later_time_on_the_wall_is_never_an_earlier_instant(
    wall: tuple[ZoneInfo, datetime], later: timedelta
) -> None:
    zone, shown = wall
    assert instant_of(shown, zone) <= instant_of(shown + later, zone)


@given(moment=moments)
def test_the_instant_of_what_clocks_show_is_the_first_at_which_they_do(moment: tuple[ZoneInfo, datetime]) -> None:
    zone, instant = moment
    shown = wall_of(instant, zone)
    assert wall_of(instant_of(shown, zone), zone) == shown
    assert instant_of(shown, zone) <= instant


@pytest.mark.parametrize("zone", [LONDON, "America/New_York", "UTC"])
def test_an_ordinary_day_has_twenty_four_hours(zone: str) -> None:
    midnight = datetime(2026, 6, 1)  # noqa: DTZ001 - what clocks on the wall show
    passed = instant_of(midnight + timedelta(days=1), ZoneInfo(zone)) - instant_of(midnight, ZoneInfo(zone))
    assert passed == timedelta(hours=24)
