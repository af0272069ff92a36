"""A whole local edition, started and asked through the command line as a person would."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cli.client import read_edition
from services.cli.signing_in import obtain
from services.runtime.local.edition import Edition
from services.runtime.local.files import ROOT
from tests.free_ports import free_base

LONGEST_SECONDS = 300


@dataclass(frozen=True)
class LocalEdition:
    """An edition in the folder `data`."""

    data: Path
    port_base: int

    @property
    def parts(self) -> Edition:
        """Its folders, ports, Kafka and PostgreSQL."""
        return Edition(self.data.resolve(), self.port_base)

    def run(self, command: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command of `lantern` on this edition, whatever comes of it."""
        spelt = [command, *(str(word) for word in words), "--data", str(self.data)]
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *spelt],
            cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS,
        )  # fmt: skip

    def done(self, command: str, *words: str | Path) -> str:
        """Run a command that must succeed, and give what it printed."""
        result = self.run(command, *words)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def up(self) -> None:
        self.done("up", "--port-base", str(self.port_base))

    def status(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.done("status", "--json"))
        return facts

    def person(self, name: str = "coordinator") -> dict[str, str]:
        """What a request bears that comes from an invented person; who is signed in at the terminal stays so."""
        token = obtain(read_edition(self.data), name).token
        return {"Authorization": f"Bearer {token}"}

    def pids(self) -> dict[str, int | None]:
        """The process of each service, of Kafka and of PostgreSQL; None for what does not run."""
        return {name: service["pid"] for name, service in self.status()["services"].items()}


@contextmanager
def local_edition(data: Path) -> Iterator[LocalEdition]:
    """An edition that is not started yet, and is stopped afterwards whatever happened."""
    made = LocalEdition(data, free_base())
    try:
        yield made
    finally:
        made.run("down")


@contextmanager
def editions(*folders: Path) -> Iterator[list[LocalEdition]]:
    """Editions that are up, each with ports of its own; they come and go beside each other, which is mostly waiting."""
    made: list[LocalEdition] = []
    for data in folders:
        made.append(LocalEdition(data, free_base(*(one.port_base for one in made))))
    with ThreadPoolExecutor(len(made)) as workers:
        try:
            list(workers.map(LocalEdition.up, made))
            yield made
        finally:
            list(workers.map(lambda one: one.run("down"), made))
