"""What may import what: every contract of pyproject.toml is kept, and each one falls when it is broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

HOME = Path(__file__).resolve().parents[2]


class Offence(NamedTuple):
    """A line that breaks a contract, and the module it is added to."""

    contract: str
    module: str
    line: str


OFFENCES = [
    Offence("inward", "core/codes.py", "import services.wire.avro"),
    Offence("inward", "formats/__init__.py", "import services.wire.avro"),
    Offence("inward", "wire/avro.py", "import services.formats"),
    Offence("inward", "wire/avro.py", "import services.runtime.settings"),
    Offence("inward", "runtime/settings.py", "import services.vault.keys"),
    Offence("inward", "casefeed/views.py", "import services.vault.keys"),
    Offence("inward", "cli/__init__.py", "import services.vault.keys"),
    Offence("inward", "vault/keys.py", "import services.cli"),
    Offence("inward", "newcomer/__init__.py", ""),
    Offence("no-io", "core/codes.py", "import time"),
    Offence("no-io", "core/ids.py", "from random import random"),
    Offence("no-io", "formats/__init__.py", "from pathlib import Path"),
    Offence("pure-handlers", "vault/handlers.py", "import services.runtime.database"),
    Offence("pure-handlers", "casefeed/handlers.py", "import time"),
    Offence("one-door", "runtime/kafka.py", "import faust"),
    Offence("opening", "casefeed/views.py", "import services.wire.opening"),
    Offence("opening", "runtime/publisher.py", "import services.wire.opening"),
    Offence("opening", "wire/records.py", "from services.wire.opening import Opener"),
    Offence("intake", "casefeed/views.py", "from services.runtime.processor import process_intake"),
    Offence("intake", "runtime/kafka.py", "import services.runtime.intake"),
    Offence("guard", "runtime/kafka.py", "from fastavro import schemaless_reader"),
    Offence("no-tables", "cli/__init__.py", "import psycopg"),
    Offence("no-tables", "cli/__init__.py", "from services.runtime import database"),
]


def contracts() -> dict[str, str]:
    """The name of each contract, by its id."""
    settings = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(home: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """The verdict on one contract, by the linter itself."""
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--contract", contract]
    return subprocess.run(linter, cwd=home, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package in a folder of its own, to be spoilt; with the linter's notes on it, so that it reads it fast."""
    notes = HOME / ".import_linter_cache"
    if notes.exists():
        shutil.copytree(notes, tmp_path / notes.name)
    shutil.copytree(HOME / "services", tmp_path / "services", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("contract", contracts())
def test_contract_is_kept(contract: str) -> None:
    verdict = lint(HOME, contract)

    assert f"{contracts()[contract]} KEPT" in verdict.stdout, verdict.stdout


@pytest.mark.parametrize(
    "offence", OFFENCES, ids=lambda offence: f"{offence.contract}: {offence.module} {offence.line}"
)
def test_contract_falls_when_it_is_broken(copy: Path, offence: Offence) -> None:
    module = copy / "services" / offence.module
    module.parent.mkdir(exist_ok=True)
    with module.open("a") as text:
        text.write(f"\n{offence.line}\n")

    verdict = lint(copy, offence.contract)

    assert f"{contracts()[offence.contract]} BROKEN" in verdict.stdout, verdict.stdout
    assert verdict.returncode == 1


def test_every_contract_is_broken_on_purpose_here() -> None:
    assert {offence.contract for offence in OFFENCES} == contracts().keys()
