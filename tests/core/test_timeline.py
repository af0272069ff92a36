"""The order of a timeline, and which event speaks for a fact."""

import pytest

from services.core.codes import FoundHow, MissingKind
from services.core.facts import ChildFound, ChildMissing, Fact, PlacementStarted, ReportWithdrawn
from services.core.ids import OrgHandle
from services.core.timeline import current, sort_key, superseded
from tests.builders import an_id, day, entry

MISSING = ChildMissing(MissingKind.MISSING)
AWAY = ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION)


def test_what_nobody_dated_stands_first() -> None:
    undated = entry(PlacementStarted(), event=2, occurred_at=None)
    assert sort_key(undated) < sort_key(entry(PlacementStarted(), event=1, occurred_at=day(-9999)))


def test_on_one_day_an_episode_begins_before_it_ends() -> None:
    assert sort_key(entry(MISSING, event=2)) < sort_key(entry(ChildFound(), event=1))


def test_the_event_last_said_speaks_for_its_fact() -> None:
    first = entry(MISSING, event=9, of_fact=5, recorded_at=day(1))
    corrected = entry(AWAY, event=1, of_fact=5, recorded_at=day(2))
    assert current([corrected, first]) == (corrected,)
    assert superseded([corrected, first]) == {an_id(9): an_id(1)}


def test_a_wording_said_again_later_speaks_again() -> None:
    said_again = entry(MISSING, event=9, of_fact=5, recorded_at=day(3))
    corrected = entry(AWAY, event=1, of_fact=5, recorded_at=day(2))
    assert current([said_again, corrected]) == (said_again,)


def test_two_wordings_said_at_once_are_decided_by_event_id() -> None:
    one, other = entry(PlacementStarted(), event=1, of_fact=5), entry(PlacementStarted(), event=2, of_fact=5)
    assert current([one, other]) == current([other, one]) == (other,)


@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
@pytest.mark.parametrize(
    ("graver", "lesser"),
    [(MISSING, AWAY), (ChildFound(None, FoundHow.UNVERIFIED), ChildFound(None, FoundHow.SEEN_IN_PERSON))],
)
def test_of_two_wordings_said_at_once_the_one_that_leaves_the_child_missing_stands(
    graver: Fact, lesser: Fact, ids: tuple[int, int]
) -> None:
    said = [entry(fact, event=event, of_fact=5) for fact, event in zip((graver, lesser), ids, strict=True)]
    assert current(said) == current(reversed(said)) == (said[0],)


@pytest.mark.parametrize("event", [1, 3])
def test_a_report_outlives_what_takes_it_back_at_the_same_moment(event: int) -> None:
    made, back = entry(MISSING, event=2, of_fact=5), entry(ReportWithdrawn(), event=event, of_fact=5)
    assert current([made, back]) == current([back, made]) == (made,)


def test_what_another_body_says_under_a_fact_s_id_corrects_nothing() -> None:
    own = entry(MISSING, event=1, of_fact=1)
    other = entry(MISSING, event=2, of_fact=1, recorded_at=day(1), org=OrgHandle(an_id(77)))
    assert set(current([own, other])) == {own, other}
    assert superseded([own, other]) == {}
