"""Lookups are counted and timed: what one costs, and how it grows."""

from collections.abc import Callable
from itertools import count

import pytest

from services.cli.match import lookups
from services.cli.match.population import children, records
from services.core.claims import Subject
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

WEIGHTS = load_weights(HOME)
SUBJECTS = [each.subject for each in records(4, list(children(3, 20)))]


def ticking() -> Callable[[], float]:
    """A clock on which everything that is timed takes a second."""
    ticks = count()
    return lambda: float(next(ticks))


def test_every_record_that_is_asked_for_is_counted() -> None:
    assert lookups.lookups(SUBJECTS, WEIGHTS, ticking()).a_second == len(SUBJECTS)


def test_growth_is_told_where_there_are_more_than_the_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lookups.lookups(SUBJECTS, WEIGHTS, ticking()).growth is None
    monkeypatch.setattr(lookups, "FEW", 10)
    assert lookups.lookups(SUBJECTS, WEIGHTS, ticking()).growth == 1.0


def test_a_clock_that_stands_still_divides_by_nothing() -> None:
    assert lookups.lookups([Subject()], WEIGHTS, lambda: 0.0) == lookups.Lookups(0.0, None)
