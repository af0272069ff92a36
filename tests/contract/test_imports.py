"""What may import what: every contract of pyproject.toml is kept, and each one falls when it is broken."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

HOME = Path(__file__).resolve().parents[2]
NEWCOMER = "services.newcomer"


class Offence(NamedTuple):
    """An import that a contract forbids."""

    contract: str
    importer: str
    imported: str


OFFENCES = [
    Offence("inward", "services.core.codes", "services.wire.avro"),
    Offence("inward", "services.formats", "services.wire.avro"),
    Offence("inward", "services.wire.avro", "services.formats"),
    Offence("inward", "services.wire.avro", "services.runtime.settings"),
    Offence("inward", "services.runtime.settings", "services.vault.keys"),
    Offence("inward", "services.casefeed.views", "services.vault.keys"),
    Offence("inward", "services.cli", "services.vault.keys"),
    Offence("inward", "services.vault.keys", "services.cli"),
    Offence("no-io", "services.core.codes", "time"),
    Offence("no-io", "services.core.ids", "random"),
    Offence("no-io", "services.formats", "pathlib"),
    Offence("pure-handlers", "services.vault.handlers", "services.runtime.database"),
    Offence("pure-handlers", "services.casefeed.handlers", "time"),
    Offence("one-door", "services.runtime.kafka", "faust"),
    Offence("opening", "services.casefeed.views", "services.wire.opening"),
    Offence("opening", "services.runtime.publisher", "services.wire.opening"),
    Offence("opening", "services.wire.records", "services.wire.opening"),
    Offence("intake", "services.casefeed.views", "services.runtime.processor"),
    Offence("intake", "services.runtime.kafka", "services.runtime.intake"),
    Offence("guard", "services.runtime.kafka", "fastavro"),
    Offence("no-tables", "services.cli", "psycopg"),
    Offence("no-tables", "services.cli", "services.runtime.database"),
]


def contracts() -> dict[str, str]:
    """The name of each contract, by its id."""
    settings = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(home: Path) -> str:
    """The linter's own report."""
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]
    return subprocess.run(linter, cwd=home, capture_output=True, text=True, check=False).stdout


def against(report: str) -> Mapping[str, str]:
    """What a report says against each contract, by its id."""
    parts = {
        contract: report.partition(f"\n{name}\n{'-' * len(name)}\n")[2].partition("\n---")[0]
        for contract, name in contracts().items()
    }
    # What follows a contract's part begins with the next one's name, which no part contains.
    return {contract: part.rpartition("\n")[0] for contract, part in parts.items()}


def file_of(module: str, folder: Path) -> Path:
    """A module's file; a package's own, if it is one."""
    path = folder.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The linter's report on a copy of the package in which every offence is committed."""
    copy = tmp_path_factory.mktemp("spoilt")
    shutil.copytree(HOME / "services", copy / "services", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "pyproject.toml", copy)
    for offence in OFFENCES:
        with file_of(offence.importer, copy).open("a") as text:
            text.write(f"\nimport {offence.imported}\n")
    newcomer = copy.joinpath(*NEWCOMER.split("."))
    newcomer.mkdir()
    (newcomer / "__init__.py").touch()
    return lint(copy)


@pytest.fixture(scope="module")
def kept() -> str:
    """The linter's report on the package as it is."""
    return lint(HOME)


@pytest.mark.parametrize("contract", contracts())
def test_contract_is_kept(kept: str, contract: str) -> None:
    assert f"{contracts()[contract]} KEPT" in kept, kept


@pytest.mark.parametrize("contract", contracts())
def test_contract_falls_when_it_is_broken(spoilt: str, contract: str) -> None:
    assert f"{contracts()[contract]} BROKEN" in spoilt, spoilt


@pytest.mark.parametrize("offence", OFFENCES, ids=" ".join)
def test_offence_is_told_under_its_contract(spoilt: str, offence: Offence) -> None:
    told = [line.lstrip("- ") for line in against(spoilt)[offence.contract].splitlines() if line.startswith("-")]

    assert [line for line in told if line.startswith(f"{offence.importer} -> {offence.imported} (")], told


def test_package_that_no_layer_lists_is_told(spoilt: str) -> None:
    assert f"- {NEWCOMER}\n" in against(spoilt)["inward"]


def test_every_contract_is_broken_on_purpose_here() -> None:
    assert {offence.contract for offence in OFFENCES} == contracts().keys()
