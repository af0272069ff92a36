"""What every format gives: a file cut into one record a child, and everything that no record could take."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.core.statements import MAX_PROBLEMS, Opened, Problem, ProblemReason, Record, listed

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_FILE_ITEMS = 1_000_000  # rows, or JSON objects: what a few bytes each must not blow up to
MAX_RECORD_ITEMS = 500  # rows or documents of one child; far more than any child has

MAX_ROW = 2**31 - 1

JsonObject = Mapping[str, object]
REASONS = {reason.value: reason for reason in ProblemReason}
# What a report of a missing child has in it in any of the formats, even where it cannot be read as what it is.
_MISSING_REPORT = re.compile(
    rb"child[\W_]{0,9}((is|was|went|reported)[\W_]{1,9})?missing|missing[\W_]{0,9}(child|person)|mis_start"
    rb'|"event"\s{0,9}:\s{0,9}"[^"]{0,90}missing|"missing"\s{0,9}:\s{0,9}\{'
)
TABLE = re.compile(r"[a-z0-9-]{1,20}( [0-9]{1,5})?")  # a table's name in problems holds no text of a file


@dataclass(frozen=True, slots=True)
class Cut:
    """Records of one format; `tables` gives each file, in the order given, the name that problems use for it.

    A file or row that belongs to no child's record is in `problems`. If a missing report is lost with it, a record
    without a child also carries that problem, so that the agency's processor hears of it and can page.
    """

    format: str
    tables: tuple[str, ...]
    records: tuple[JsonObject, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of an agency: told by content, cut by the connector, read by the agency's processor."""

    name: str
    recognise: Callable[[bytes], bool]
    cut: Callable[[Sequence[bytes]], Cut]
    parse: Callable[[Opened], Record]


def alarms(problems: Sequence[Problem]) -> tuple[JsonObject, ...]:
    """One record without a child a lost missing report; in it only the problem."""
    return tuple({"unreadable": _as_json(problem)} for problem in problems if problem.missing_report)


def told_of(problems: Sequence[Problem]) -> list[Problem]:
    """The first of a file's problems, those of missing reports before all others; of more, the last one says so."""
    if len(problems) <= MAX_PROBLEMS:
        return list(problems)
    return [
        *listed(tuple(problems)),
        replace(problems[-1], reason=ProblemReason.TOO_MANY_PROBLEMS, missing_report=False),
    ]


def is_too_large(content: bytes) -> bool:
    """Whether a file is more than is read at once; told before anything of it is parsed."""
    return len(content) > MAX_FILE_BYTES or any(content.count(sign) > MAX_FILE_ITEMS for sign in (b"\n", b"\r", b"{"))


def looks_missing(content: bytes) -> bool:
    """Whether something that cannot be read may be a report that a child is missing; rather once too often."""
    text = content.translate(None, b"\0").lower()
    return (b"missing" in text or b"mis_start" in text) and _MISSING_REPORT.search(text) is not None


def nothing_read(opened: Opened, problem: Problem) -> Record:
    """A record of which nothing could be read but that something is wrong."""
    return Record(opened.organisation, opened.organisation_kind, opened.format, problems=(problem,))


def alarm_of(record: JsonObject) -> Problem | None:
    """The problem in a record made by `alarms`, or None if it is another kind of record."""
    match record.get("unreadable"):
        case None:
            return None
        case {"table": str(table), "row": int() | None as row, "reason": str(reason)} if _is_place(table, row):
            return Problem(table, row, None, REASONS.get(reason, ProblemReason.UNREADABLE_RECORD), missing_report=True)
        case _:
            return Problem("unreadable", None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True)


def _is_place(table: str, row: int | None) -> bool:
    return TABLE.fullmatch(table) is not None and (row is None or is_row(row))


def is_row(row: int) -> bool:
    """Whether this can be a row's number."""
    return 1 <= row <= MAX_ROW


def _as_json(problem: Problem) -> JsonObject:
    return {"table": problem.table, "row": problem.row, "reason": problem.reason.value}
