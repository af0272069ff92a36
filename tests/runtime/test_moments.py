"""A time at either end of the calendar is refused like any other that is none, where another zone has none for it."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from services.casefeed.pages.cases import moment
from services.runtime.moments import Moment

ASKED = TypeAdapter(Moment)


def test_a_time_of_any_zone_is_the_same_one_in_utc() -> None:
    assert ASKED.validate_python("2026-03-01T01:30:00+01:00") == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("beyond", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_utc_does_not_have_is_no_time(beyond: str) -> None:
    assert moment(beyond) is None
    with pytest.raises(ValidationError):
        ASKED.validate_python(beyond)
