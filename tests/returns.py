"""The real return of ../shared/data, read in place, as files and as values to look for."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from services.formats.ssda903.tables import TABLES
from tests.formats.returns import REAL

Row = dict[str, str]


@dataclass(frozen=True)
class RealReturn:
    """The return of one authority: 2,675 looked-after children."""

    folder: Path

    @property
    def files(self) -> list[Path]:
        return [self.file(table) for table in TABLES]

    def file(self, table: str) -> Path:
        return self.folder / f"ssda903_{table}.csv"

    def rows(self, table: str) -> list[Row]:
        with self.file(table).open(newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def with_a_reason(self) -> frozenset[str]:
        """The children who are shared: unaccompanied, or missing at some time."""
        return frozenset(row["CHILD"] for table in ("missing", "uasc") for row in self.rows(table))

    def values(self, table: str, column: str, *, shared: bool) -> set[str]:
        """The different values of a column, of the children who are shared or of the others."""
        rows = self.rows(table)
        return {row[column] for row in rows if row[column] and (row["CHILD"] in self.with_a_reason) is shared}

    def postcodes(self, *, shared: bool) -> set[str]:
        return self.values("episodes", "PL_POST", shared=shared) | self.values("episodes", "HOME_POST", shared=shared)


def real_return() -> RealReturn:
    """The return in ../shared/data; a test that needs it is skipped where that folder is missing."""
    if not REAL.is_dir():
        pytest.skip(f"needs the SSDA903 files in {REAL.relative_to(REAL.parents[3])}, beside the repository")
    return RealReturn(REAL)


def replaced(path: Path, into: Path, old: str, new: str) -> Path:
    """A copy of a file in which one text, which must be there once, reads otherwise."""
    text = path.read_text()
    assert text.count(old) == 1
    changed = into / path.name
    changed.write_text(text.replace(old, new))
    return changed
