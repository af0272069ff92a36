"""The four tables of an SSDA903 return that the hub reads: their columns, and what may stand in a cell."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from services.core.statements import ProblemReason

MAX_CELL = 100
EARLIEST_YEAR = 1900
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_CODE = re.compile(r"[A-Z0-9]{1,8}", re.ASCII)

Fault = ProblemReason | None


def day(cell: str) -> date | None:
    """The day that a cell names as DD/MM/YYYY, or None if the calendar has no such day."""
    parts = _DAY.fullmatch(cell)
    if parts is None:
        return None
    try:
        found = date(int(parts[3]), int(parts[2]), int(parts[1]))
    except ValueError:
        return None
    return found if found.year >= EARLIEST_YEAR else None


def cell_fault(cell: str) -> Fault:
    """What is wrong with the text of any cell; bytes that are not UTF-8 are there as lone surrogates."""
    if len(cell) > MAX_CELL:
        return ProblemReason.TOO_LONG
    if cell.isprintable():
        return None
    undecoded = any("\ud800" <= letter <= "\udfff" for letter in cell)
    return ProblemReason.NOT_UTF8 if undecoded else ProblemReason.MALFORMED


def a_day(cell: str) -> Fault:
    return None if day(cell) else ProblemReason.NOT_A_DATE


def a_code(cell: str) -> Fault:
    return None if _CODE.fullmatch(cell) else ProblemReason.UNKNOWN_CODE


def one_of(*codes: str) -> Callable[[str], Fault]:
    return lambda cell: None if cell in codes else ProblemReason.UNKNOWN_CODE


def any_text(_cell: str) -> Fault:
    """Nothing more is asked than what every cell must be: short, printable text."""
    return None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what is wrong with a cell that is not empty, if anything, and whether a cell may be empty."""

    fault: Callable[[str], Fault]
    required: bool = False


TABLES: dict[str, dict[str, Column]] = {
    "header": {
        "CHILD": Column(any_text, required=True),
        "SEX": Column(one_of("1", "2"), required=True),
        "DOB": Column(a_day, required=True),
        "ETHNIC": Column(a_code),
        "UPN": Column(any_text),
        "MOTHER": Column(any_text),
        "MC_DOB": Column(a_day),
    },
    "episodes": {
        "CHILD": Column(any_text, required=True),
        "DECOM": Column(a_day, required=True),
        "RNE": Column(a_code),
        "LS": Column(a_code),
        "CIN": Column(a_code),
        "PLACE": Column(a_code),
        "PLACE_PROVIDER": Column(a_code),
        "DEC": Column(a_day),
        "REC": Column(a_code),
        "REASON_PLACE_CHANGE": Column(a_code),
        "HOME_POST": Column(any_text),
        "PL_POST": Column(any_text),
        "URN": Column(any_text),
    },
    "missing": {
        "CHILD": Column(any_text, required=True),
        "DOB": Column(a_day, required=True),
        "MISSING": Column(one_of("M", "A"), required=True),
        "MIS_START": Column(a_day, required=True),
        "MIS_END": Column(a_day),
    },
    "uasc": {
        "CHILD": Column(any_text, required=True),
        "SEX": Column(one_of("1", "2"), required=True),
        "DOB": Column(a_day, required=True),
        "DUC": Column(a_day),
    },
}
# With these a report that a child is missing can be read, whatever else is wrong with its table.
MISSING_REPORT_NEEDS = ("CHILD", "MISSING", "MIS_START")
_LIKENESS = 0.4


def likest_table(names: list[str]) -> str | None:
    """The table whose columns these names are likest to: at least two in five of all the names are common to both."""
    found = {name.strip().upper() for name in names}
    likeness = {table: len(found & set(columns)) / len(found | set(columns)) for table, columns in TABLES.items()}
    best = max(likeness, key=lambda table: likeness[table])
    return best if likeness[best] >= _LIKENESS else None
