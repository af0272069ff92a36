"""What README claims to list is what there is: folders, services, topics, commands."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from services.cli.__main__ import commands
from services.core.codes import OrganisationKind, Sector
from services.core.sharing import Decision, EdgeKeys
from services.core.statements import Opened
from services.formats.catalogue import cut_files
from services.police.handlers import decide

HOME = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
README = (HOME / "README.md").read_text("utf-8")


def table(readme: str, heading: str) -> list[str]:
    """The first column of the table under a heading, without its head; each cell is code.

    Raises:
        ValueError: there is no such heading.
    """
    section = readme[readme.index(f"\n## {heading}\n") + 1 :].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def packages() -> set[str]:
    """Every package right under services."""
    return {path.parent.name for path in (HOME / "services").glob("*/__init__.py")}


def services() -> set[str]:
    """Every package that is a process; the command line is a program, but no service."""
    return {path.parent.name for path in (HOME / "services").glob("*/__main__.py")} - {"cli"}


def topics() -> set[str]:
    """Every topic that has a file."""
    return {path.stem for path in (HOME / "topics").glob("*.yaml")}


def targets() -> set[str]:
    """Every target that `make help` lists."""
    return set(re.findall(r"^([a-z]+):.*## ", (HOME / "Makefile").read_text("utf-8"), re.MULTILINE))


def lantern_commands() -> list[str]:
    """Every command that `lantern --help` lists."""
    listed = get_command(commands())
    assert isinstance(listed, TyperGroup)
    return [f"lantern {name}" for name in listed.commands]


def folders() -> set[str]:
    """Every folder at the top, other than what is made by tools."""
    made = {".git", ".venv", "__pycache__"}
    found = {path.name for path in HOME.iterdir() if path.is_dir() and path.name not in made}
    return {name for name in found if not re.search(r"_cache$|^\.(hypothesis|lantern)|egg-info$", name)}


def test_readme_lists_every_service() -> None:
    assert sorted(table(README, "Services")) == sorted(services())


def test_readme_lists_every_topic() -> None:
    assert sorted(table(README, "Topics")) == sorted(topics())


def test_readme_lists_every_short_command() -> None:
    assert sorted(table(README, "Commands")) == sorted([f"make {name}" for name in targets()] + lantern_commands())


def test_every_command_that_readme_shows_is_one() -> None:
    shown = set(re.findall(r"^ +(lantern [a-z]+)", README, re.MULTILINE))

    assert shown
    assert shown <= set(lantern_commands())


def test_the_first_file_that_readme_shows_is_shared() -> None:
    [first] = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    [part] = cut_files(Sector.POLICE, [first.encode()])
    [record] = part.cut.records
    opened = Opened(part.cut.format, "EXAMPLE-FORCE", OrganisationKind.POLICE_FORCE, NOW, record)

    outcome = decide(opened, EdgeKeys(bytes(32), bytes(32)), NOW)

    assert outcome.decision is Decision.SHARED
    assert [type(event.fact).__name__ for event in outcome.events] == ["ChildMissing"]
    assert "Example Street" not in repr(outcome.events)


def test_readme_lists_every_folder() -> None:
    listed = table(README, "Where things are")

    assert sorted(listed) == sorted((folders() - {"services"}) | {f"services/{name}" for name in packages()})


def test_every_folder_of_tests_mirrors_a_package_or_is_one_that_contributing_names() -> None:
    mirrored = {path.name for path in (HOME / "tests").iterdir() if path.is_dir()} - {"__pycache__"}

    assert mirrored - packages() <= {"bench", "contract", "e2e", "faults", "leaks", "schemas", "topics"}


def test_every_document_that_readme_points_to_is_there() -> None:
    pointed = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert pointed
    assert [name for name in pointed if not (HOME / name).exists()] == []


LISTED = [
    ("Services", "`vault`"),
    ("Topics", "`referrals.v1`"),
    ("Commands", "`make up`"),
    ("Where things are", "`infra`"),
]


@pytest.mark.parametrize(("heading", "row"), LISTED)
def test_guard_falls_when_a_row_is_taken_away(heading: str, row: str) -> None:
    spoilt = "\n".join(line for line in README.splitlines() if not line.startswith(f"| {row} "))

    assert table(spoilt, heading) != table(README, heading)


def test_guard_falls_when_a_heading_is_taken_away() -> None:
    with pytest.raises(ValueError, match="substring"):
        table(README.replace("## Topics", "## Subjects"), "Topics")


def test_a_build_machine_runs_what_people_run() -> None:
    script = HOME / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert "\nmake test\n" in script.read_text("utf-8")
