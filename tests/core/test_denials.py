"""Every reason for which a gate denies is written down in DECISIONS.md, with what it rests on."""

import re
from pathlib import Path

import pytest

from services.core.denials import RESTS_ON, VOIDS, Reason

TEXT = (Path(__file__).resolve().parents[2] / "DECISIONS.md").read_text("utf-8")


def rows(text: str) -> dict[str, tuple[str, str]]:
    """The gate and the source of each reason in the table of the two gates."""
    section = text[text.index("\n## The two gates\n") + 1 :].partition("\n## ")[0]
    return {
        code: (gate, source)
        for code, gate, source in re.findall(r"^\| `(\w+)` \| (\w+) \|.*\| ([^|]+) \|$", section, re.MULTILINE)
    }


def test_the_table_of_conditions_lists_every_reason_with_what_it_rests_on() -> None:
    listed = {code: source for code, (_, source) in rows(TEXT).items()}

    assert listed == {reason.value: source for reason, source in RESTS_ON.items()}
    assert RESTS_ON.keys() == set(Reason)


def test_every_condition_is_of_one_gate_or_of_both() -> None:
    assert {gate for gate, _ in rows(TEXT).values()} == {"both", "release", "access"}


def test_what_voids_a_decision_is_a_change_of_the_child() -> None:
    assert set(Reason) >= VOIDS
    assert {reason for reason in VOIDS if rows(TEXT)[reason.value][0] == "access"} == set()


@pytest.mark.parametrize("reason", [Reason.LAPSED, Reason.NO_OPEN_ALERT])
def test_the_guard_falls_when_a_row_is_taken_away(reason: Reason) -> None:
    spoilt = "\n".join(line for line in TEXT.splitlines() if not line.startswith(f"| `{reason.value}` |"))

    assert rows(spoilt) != rows(TEXT)
