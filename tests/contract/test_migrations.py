"""Each service's migrations are one line, from the first to the last: two that follow the same one would stop it."""

import re
from pathlib import Path

import pytest

MIGRATIONS = Path(__file__).resolve().parents[2] / "infra" / "migrations"
SERVICES = sorted(folder.name for folder in MIGRATIONS.iterdir() if folder.is_dir() and [*folder.glob("0*.py")])


def steps(folder: Path) -> list[tuple[str | None, str]]:
    """Of each migration, in the order of their names, which it follows and which it is."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("0*.py"))]
    return [(_said(text, "down_revision"), _said(text, "revision") or "") for text in texts]


def _said(text: str, name: str) -> str | None:
    [value] = re.findall(rf"^{name} = (.+)$", text, re.MULTILINE)
    return None if value == "None" else value.strip("\"'")


def is_one_line(found: list[tuple[str | None, str]]) -> bool:
    return [before for before, _ in found] == [None, *(name for _, name in found[:-1])]


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_of_a_service_are_one_line(service: str) -> None:
    assert is_one_line(steps(MIGRATIONS / service))


def test_two_that_follow_the_same_one_are_found() -> None:
    assert is_one_line([(None, "1"), ("1", "2")])
    assert not is_one_line([(None, "1"), ("1", "2"), ("1", "2")])
    assert not is_one_line([(None, "1"), ("1", "2"), ("1", "3")])
