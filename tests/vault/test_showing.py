"""A release shows where the child lives and nothing else; those who search see all that locates the child."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import MissingKind, Purpose
from services.core.facts import ChildMissing, PlacementEnded, PlacementStarted
from services.core.gates import Child
from services.core.ids import FactId, SubjectId
from services.core.known import Known
from services.core.statements import LocationKey
from services.vault.decisions import Asked, Kind
from services.vault.showing import RELEASED, Content, Place, places
from tests.builders import START, an_id
from tests.core.enquiries import said

OLD, NEW, MISSING = (
    said(PlacementStarted(), 1, 1),
    said(PlacementStarted(), 2, 5),
    said(ChildMissing(MissingKind.MISSING), 3, 8),
)
ENDED = said(PlacementEnded(), 4, 5)
OPENED_ALREADY = Asked(
    an_id(7), Kind.PROTECTIVE_ACCESS, Purpose.SEARCH_FOR_CHILD, an_id(8), START, SubjectId(an_id(1)),
    Child(frozenset(), frozenset(), frozenset()),
)  # fmt: skip
RELEASE = replace(OPENED_ALREADY, kind=Kind.ENQUIRER_RELEASE)


def content(known: Known, **words: str) -> Content:
    return Content(known.event.head.fact_id, words)


CONTENTS = (
    content(OLD, placement_address="1 Old Street"),
    content(NEW, placement_address="2 New Street", placement_postcode="ZZ2 2ZZ", carer="Carer", placement_type="U1"),
    content(MISSING, last_seen="3 Last Street"),
)


def words(shown: Iterable[Place]) -> list[str]:
    return [words for place in shown for _, words in place.rows]


def test_a_release_shows_the_address_of_the_present_placement_and_nothing_else_of_it() -> None:
    assert words(places(RELEASE, CONTENTS, [OLD, NEW, ENDED, MISSING])) == ["2 New Street", "ZZ2 2ZZ"]


@pytest.mark.parametrize("ended", [said(PlacementEnded(), 9, 6), said(PlacementEnded(), 9, None)])
def test_where_the_last_placement_may_have_ended_a_release_shows_nothing(ended: Known) -> None:
    assert places(RELEASE, CONTENTS, [OLD, NEW, ended]) == ()


def test_of_a_record_that_is_no_placement_a_release_shows_nothing() -> None:
    assert places(RELEASE, CONTENTS, [MISSING]) == ()


def test_those_who_search_see_everything_the_latest_first() -> None:
    shown = places(OPENED_ALREADY, CONTENTS, [OLD, NEW, MISSING])
    assert [place.rows[0][1] for place in shown] == ["3 Last Street", "2 New Street", "1 Old Street"]
    assert "Carer" in words(shown)


def test_a_record_whose_fact_the_vault_does_not_know_is_shown_last_without_a_name() -> None:
    unknown = Content(FactId(an_id(99)), {"address": "4 Other Street"})
    shown = places(OPENED_ALREADY, (unknown, *CONTENTS), [OLD, NEW, MISSING])
    assert shown[-1] == Place("Another record of the child", None, (("Address", "4 Other Street"),))


@given(key=st.sampled_from([key for key in LocationKey if key not in RELEASED]))
def test_no_other_key_of_a_placement_is_ever_released(key: LocationKey) -> None:
    assert places(RELEASE, [content(NEW, **{key.value: "Canary"})], [NEW]) == ()


def test_the_words_of_a_location_are_in_no_text_of_what_holds_them() -> None:
    assert "Street" not in repr(CONTENTS) + repr(places(OPENED_ALREADY, CONTENTS, [OLD, NEW, MISSING]))
