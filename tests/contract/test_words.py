"""What stands nowhere in the project: the address of a package registry, and the paths of somebody's machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
MADE_HERE = re.compile(r"\.(venv|git|lantern.*|.*_cache|hypothesis|eggs)|__pycache__|.*\.egg-info|node_modules")

# In pieces, so that they do not stand here either.
REGISTRIES = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("maven", "org"),
    ("maven", "apache", "org"),
    ("sonatype", "org"),
    ("docker", "io"),
    ("proxy", "golang", "org"),
    ("anaconda", "org"),
]
REGISTRY = re.compile("|".join(re.escape(".".join(parts)) for parts in REGISTRIES), re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.})*])/(?:home|Users|root|work|private|mnt)/\w")


def files(folder: Path = HOME) -> Iterator[Path]:
    """Every file of the project, as it would be committed."""
    for path in sorted(folder.iterdir()):
        if MADE_HERE.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    """Each line of a text in which the pattern stands, with its number."""
    return [f"{number}: {line}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["registry", "machine"])
def test_no_file_names_a_registry_or_a_machine(pattern: re.Pattern[str]) -> None:
    named = {str(path.relative_to(HOME)): found(pattern, path.read_text("utf-8", "replace")) for path in files()}

    assert {path: lines for path, lines in named.items() if lines} == {}


@pytest.mark.parametrize("parts", REGISTRIES)
def test_guard_finds_a_registry(parts: tuple[str, ...]) -> None:
    assert found(REGISTRY, "--index-url https://x." + ".".join(parts) + "/simple") != []


@pytest.mark.parametrize("folder", ["home", "Users", "root", "work"])
def test_guard_finds_a_path_of_a_machine(folder: str) -> None:
    assert found(MACHINE, f"open('/{folder}/somebody')") != []


def test_guard_looks_at_the_lock_file_and_at_what_runs_the_tests() -> None:
    assert {HOME / "requirements.lock", HOME / ".ci" / "run", HOME / "Makefile", Path(__file__)} <= set(files())
