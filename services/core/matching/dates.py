"""Dates of birth as people have them: a day, a month, a year, or two days between which an age puts the birth.

Where papers are false or missing, a date of birth is what somebody said (¶5.41): 1 January stands for a birthday that
nobody knows, day and month are swapped, a digit is misread, an age is given in place of a date.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import product

_YEAR, _MONTH = len("YYYY"), len("YYYY-MM")
_A_MONTH = timedelta(days=30)  # between its first day and its last
_NEAR_YEARS = 2
_REMEMBERED = 20_000  # dates: each is compared many times


class Agreement(StrEnum):
    """How far two dates of birth agree, the closest first."""

    SAME_DAY = "same_day"
    SWAPPED = "swapped"
    ONE_DIGIT = "one_digit"
    SAME_MONTH = "same_month"
    SAME_YEAR = "same_year"
    NEAR_YEAR = "near_year"
    DIFFERENT = "different"


_CLOSEST = list(Agreement)


@dataclass(frozen=True, slots=True)
class Born:
    """Between which two days a person was born, both included; a day that is known is both."""

    earliest: date
    latest: date

    @property
    def is_a_day(self) -> bool:
        return self.earliest == self.latest

    @property
    def is_first_of_january(self) -> bool:
        """Whether it is the day that unknown birthdays become: it says no more than the year."""
        return self.is_a_day and (self.earliest.month, self.earliest.day) == (1, 1)


@lru_cache(_REMEMBERED)
def born(value: str) -> Born:
    """The bounds of YYYY-MM-DD, YYYY-MM, YYYY or YYYY-MM-DD/YYYY-MM-DD.

    Raises:
        ValueError: it is none of these, or no day of the calendar; the value itself is not repeated in the error.
    """
    try:
        if "/" in value:
            earliest, latest = (date.fromisoformat(part) for part in value.split("/"))
        elif len(value) == _YEAR:
            earliest, latest = date(int(value), 1, 1), date(int(value), 12, 31)
        elif len(value) == _MONTH:
            year, month = (int(part) for part in value.split("-"))
            earliest, latest = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        else:
            earliest = latest = date.fromisoformat(value)
    except ValueError:
        raise ValueError("no date of birth") from None
    if latest < earliest:
        raise ValueError("no date of birth")
    return Born(earliest, latest)


def born_at_age(years: int, on: date) -> str:
    """The value of a date of birth where an age in whole years was given for a day: two days, joined by a slash."""
    earliest = _years_before(on, years + 1) + timedelta(days=1)
    return f"{earliest.isoformat()}/{_years_before(on, years).isoformat()}"


def _years_before(day: date, years: int) -> date:
    """The last birthday of those who are `years` old on that day: of 29 February, 28 where there is none."""
    last = monthrange(day.year - years, day.month)[1]
    return date(day.year - years, day.month, min(day.day, last))


def birthday(born_on: date, years: int) -> date:
    """The day on which somebody becomes so many years old; of 29 February, 1 March where there is none."""
    if monthrange(born_on.year + years, born_on.month)[1] < born_on.day:
        return date(born_on.year + years, born_on.month + 1, 1)
    return born_on.replace(year=born_on.year + years)


def closest(ones: Iterable[str], others: Iterable[str]) -> Agreement | None:
    """The closest agreement between what is claimed of one and of the other; None if nothing is claimed of either."""
    found = [compare(one, other) for one, other in product(ones, others)]
    return min(found, key=_CLOSEST.index) if found else None


def compare(one: str, other: str) -> Agreement:
    """How far two dates of birth agree; the same whichever is named first.

    1 January, like a year alone, says no more than the year, and two of them never agree on the day. Two other days of
    one year are two birthdays: they agree no more than those of two years side by side.
    """
    first, second = born(one), born(other)
    if first.is_first_of_january or second.is_first_of_january:
        return _by_year(first, second)
    if first.is_a_day and second.is_a_day:
        return _by_day(first.earliest, second.earliest)
    overlap = first.earliest <= second.latest and second.earliest <= first.latest
    if overlap and max(_length(first), _length(second)) <= _A_MONTH:
        return Agreement.SAME_MONTH
    return _by_year(first, second)


def _length(bounds: Born) -> timedelta:
    return bounds.latest - bounds.earliest


def _by_day(one: date, other: date) -> Agreement:
    if one == other:
        return Agreement.SAME_DAY
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Agreement.SWAPPED
    if _digits_apart(one, other) == 1:
        return Agreement.ONE_DIGIT
    return Agreement.NEAR_YEAR if abs(one.year - other.year) <= _NEAR_YEARS else Agreement.DIFFERENT


def _digits_apart(one: date, other: date) -> int:
    return sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))


def _by_year(one: Born, other: Born) -> Agreement:
    """By years alone: `NEAR_YEAR` is the two years within which an assessment of age can be right."""
    apart = max(other.earliest.year - one.latest.year, one.earliest.year - other.latest.year)
    if apart <= 0:
        return Agreement.SAME_YEAR
    return Agreement.NEAR_YEAR if apart <= _NEAR_YEARS else Agreement.DIFFERENT
