"""The numbers that `lantern bench` prints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.bench.figures import percentile

SHARES = st.floats(min_value=0, max_value=1)


@given(st.lists(st.integers(), min_size=1), SHARES)
def test_a_percentile_is_one_of_the_values_and_not_less_than_its_share_of_them(values: list[int], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_of_a_hundred_values_p99_is_the_last_but_one() -> None:
    assert percentile(range(1, 101), 0.99) == 99


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        percentile([], 0.5)
