"""Cut the CSV files of an SSDA903 return into one record a child.

A record is {"child": id, "rows": [{"table", "row", "cells": {column: text}, "faults": {column: reason}}]}. What is
wrong with a row but does not keep it from its child is left to the processor, which lists it with the rest.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from services.core.statements import Problem, ProblemReason
from services.formats.cut import MAX_RECORD_ITEMS, Cut, alarms, is_too_large, looks_missing, told_of
from services.formats.ssda903.tables import MAX_CELL, MISSING_REPORT_NEEDS, TABLES, cell_fault, likest_table

NAME = "ssda903"
WHOLE_ROW = "*"  # in place of a column's name, where a fault is the whole row's
_FIRST_LINE = re.compile(rb"[^\r\n]*")
_LONGEST_HEADER = 10_000

Row = dict[str, object]


@dataclass(slots=True)
class Pile:
    """What has been cut so far: rows by child, in the order in which the children first appear."""

    children: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: Row, child: str | None) -> ProblemReason | None:
        """Put a row to its child's; the reason if it cannot be."""
        if child is None:
            return ProblemReason.MALFORMED
        rows = self.children.setdefault(child, [])
        if len(rows) >= MAX_RECORD_ITEMS:
            return ProblemReason.TOO_MANY_ROWS
        rows.append(row)
        return None


def recognise(content: bytes) -> bool:
    """Whether the first line looks like the header row of one of the tables."""
    return _table_of(content) is not None


def cut(files: Sequence[bytes]) -> Cut:
    """One record a child over all the files, in the order in which the children first appear."""
    pile = Pile()
    tables = _labels([_table_of(content) or "unknown" for content in files])
    for label, content in zip(tables, files, strict=True):
        _cut_file(label, content, pile)
    records = tuple({"child": child, "rows": rows} for child, rows in pile.children.items())
    return Cut(NAME, tables, records + alarms(pile.problems), tuple(pile.problems))


def _labels(tables: list[str]) -> tuple[str, ...]:
    """Each file's table; from the second file of a table on with its number, as in "missing 2"."""
    seen: Counter[str] = Counter()
    labels = []
    for table in tables:
        seen[table] += 1
        labels.append(table if seen[table] == 1 else f"{table} {seen[table]}")
    return tuple(labels)


def _table_of(content: bytes) -> str | None:
    start = content[:_LONGEST_HEADER].translate(None, b'\0"').lstrip(b"\xef\xbb\xbf\xff\xfe")
    return likest_table(_FIRST_LINE.findall(start)[0].decode("latin-1").split(","))


def _cut_file(label: str, content: bytes, pile: Pile) -> None:
    table = label.split(" ", maxsplit=1)[0]
    lost_reports = table == "missing" or looks_missing(content)
    if is_too_large(content):
        pile.problems.append(Problem(label, None, None, ProblemReason.FILE_TOO_LARGE, lost_reports))
        return
    lines = content.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[0].isprintable():
        pile.problems.append(Problem(label, 1, None, ProblemReason.NOT_UTF8, lost_reports))
        return
    columns = _cells(lines[0])
    faults = tuple(_header_faults(label, columns, TABLES[table]))
    readable = _has_missing_reports(columns) if table == "missing" else not faults
    pile.problems += [replace(fault, missing_report=lost_reports and not readable) for fault in faults]
    if readable:
        _cut_rows(label, columns, lines, pile)
    if readable and lost_reports and table != "missing":
        # Another table follows in the same file, and its rows are read as this one's.
        pile.problems.append(Problem(label, None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True))


def _cut_rows(label: str, columns: list[str], lines: list[str], pile: Pile) -> None:
    problems = []
    for number, line in enumerate(lines[1:], start=2):
        if line.strip(", \t"):
            row, child = _row(label, number, columns, line)
            refused = pile.add(row, child)
            if refused is not None:
                problems.append(Problem(label, number, "CHILD", refused, label.startswith("missing")))
    pile.problems += told_of(problems)


def _has_missing_reports(columns: list[str]) -> bool:
    return all(columns.count(name) == 1 for name in MISSING_REPORT_NEEDS)


def _header_faults(label: str, columns: list[str], known: Collection[str]) -> Iterator[Problem]:
    for name in known:
        if name not in columns:
            yield Problem(label, 1, name, ProblemReason.MISSING_COLUMN)
    for place, name in enumerate(columns, start=1):
        if name not in known or name in columns[: place - 1]:
            yield Problem(label, 1, f"column {place}", ProblemReason.UNKNOWN_COLUMN)


def _cells(line: str) -> list[str]:
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return []


def _row(label: str, number: int, columns: list[str], line: str) -> tuple[Row, str | None]:
    """A row as it stands in its child's record, and the child."""
    texts = _cells(line)
    cells = dict(zip(columns, texts, strict=False))
    faults: dict[str, str] = {}
    if len(texts) != len(columns):
        faults[WHOLE_ROW] = ProblemReason.RAGGED_ROW.value
    if not line.isprintable() or len(line) > MAX_CELL:
        faults |= {name: fault.value for name, cell in cells.items() if (fault := cell_fault(cell))}
        cells = {name: cell for name, cell in cells.items() if name not in faults}
    return {"table": label, "row": number, "cells": cells, "faults": faults}, cells.get("CHILD", "").strip() or None
