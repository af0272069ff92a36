"""The list of attacks in the README: what denies each, and where it succeeds with its guard taken out."""

import re
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("README.md")


@dataclass(frozen=True)
class Attack:
    """One row: tests that deny it; tests, and built-in leaks by their names, in which it succeeds."""

    denied_by: tuple[str, ...]
    inverted_by: tuple[str, ...]
    leaks: frozenset[str]


def attacks() -> dict[str, Attack]:
    """Every attack of the list by its name."""
    section = LIST.read_text("utf-8").partition("\n## Attacks\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|`]+) \| (`[^|]+`) \| ([^|]+) \|$", section, re.MULTILINE)
    return {name: Attack(_tests(denied), _tests(succeeds), _leaks(succeeds)) for name, denied, succeeds in rows}


def _tests(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`(tests/[^`]+)`", cell))


def _leaks(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in re.split("[;,]", re.sub("`[^`]+`", "", cell))) - {""}
