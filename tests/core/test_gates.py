"""The two gates against an independently written oracle.

The states of all conditions together are more than could ever be run. A gate is a conjunction: what has to be shown is
that each state gives its own answer, and that no state makes up for another. So every state is tried with everything
else good; every two states of every two conditions; and, each condition being good or bad, every set of up to three bad
ones and of up to two good ones, with LANTERN_PROVE=1 every set there is. Who is the same person as whom is enumerated
whole, and so is who may see a child's location in order to look for or after the child.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.gates import Allow, Deny, enquirer_release, protective_access
from tests.conftest import full_size
from tests.core import gate_oracle
from tests.core.access_states import Accesses
from tests.core.enquiries import NOW
from tests.core.gate_enumeration import Releases, World, partitions

PROVE = full_size()
LIKE_ANOTHER = {"police check", "ukba check"}
"""One function judges the three agencies' checks: in pairs the local authority's stands for all, except in a proof."""

Answer = Allow | frozenset[str]
Judge = Callable[[World], bool]

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

releases, accesses = Releases(), Accesses()


def told(judged: Allow | Deny) -> Answer:
    return judged if isinstance(judged, Allow) else frozenset(reason.value for reason in judged.reasons)


def release(world: World) -> Answer:
    return told(enquirer_release(*releases.make(world), NOW))


def access(world: World) -> Answer:
    return told(protective_access(*accesses.make(world), NOW))


def agrees_on_release(world: World) -> bool:
    """Whether the gate allows exactly where no condition is bad, until the day that the oracle names."""
    answered, expected = release(world), gate_oracle.reasons_for(world)
    if not expected:
        return answered == Allow(gate_oracle.allowed_until(world))
    return not isinstance(answered, Allow) and bool(answered) and gate_oracle.own_reasons_for(world) <= answered


def agrees_on_access(world: World) -> bool:
    """Whether the gate gives exactly the oracle's reasons, or allows as long as it says."""
    answered, expected = access(world), gate_oracle.access(world)
    return answered == (expected or Allow(*gate_oracle.access_until(world, NOW)))


def disagreements(worlds: Iterable[World], agrees: Judge) -> list[World]:
    """Every world in which gate and oracle differ; prints how many there were."""
    count, wrong = 0, []
    for count, world in enumerate(worlds, 1):  # noqa: B007 - the count is what is printed
        if not agrees(world):
            wrong.append(world)
    print(f"{count} states, {len(wrong)} disagreements")  # noqa: T201 - pytest shows it with -rP
    return wrong


def subsets(most_bad: int, most_good: int) -> Iterator[World]:
    """Worlds in which each condition is good or bad, few of them one or the other."""
    sizes = [*range(most_bad + 1), *range(len(BAD) - most_good, len(BAD) + 1)]
    for size in sizes:
        for failing in combinations(BAD, size):
            yield {**releases.good, **{condition: BAD[condition] for condition in failing}}


def test_each_state_of_each_condition_alone_gives_exactly_its_reasons() -> None:
    for world in releases.singles():
        answered = release(world)
        assert (frozenset() if isinstance(answered, Allow) else answered) == gate_oracle.reasons_for(world), world


def test_every_way_in_which_people_can_be_the_same_agrees_with_the_oracle() -> None:
    def agrees(people: World) -> bool:
        answered = told(enquirer_release(*releases.with_people(people), NOW))
        return isinstance(answered, Allow) is gate_oracle.all_different(people)

    assert disagreements(partitions(), agrees) == []


def test_everybody_with_every_alert_allocation_purpose_and_authority_agrees_with_the_oracle() -> None:
    worlds = accesses.product("purpose", "who", "alert", "allocated", "authority")

    assert disagreements(worlds, agrees_on_access) == []


def test_every_change_lease_and_answer_of_a_second_person_agrees_with_the_oracle() -> None:
    assert disagreements(accesses.product("child", "since", "lease", "second"), agrees_on_access) == []


def test_every_two_states_of_every_two_conditions_of_an_access_agree_with_the_oracle() -> None:
    worlds = (world for pair in combinations(accesses.states, 2) for world in accesses.product(*pair))

    assert disagreements(worlds, agrees_on_access) == []


def test_the_oracle_speaks_of_states_that_there_are() -> None:
    of_a_kind = {"of another enquirer", "lapsed", "lapses today", "names no day of lapsing"}  # not every rung has these

    unknown = {key for key in gate_oracle.RELEASE_TABLE if key[1] not in releases.states[key[0]]}
    assert {state for _, state in unknown} <= of_a_kind
    assert [key for key in gate_oracle.ACCESS_TABLE if key[1] not in accesses.states[key[0]]] == []


@pytest.mark.parametrize("condition", BAD)
def test_the_enumeration_finds_a_condition_that_the_oracle_does_not_have(
    condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = {key: reasons for key, reasons in gate_oracle.RELEASE_TABLE.items() if key[0] != condition}
    monkeypatch.setattr(gate_oracle, "RELEASE_TABLE", forgetful)

    assert disagreements(releases.singles(), agrees_on_release) != []


@given(st.data(), st.randoms())
def test_no_order_of_arrival_and_no_repetition_changes_who_gets_protective_access(
    data: st.DataObject, random: Random
) -> None:
    world = {condition: data.draw(st.sampled_from(states)) for condition, states in accesses.states.items()}
    asked, known = accesses.make(world)
    said = [*known.said, *known.said]
    random.shuffle(said)

    assert protective_access(asked, replace(known, said=tuple(said)), NOW) == protective_access(asked, known, NOW)


@given(st.data(), st.integers(0, 999))
def test_a_protective_access_is_allowed_until_it_is_said_to_end(data: st.DataObject, thousandths: int) -> None:
    told = {
        condition: data.draw(st.sampled_from(accesses.states[condition]))
        for condition in ("alert", "allocated", "second")
    }
    asked, known = accesses.make({**accesses.good, **told})
    answer = protective_access(asked, known, NOW)

    if isinstance(answer, Allow):
        later = NOW + (answer.until - NOW) * thousandths / 1000
        assert isinstance(protective_access(asked, known, later), Allow)


def test_every_two_states_of_every_two_conditions_agree_with_the_oracle() -> None:
    assert disagreements(releases.pairs(without=set() if PROVE else LIKE_ANOTHER), agrees_on_release) == []


def test_every_set_of_bad_conditions_agrees_with_the_oracle() -> None:
    assert BAD.keys() == releases.states.keys()

    worlds = subsets(len(BAD), -1) if PROVE else subsets(3, 2)
    assert disagreements(worlds, agrees_on_release) == []
