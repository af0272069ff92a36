"""Codes, facts and times in the words of a page: every word goes through gettext, every time is told in UK time."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from services.core.codes import Precision
from services.core.facts import Fact
from services.core.matching.dates import born

UK = ZoneInfo("Europe/London")
SHORT_ID = 8
"""So many digits of an id are shown, and are enough to ask for the case."""

_NO_DATE = "No date"
_BETWEEN = "between %(earliest)s and %(latest)s"
SENTENCES = (_NO_DATE, _BETWEEN)
"""What is said here and in no template."""

_SAID_NOTHING = {"unknown", "undecided", "unverified", "other"}
_CAPITAL = re.compile("(?<!^)(?=[A-Z])|_")
_HERE = Path(__file__).parent

Gettext = Callable[[str], str]


def in_uk(at: datetime) -> datetime:
    """The same moment in UK time; the calendar's first one, which has none there, as it is: no page fails for it."""
    try:
        return at.astimezone(UK)
    except OverflowError:
        return at


class Words:
    """What things are called in one language."""

    def __init__(self, gettext: Gettext, spelt: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._gettext = gettext
        self._spelt = spelt if spelt is not None else tomllib.loads((_HERE / "words.toml").read_text("utf-8"))

    def code(self, value: Enum) -> str:
        """What a code is called."""
        return self.named(type(value).__name__, str(value.value))

    def named(self, group: str, code: str) -> str:
        """What a code of a list is called; a list without words of its own is spelt from its codes."""
        return self._gettext(english(self._spelt, group, code))

    def fact(self, fact: Fact) -> Iterator[tuple[str, str]]:
        """What a fact says, name by name; what is not known is left out, and so are handles, which say nothing."""
        for one in fields(fact):
            if told := self._value(getattr(fact, one.name)):
                yield self.named("Fact", one.name), told

    def day(self, at: date) -> str:
        return f"{at.day} {self._month(at)} {at.year}"

    def moment(self, at: datetime) -> str:
        """To the minute, in UK time."""
        there = in_uk(at)
        return f"{self.day(there)}, {there:%H:%M}"

    def clock(self, at: datetime, precision: Precision) -> str:
        """The time of day in UK time; nothing where only the day is known."""
        return f"{in_uk(at):%H:%M}" if precision is Precision.INSTANT else ""

    def happened(self, at: datetime | None, precision: Precision) -> str:
        """When something happened, no more exactly than is known; a day is the day that was said."""
        if at is None:
            return self._gettext(_NO_DATE)
        return self.moment(at) if precision is Precision.INSTANT else self.day(at.astimezone(UTC))

    def born(self, claimed: str) -> str:
        """A date of birth no more exactly than it is claimed: a day, a month, a year, or the days it lies between."""
        try:
            known = born(claimed)
        except ValueError:
            return claimed
        if known.is_a_day:
            return self.day(known.earliest)
        if "/" in claimed:
            return self._gettext(_BETWEEN) % {"earliest": self.day(known.earliest), "latest": self.day(known.latest)}
        return f"{self._month(known.earliest)} {known.earliest.year}" if "-" in claimed else claimed

    def _month(self, at: date) -> str:
        return self.named("Month", str(at.month))

    def _value(self, value: object) -> str:
        if isinstance(value, Enum):
            return "" if value.value in _SAID_NOTHING else self.code(value)
        if isinstance(value, tuple):
            return ", ".join(self.code(one) for one in value)
        return self.day(value) if isinstance(value, date) else ""


def english(spelt: Mapping[str, Mapping[str, str]], group: str, code: str) -> str:
    """A code in English: "away_without_authorisation" and "ChildMissing" alike."""
    return spelt.get(group, {}).get(code) or _CAPITAL.sub(" ", code).lower().capitalize()


def short(identifier: str) -> str:
    return identifier[:SHORT_ID]
