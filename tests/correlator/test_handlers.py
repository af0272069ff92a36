"""What batches of events come to, whatever the order in which they arrive."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import ClaimStatus, IdentifierScheme
from tests.correlator.histories import a_history, arrivals, said
from tests.correlator.memory import Memory, truth


def after(history_seed: int, arrival_seed: int, events: int) -> tuple[Memory, dict[str, str]]:
    history = a_history(Random(history_seed), events)
    memory = Memory()
    for batch in arrivals(Random(arrival_seed), history):
        memory.take([said(event) for event in batch])
    return memory, dict(truth(said(event) for event in history))


def test_five_hundred_orders_of_arrival_come_to_one_truth() -> None:
    for seed in range(500):
        memory, expected = after(0, seed, events=60)
        assert memory.digests() == expected


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 40))
def test_any_history_in_any_order_comes_to_what_it_says_as_a_whole(history: int, arrival: int, events: int) -> None:
    memory, expected = after(history, arrival, events)
    assert memory.digests() == expected
