"""Which failed tests are looked at again: few, on real parts, and never a leak."""

import pytest

from tests.second_look import TESTS_FAILED, again, main

REAL = "tests/e2e/test_audit.py::test_a_kill"


def test_a_test_on_real_parts_is_looked_at_again() -> None:
    assert again([REAL, f"{REAL}_again"]) == [REAL, f"{REAL}_again"]


@pytest.mark.parametrize("other", ["tests/leaks/test_sinks.py::test_a", "tests/core/test_gates.py::test_b"])
def test_a_leak_or_a_rule_gets_no_second_look_and_takes_it_from_all(other: str) -> None:
    assert again([REAL, other]) == []


def test_what_fails_in_many_files_is_broken() -> None:
    assert again([f"tests/e2e/test_{number}.py::test_it" for number in range(3)]) == []


@pytest.mark.parametrize("ended", [0, 2, 3, 137])
def test_a_run_that_did_not_come_to_its_end_is_taken_as_it_ended(ended: int) -> None:
    assert ended != TESTS_FAILED
    assert main(ended) == ended
