"""How much CPU a gate takes to decide; run by name, with -rP to see the figures."""

from time import process_time
from timeit import timeit
from typing import Any

import pytest

from services.core.facts import ChildLookedAfter, KinshipClaimed
from services.core.gates import Allow, enquirer_release, protective_access
from tests.core.access_states import Accesses
from tests.core.enquiries import ENQUIRER, NOW, knowledge, release, said, the_whole_ladder

ROUNDS = 200


@pytest.mark.parametrize("entries", [0, 100, 1_000])
@pytest.mark.parametrize("fact", [KinshipClaimed(ENQUIRER), ChildLookedAfter()], ids=["not weighed", "weighed"])
def test_a_release_is_decided(entries: int, fact: Any) -> None:
    more = tuple(said(fact, 2_000 + number, 2) for number in range(entries))
    asked, known = release(), knowledge((*the_whole_ladder(), *more))

    assert isinstance(enquirer_release(asked, known, NOW), Allow)
    seconds = timeit(lambda: enquirer_release(asked, known, NOW), number=ROUNDS, timer=process_time) / ROUNDS
    print(f"a release beside {entries} more {type(fact).__name__}: {seconds * 1e6:.0f} us")  # noqa: T201 - a figure for a person


def test_an_access_is_decided() -> None:
    accesses = Accesses()
    asked, known = accesses.make(accesses.good)

    assert isinstance(protective_access(asked, known, NOW), Allow)
    seconds = timeit(lambda: protective_access(asked, known, NOW), number=ROUNDS, timer=process_time) / ROUNDS
    print(f"a protective access: {seconds * 1e6:.0f} us")  # noqa: T201 - a figure for a person
