"""The comparison of worlds finds every difference that is no id's own, and no other."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import an_id
from tests.leaks.alike import differences

_ID = re.compile("[0-9a-f]{32}")
WORLD = [
    f"missing {an_id(1)} by {an_id(9)}",
    f"seen {an_id(1)} by {an_id(8)}",
    f"missing {an_id(2)} by {an_id(9)}",
    f"claimed {an_id(3)}",
]


def renamed(texts: list[str], by: int) -> list[str]:
    """The same world under other ids."""
    return [_ID.sub(lambda found: an_id(int(found[0], 16) * 1000 + by), text) for text in texts]


@given(st.permutations(WORLD), st.integers(16, 999))
def test_other_ids_and_another_order_make_no_difference(order: list[str], by: int) -> None:
    assert differences(WORLD, renamed(order, by)) == []


SPOILT = {
    "another word": [text.replace("claimed", "found") for text in WORLD],
    "a text more": [*WORLD, f"claimed {an_id(4)}"],
    "a text less": WORLD[:-1],
    "two ids that were one": [WORLD[0].replace(an_id(9), an_id(7)), *WORLD[1:]],
    "one id that was two": [text.replace(an_id(3), an_id(1)) for text in WORLD],
    "one id that was two, said alike": [text.replace(an_id(8), an_id(9)) for text in WORLD],
    "an id too short": [text.replace(an_id(3), an_id(3)[:-1]) for text in WORLD],
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_difference_is_found(spoilt: str) -> None:
    assert differences(WORLD, renamed(SPOILT[spoilt], 100)) != []


def test_a_difference_is_told_without_ids() -> None:
    assert differences(["at the port"], ["at the office"]) == ["- 1 times: at the port", "+ 1 times: at the office"]
