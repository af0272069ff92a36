"""Times in the words of a page: no more exactly than they are claimed."""

from datetime import UTC, datetime

import pytest

from services.casefeed.pages.words import Words


@pytest.mark.parametrize(
    ("claimed", "told"),
    [
        ("2011-05-09", "9 May 2011"),
        ("2011-05", "May 2011"),
        ("2011", "2011"),
        ("2010-11-03/2011-11-02", "between 3 November 2010 and 2 November 2011"),
        ("of age", "of age"),
        ("2011-02-31", "2011-02-31"),
    ],
)
def test_a_date_of_birth_is_told_as_it_is_claimed(claimed: str, told: str) -> None:
    assert Words(str).born(claimed) == told


def test_the_first_moment_of_the_calendar_has_no_time_in_the_uk_and_fails_no_page() -> None:
    assert Words(str).moment(datetime.min.replace(tzinfo=UTC)).endswith("1, 00:00")
