"""SSDA903 returns for tests: small ones made here, and the real format with invented people, read where it lies."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.core.codes import OrganisationKind
from services.core.sharing import EdgeKeys, Outcome
from services.core.statements import Opened, Problem, ProblemReason
from services.formats.cut import JsonObject
from services.formats.ssda903.cut import NAME, cut
from services.formats.ssda903.tables import TABLES
from services.local_authority.handlers import decide

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "local_authority"
RECEIVED = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEYS = EdgeKeys(bytes(32), bytes(32))
ORGANISATION = "AUTHORITY-1"


def table(name: str, *rows: str) -> bytes:
    """A table's file: its header row, then these rows."""
    return "\r\n".join([",".join(TABLES[name]), *rows, ""]).encode()


def a_return(**rows: Sequence[str]) -> list[bytes]:
    """The files of a return, one a table named."""
    return [table(name, *those) for name, those in rows.items()]


def opened(record: JsonObject) -> Opened:
    return Opened(NAME, ORGANISATION, OrganisationKind.LOCAL_AUTHORITY, RECEIVED, record)


def decided(files: Sequence[bytes]) -> list[Outcome]:
    """What becomes of each record of a return."""
    return [decide(opened(record), KEYS, RECEIVED) for record in cut(files).records]


def reasons(problems: Sequence[Problem]) -> list[tuple[str, int | None, str | None, ProblemReason]]:
    """Problems as where and why."""
    return [(problem.table, problem.row, problem.column, problem.reason) for problem in problems]


def real_return() -> list[bytes]:
    """The four tables of a whole return; skips where the folder is missing."""
    if not REAL.is_dir():
        pytest.skip(f"needs the SSDA903 files in {REAL.relative_to(REAL.parents[3])}, beside the repository")
    return [(REAL / f"ssda903_{name}.csv").read_bytes() for name in TABLES]
