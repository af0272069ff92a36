"""The leak tests find leaks: each of a list of plausible ones, built into a copy of the tree, is caught."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.conftest import HOME
from tests.leaks.attack_list import LIST, attacks
from tests.leaks.seeding import Leak, Tree, listed, out_of_place

LEAKS = listed()
QUICK = [leak for leak in LEAKS if leak.quick]
MAY_BE_MISSED = 1


def name(leak: Leak) -> str:
    return leak.name


@pytest.fixture(scope="session")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree(tmp_path_factory.mktemp("leaking"))


def caught_by(tree: Tree, leak: Leak, *tests: str) -> list[str]:
    """Which of these tests, or of all where it is looked for, catch it."""
    with tree.leaking(leak):
        return tree.failing(tests or leak.look)


def test_there_are_forty_leaks_and_ten_are_quick_to_find() -> None:
    assert len(LEAKS) >= 40
    assert len(QUICK) == 10
    assert len({leak.name for leak in LEAKS}) == len(LEAKS)


def test_every_leak_can_be_built_in() -> None:
    assert out_of_place(LEAKS) == []


def test_a_leak_whose_place_has_changed_is_told() -> None:
    changed = replace(LEAKS[0], edits=(replace(LEAKS[0].edits[0], find="what nobody wrote"),))
    assert out_of_place([changed]) == [changed.name]


@pytest.mark.parametrize("leak", QUICK, ids=name)
def test_a_leak_that_is_built_in_is_caught_by_the_test_that_the_list_names(leaking: Tree, leak: Leak) -> None:
    named = dict(rows())[leak.name]
    assert caught_by(leaking, leak, named) == [named]


@pytest.fixture(scope="module")
def caught(leaking: Tree) -> dict[str, list[str]]:
    """Which tests catch which leak."""
    found = {leak.name: caught_by(leaking, leak) for leak in LEAKS}
    lines = (f"| {leak} | `{tests[0] if tests else 'NOTHING'}` |\n" for leak, tests in found.items())
    sys.stdout.writelines(lines)  # what the list is to say: pytest shows it where a test below fails
    return found


@pytest.mark.prove
def test_the_tree_without_a_leak_fails_nowhere(leaking: Tree) -> None:
    files = sorted({file for leak in LEAKS for file in leak.look})
    assert leaking.failing(files) == []


@pytest.mark.prove
def test_at_most_one_of_all_leaks_is_missed(caught: dict[str, list[str]]) -> None:
    assert len([leak for leak, tests in caught.items() if not tests]) <= MAY_BE_MISSED


@pytest.mark.prove
def test_the_list_says_of_each_leak_a_test_that_catches_it(caught: dict[str, list[str]]) -> None:
    said = dict(rows())
    assert said.keys() == caught.keys()
    assert {leak for leak, tests in caught.items() if said[leak] not in tests and tests} == set()


@pytest.mark.prove
def test_every_attack_succeeds_on_some_hub_whose_guard_is_taken_out(caught: dict[str, list[str]]) -> None:
    attacks = re.findall(r"^def (test_\w+)", (HOME / "tests/leaks/test_attacks.py").read_text("utf-8"), re.MULTILINE)
    succeeded = {test.partition("::")[2] for tests in caught.values() for test in tests if "test_attacks" in test}
    assert set(attacks) - succeeded == INVERSIONS


@pytest.mark.prove
def test_a_leak_through_which_an_attack_succeeds_is_caught_by_what_denies_it(caught: dict[str, list[str]]) -> None:
    through = [(attack, leak) for attack in attacks().values() for leak in attack.leaks]
    assert {leak for attack, leak in through if set(attack.denied_by).isdisjoint(caught[leak])} == set()


# It is an inversion itself.
INVERSIONS = {"test_a_second_hub_with_the_first_ones_keys_would_read_it"}


def rows() -> Iterator[tuple[str, str]]:
    """The list's rows: a leak, and a test that catches it."""
    section = LIST.read_text("utf-8").partition("\n## What catches what\n")[2]
    yield from re.findall(r"^\| (.+) \| `(tests/\S+)` \|$", section, re.MULTILINE)


def test_every_leak_is_on_the_list() -> None:
    assert [leak for leak, _ in rows()] == [leak.name for leak in LEAKS]
