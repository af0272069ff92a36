"""What is shown of a case, and what cannot be shown."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from services.casefeed.pages.cases import moments
from services.casefeed.pages.words import UK
from services.casefeed.views import CaseView, FeedEntry, TimelineEntry, case_view
from services.core.codes import MissingKind
from services.core.facts import ChildMissing, PlacementStarted
from services.core.ids import CaseId
from tests.builders import an_id, day, entry
from tests.casefeed.updates import claims_of, known_at

CASE = CaseId(an_id(1))
FIRST = entry(ChildMissing(MissingKind.MISSING), event=1, of_fact=9, occurred_at=day(3), recorded_at=day(3))
CORRECTED = entry(ChildMissing(MissingKind.MISSING), event=2, of_fact=9, occurred_at=day(2), recorded_at=day(4))
PLACED = entry(PlacementStarted(), event=3, occurred_at=day(1), recorded_at=day(5))


def shown() -> CaseView:
    said = [(one, claims_of(one)) for one in (FIRST, PLACED, CORRECTED)]
    return case_view(CASE, [FIRST.subject_id], said, None)


def test_entries_stand_in_the_order_in_which_they_happened() -> None:
    assert [one.event_id for one in shown().entries] == [PLACED.event_id, CORRECTED.event_id, FIRST.event_id]


def test_a_corrected_entry_names_what_corrects_it() -> None:
    assert [one.superseded_by for one in shown().entries] == [None, None, CORRECTED.event_id]


def test_a_corrected_entry_does_not_count() -> None:
    assert (shown().state.entries, shown().state.missing_episodes) == (2, 1)


def test_where_the_child_is_is_held_sealed() -> None:
    assert shown().model_dump()["location"] == "held sealed"


@pytest.mark.parametrize("place", ["1 Test Street", "", None])
def test_no_other_word_can_stand_where_a_location_would(place: str | None) -> None:
    with pytest.raises(ValidationError):
        CaseView.model_validate({**shown().model_dump(), "location": place})


@pytest.mark.parametrize("view", [CaseView, TimelineEntry, FeedEntry])
def test_nothing_that_says_who_or_where_the_organisation_is_has_a_place_in_a_view(
    view: type[CaseView | TimelineEntry | FeedEntry],
) -> None:
    assert {"org", "organisation", "narrative", "address"}.isdisjoint(view.model_fields)


def case_known_at(*moments_known: datetime) -> CaseView:
    """A case of which the hub learnt something at each of these moments."""
    said = [
        known_at(entry(PlacementStarted(), event=number, occurred_at=day(1)), at)
        for number, at in enumerate(moments_known, 1)
    ]
    return case_view(CASE, [FIRST.subject_id], [(one, claims_of(one)) for one in said], None)


def test_of_a_minute_the_last_moment_is_there_to_go_back_to() -> None:
    first, last, later = day(1), day(1) + timedelta(seconds=59), day(1) + timedelta(seconds=60)
    assert moments(case_known_at(later, first, last)) == [last, later]


def test_of_too_many_moments_the_last_of_each_day_is_there_to_go_back_to() -> None:
    known = [day(1) + timedelta(hours=hour) for hour in range(24 * 8)]
    back = moments(case_known_at(*known))
    assert len(back) <= 9
    assert len({at.astimezone(UK).date() for at in back}) == len(back)
    assert back[-1] == known[-1]
