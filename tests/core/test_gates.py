"""The two gates against an independently written oracle, and what no order, repetition or addition may change."""

import os
from collections.abc import Iterable
from itertools import combinations

import pytest

from services.core.gates import Allow, enquirer_release
from tests.core import gate_oracle
from tests.core.enquiries import NOW
from tests.core.gate_enumeration import Releases, World

PROVE = "LANTERN_PROVE" in os.environ

BAD = {
    "child": "a record less",
    "opener": "of another body",
    "purpose": "unknown",
    "authority": "nobody",
    "interview": "missing",
    "identity": "bad",
    "local authority check": "lapsed",
    "police check": "missing",
    "ukba check": "undated",
    "heard": "wishes not known",
    "relationship": "no area compared",
    "meeting": "begun",
    "assessment": "made too early",
    "approvals": "one",
    "since": "placement began later",
    "revocations": "after everything",
    "adverse": "identity refuted",
}
"""One bad state of each condition, for the worlds in which each condition is good or bad."""


def answer(releases: Releases, world: World) -> Allow | frozenset[str]:
    judged = enquirer_release(*releases.make(world), NOW)
    return judged if isinstance(judged, Allow) else frozenset(reason.value for reason in judged.reasons)


def agrees(answered: Allow | frozenset[str], world: World) -> bool:
    """Whether the gate allows exactly where no condition is bad, until the day that the oracle names."""
    expected = gate_oracle.reasons_for(world)
    if not expected:
        return answered == Allow(gate_oracle.allowed_until(world))
    return not isinstance(answered, Allow) and bool(answered) and gate_oracle.own_reasons_for(world) <= answered


def disagreements(releases: Releases, worlds: Iterable[World]) -> tuple[int, list[World]]:
    count, wrong = 0, []
    for world in worlds:
        count += 1
        if not agrees(answer(releases, world), world):
            wrong.append({key: state for key, state in world.items() if state != releases.good[key]})
    return count, wrong


@pytest.fixture(scope="module")
def releases() -> Releases:
    return Releases()


def test_the_oracle_speaks_of_states_that_there_are(releases: Releases) -> None:
    spoken = {key for key in gate_oracle.RELEASE_TABLE if key[1] in releases.states[key[0]]}
    told_of_a_kind = {"of another enquirer", "lapsed", "lapses today", "names no day of lapsing"}

    assert {state for _, state in gate_oracle.RELEASE_TABLE.keys() - spoken} <= told_of_a_kind


def test_each_state_of_each_condition_alone_gives_exactly_its_reasons(releases: Releases) -> None:
    for world in releases.singles():
        answered = answer(releases, world)
        reasons = frozenset() if isinstance(answered, Allow) else answered
        assert reasons == gate_oracle.reasons_for(world), world


def test_every_two_states_of_every_two_conditions_agree_with_the_oracle(releases: Releases) -> None:
    """No state of one condition makes up for, or hides, a state of another."""
    count, wrong = disagreements(releases, releases.pairs())
    print(f"{count} worlds of two states, {len(wrong)} disagreements")

    assert wrong == []
