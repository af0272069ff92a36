"""Every attack is on the list, denied by a test that is there, and succeeds somewhere with its guard taken out."""

import re

import pytest

from tests.conftest import HOME
from tests.leaks.attack_list import attacks
from tests.leaks.seeding import listed

ATTACKS = attacks()
LEAKS = {leak.name for leak in listed()}
MUST = {
    "a mother's record", "a corrected placement", "a gap in the timeline", "a reason code", "a deadline",
    "a page's order", "an audit entry", "a rebuilt projection", "a crash dump", "a redriven message", "a forged role",
    "a replayed approval", "a swapped reference", "a second hub with an old key", "a sibling who is placed together",
    "an Allow from before a move", "a receipt that confirms", "a guessed id or number", "one person under two names",
    "a terminal's scrollback", "a lookalike record planted to read the review page", "a case's whole id",
    "a record that joins an enquirer's child to another one", "a case that somebody gives themselves",
    "a processor that somebody has taken over",
}  # fmt: skip


def missing(*tests: str) -> list[str]:
    """Those of these tests that are not in the file that they name."""
    return [test for test in tests if not re.search(rf"^(?:async )?def {_name(test)}\(", _file(test), re.MULTILINE)]


def _name(test: str) -> str:
    return test.partition("::")[2]


def _file(test: str) -> str:
    path = HOME / test.partition("::")[0]
    return path.read_text("utf-8") if path.is_file() else ""


def test_every_attack_is_on_the_list() -> None:
    assert MUST - ATTACKS.keys() == set()


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_attack_is_denied_by_tests_that_are_there(name: str) -> None:
    assert ATTACKS[name].denied_by
    assert missing(*ATTACKS[name].denied_by) == []


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_attack_succeeds_somewhere_with_its_guard_taken_out(name: str) -> None:
    attack = ATTACKS[name]
    assert attack.inverted_by or attack.leaks
    assert missing(*attack.inverted_by) == []
    assert attack.leaks <= LEAKS


def test_a_test_that_is_not_there_is_noticed() -> None:
    here = "tests/leaks/test_attack_list.py::test_a_test_that_is_not_there_is_noticed"
    assert missing(here) == []
    assert missing(f"{here}_at_all") == [f"{here}_at_all"]
