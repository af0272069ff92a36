"""Dates of birth as people have them: how far two agree, and what an age says of one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.matching.dates import Agreement, birthday, born, born_at_age, closest, compare

days = st.dates(date(1990, 1, 1), date(2030, 1, 1))
values = st.one_of(
    days.map(date.isoformat),
    days.map(lambda day: day.isoformat()[:7]),
    days.map(lambda day: day.isoformat()[:4]),
    st.tuples(st.integers(0, 25), days).map(lambda said: born_at_age(*said)),
)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("2011-04-09", "2011-04-09", Agreement.SAME_DAY),
        ("2011-04-09", "2011-09-04", Agreement.SWAPPED),
        ("2011-04-09", "2011-04-19", Agreement.ONE_DIGIT),
        ("2011-04-09", "2017-04-09", Agreement.ONE_DIGIT),
        ("2011-04-09", "2011-04", Agreement.SAME_MONTH),
        ("2011-04-09", "2011-12-20", Agreement.NEAR_YEAR),
        ("2011-04-09", "2011", Agreement.SAME_YEAR),
        ("2011-04-09", "2011-01-01", Agreement.SAME_YEAR),
        ("2011-01-01", "2011-01-01", Agreement.SAME_YEAR),
        ("2011-01-01", "2011-01-07", Agreement.SAME_YEAR),
        ("2011-01-01", "2011", Agreement.SAME_YEAR),
        ("2011", "2011", Agreement.SAME_YEAR),
        ("2010-06-02/2011-06-01", "2011-04-09", Agreement.SAME_YEAR),
        ("2010-06-02/2011-06-01", "2009", Agreement.NEAR_YEAR),
        ("2011-04-09", "2013-05-20", Agreement.NEAR_YEAR),
        ("2011-04-09", "2014-05-20", Agreement.DIFFERENT),
        ("2011-01-01", "2001-01-01", Agreement.DIFFERENT),
    ],
)
def test_two_dates_agree_as_far_as_what_they_say(one: str, other: str, agreement: Agreement) -> None:
    assert compare(one, other) is agreement


@given(values, values)
def test_two_dates_agree_the_same_whichever_comes_first(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one)


@given(st.integers(1990, 2030), st.sampled_from(["", "-01-01"]), st.sampled_from(["", "-01-01"]))
def test_unknown_birthdays_of_one_year_never_agree_on_the_day(year: int, one: str, other: str) -> None:
    assert compare(f"{year}{one}", f"{year}{other}") is Agreement.SAME_YEAR


def test_of_several_dates_the_closest_count() -> None:
    assert closest(["2011-01-01", "2011-04-09"], ["2008", "2011-09-04"]) is Agreement.SWAPPED


def test_nothing_claimed_agrees_with_nothing() -> None:
    assert closest([], ["2011"]) is closest(["2011"], []) is None


@given(days, st.integers(0, 9000))
def test_an_age_puts_the_birth_between_two_days_with_the_birth_among_them(born_on: date, days_later: int) -> None:
    on = born_on + timedelta(days=days_later)
    years = next(years for years in range(30) if birthday(born_on, years + 1) > on)
    bounds = born(born_at_age(years, on))
    assert bounds.earliest <= born_on <= bounds.latest
    assert (bounds.latest - bounds.earliest).days in {364, 365}


@pytest.mark.parametrize("value", ["", "2011-02-30", "11", "2011/2012", "2012-01-02/2012-01-01", "2011-13", "x" * 4])
def test_what_is_no_date_of_birth_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(ValueError, match="no date of birth"):
        born(value)
