"""Ids are keyed: nobody without the key guesses one, and no two things of which one is made come to the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core import ids

KEY = bytes(range(32))
PARTS = st.lists(st.text(max_size=6), min_size=3, max_size=3)


@given(PARTS, PARTS)
def test_two_children_are_never_one_however_their_names_are_cut(one: list[str], other: list[str]) -> None:
    assert (ids.subject_id(KEY, *one) == ids.subject_id(KEY, *other)) is (one == other)


@given(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6), st.text(max_size=6))
def test_a_letter_cannot_wander_from_one_part_to_the_next(one: str, other: str, last: str) -> None:
    assert ids.subject_id(KEY, one + other[0], other[1:], last) != ids.subject_id(KEY, one, other, last)


@given(st.binary(max_size=40), PARTS)
def test_another_key_names_every_child_otherwise(key: bytes, parts: list[str]) -> None:
    assert (ids.subject_id(key, *parts) == ids.subject_id(KEY, *parts)) is (key == KEY)


def test_what_is_of_another_kind_is_named_otherwise() -> None:
    named = [ids.org_handle(KEY, "a"), ids.subject_id(KEY, "a", "a", "a"), ids.enquirer_handle(KEY, "a", "a", "a")]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("text", ["", "A" * 32, "0" * 31, "0" * 33, "0" * 31 + "\n", "g" * 32])
def test_what_has_another_shape_is_no_id_and_is_not_repeated(text: str) -> None:
    with pytest.raises(ids.MalformedId) as refused:
        ids.well_formed(text)
    assert str(refused.value) == ""
