"""The edition that is measured: its programs, and a fresh one in a temporary folder when none is named."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.cli import client
from services.cli.login import ensure_somebody
from services.runtime.local import starting
from services.runtime.local.edition import Edition
from services.runtime.local.ports import DEFAULT_BASE, free_base
from services.runtime.local.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class Target:
    """A running edition, as its clients see it and as its keeper does."""

    clients: client.Edition
    parts: Edition

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.parts.run)

    def pids(self) -> dict[str, int]:
        """The process of each program that runs."""
        return {state.name: state.pid for state in self.supervisor.states() if state.pid}


@contextlib.contextmanager
def target(data: Path | None) -> Iterator[Target]:
    """Give the running edition in `data`; without one, a fresh edition that is erased afterwards.

    Raises:
        Misconfigured: there is no edition in `data`.
        EditionFailed: the fresh one does not start.
    """
    if data is not None:
        ensure_somebody(data)
        yield Target(client.read_edition(data), Edition(data.resolve(), DEFAULT_BASE))
        return
    with tempfile.TemporaryDirectory(prefix="lantern-bench-") as folder:
        edition = Edition(Path(folder).resolve() / "edition", free_base())
        with starting.alone(edition.data):
            try:
                for step in starting.steps(edition):
                    step.act()
                ensure_somebody(edition.data)
                yield Target(client.read_edition(edition.data), edition)
            finally:
                starting.stop(edition)
