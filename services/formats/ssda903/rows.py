"""Read the rows of one child strictly: every problem is listed, in and between the rows, with row and column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.core.statements import Problem, ProblemReason
from services.formats.cut import REASONS
from services.formats.ssda903.shape import CutRow
from services.formats.ssda903.tables import MISSING_REPORT_NEEDS, TABLES, Column, cell_fault, day

KEYS = {"header": "CHILD", "episodes": "DECOM", "missing": "MIS_START", "uasc": "CHILD"}
_START = {"episodes": "DECOM", "missing": "MIS_START"}
_END = {"episodes": "DEC", "missing": "MIS_END"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `cells` are those in which nothing is wrong, stripped; `label` is its table's name in problems."""

    table: str
    label: str
    number: int
    cells: dict[str, str]
    problems: tuple[Problem, ...] = ()

    def day(self, column: str) -> date | None:
        return day(self.cells.get(column, ""))

    def problem(self, column: str | None, reason: ProblemReason) -> Problem:
        return Problem(self.label, self.number, column, reason)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one child, one a fact, by table, and all that is wrong with them."""

    header: tuple[Row, ...]
    episodes: tuple[Row, ...]
    missing: tuple[Row, ...]
    uasc: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_rows(cut_rows: Sequence[CutRow]) -> Rows:
    """Every row of one child, read and compared with the others."""
    rows = [read_row(row) for row in cut_rows]
    by_table = {table: _one_a_fact([row for row in rows if row.table == table]) for table in TABLES}
    kept = [row for table, (those, _) in by_table.items() for row in those]
    problems = [
        *(problem for row in rows for problem in row.problems),
        *(problem for _, duplicates in by_table.values() for problem in duplicates),
        *_between(kept),
    ]
    return Rows(**{table: those for table, (those, _) in by_table.items()}, problems=tuple(problems))


def read_row(cut_row: CutRow) -> Row:
    """One row with the cells in which nothing is wrong, and a problem for each of the others."""
    table = cut_row.table.split(" ")[0]
    faults = {column: REASONS.get(fault, ProblemReason.MALFORMED) for column, fault in cut_row.faults.items()}
    cells = {name: text.strip() for name, text in cut_row.cells.items() if name in TABLES[table]}
    for name, column in TABLES[table].items():
        if name not in faults and (fault := _fault(column, cells.get(name, ""))):
            faults[name] = fault
    row = Row(table, cut_row.table, cut_row.row, {name: text for name, text in cells.items() if name not in faults})
    return replace(row, problems=tuple(_problems(row, faults)))


def _fault(column: Column, cell: str) -> ProblemReason | None:
    if not cell:
        return ProblemReason.EMPTY_CELL if column.required else None
    return cell_fault(cell) or column.fault(cell)


def _problems(row: Row, faults: dict[str, ProblemReason]) -> Iterator[Problem]:
    unreadable_report = row.table == "missing" and not is_missing_report(row)
    for column, reason in faults.items():
        known = column if column in TABLES[row.table] else None
        yield replace(row.problem(known, reason), missing_report=unreadable_report)


def is_missing_report(row: Row) -> bool:
    """Whether the row says that the child is missing since when: that is shared whatever else is wrong."""
    return row.table == "missing" and all(name in row.cells for name in MISSING_REPORT_NEEDS)


def _one_a_fact(rows: list[Row]) -> tuple[tuple[Row, ...], list[Problem]]:
    """The rows, one a fact, and a problem for each that says something else of a fact than another does.

    Of missing reports that differ the graver one is kept: still missing before found, missing before away.
    """
    found: dict[str | None, Row] = {}
    problems = []
    for row in sorted(rows, key=_gravest_first):
        key = row.cells.get(KEYS[row.table])
        first = found.setdefault(key, row)
        if key is not None and first.cells != row.cells:
            problems.append(row.problem(None, ProblemReason.DUPLICATE_ROW))
    return tuple(sorted(found.values(), key=lambda row: row.number)), problems


def _gravest_first(row: Row) -> tuple[bool, bool, bool]:
    unreadable = row.table == "missing" and not is_missing_report(row)
    return unreadable, bool(row.cells.get("MIS_END")), row.cells.get("MISSING") != "M"


def _between(rows: list[Row]) -> Iterator[Problem]:
    """What is wrong between the cells of a row, or between the rows of a child."""
    header = next((row for row in rows if row.table == "header"), None)
    if header is None:
        yield from (row.problem("CHILD", ProblemReason.NOT_IN_HEADER) for row in rows)
    born = header.day("DOB") if header else None
    for row in rows:
        start, end = row.day(_START.get(row.table, "")), row.day(_END.get(row.table, ""))
        if start and end and end < start:
            yield row.problem(_END[row.table], ProblemReason.ENDS_BEFORE_START)
        if start and born and start < born:
            yield row.problem(_START[row.table], ProblemReason.BORN_AFTER_FACT)
