"""What `lantern publish` sends: files read and cut into records, each with the place that people find it by."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.core.codes import Sector
from services.core.statements import SENTENCES, Problem, ProblemReason
from services.formats.catalogue import LOOKED_AT_BYTES, Part, cut_files, too_large
from services.formats.cut import MAX_FILE_BYTES, alarm_of, alarms, looks_missing
from services.formats.ssda903.tables import TABLES
from services.wire.submissions import MAX_CONTENT_BYTES, canonical

UNREADABLE_FILE = "unreadable_file"
_MAX_RECORD_BYTES = MAX_CONTENT_BYTES - 1024  # what stands beside the record takes the rest
_SENTENCE_OF_UNREADABLE_FILE = "The file cannot be opened; check that it is there and that you may read it."


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that was refused: the record's number in the submission, or None for a file's; why; and where."""

    record: int | None
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to be sent; `files` gives the file of each table name that problems may use."""

    format: str
    record: Mapping[str, object]
    files: Mapping[str, str]

    @property
    def is_of_a_child(self) -> bool:
        """Whether it is a child's record, or only tells the processor of a missing report that cannot be read."""
        return alarm_of(self.record) is None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call of the command sends, and what it refuses by itself."""

    outgoing: tuple[Outgoing, ...]
    refusals: tuple[Refusal, ...]


def plan(sector: Sector, files: Sequence[Path]) -> Plan:
    """Read files and cut them into records; a file that cannot be used is refused, and the others go on."""
    contents: dict[str, bytes] = {}
    parts: list[tuple[Part, Sequence[str]]] = []
    refusals: list[Refusal] = []
    for path in files:
        try:
            content, whole = _read(path)
        except OSError:
            told = f"{_printable(str(path))}: {_SENTENCE_OF_UNREADABLE_FILE}"
            refusals.append(Refusal(None, UNREADABLE_FILE, told))
            continue
        if whole:
            contents[str(path)] = content
        else:
            parts.append((Part(too_large(content), (0,)), [str(path)]))
    parts += [(_fitting(part), list(contents)) for part in cut_files(sector, list(contents.values()))]
    refusals += [refusal for part, names in parts for refusal in _refusals(part, names)]
    return Plan(tuple(_outgoing(parts)), tuple(refusals))


def plan_of(sector: Sector, name: str, content: bytes) -> Plan:
    """What one file of this content would send; problems call it `name`."""
    parts = [(_fitting(part), [name]) for part in cut_files(sector, [content])]
    return Plan(tuple(_outgoing(parts)), tuple(refusal for part, names in parts for refusal in _refusals(part, names)))


def _read(path: Path) -> tuple[bytes, bool]:
    """The file, and whether that is all of it: of one that is too large only the start is read."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
            return file.read(LOOKED_AT_BYTES), False
        content = file.read(MAX_FILE_BYTES + 1)  # what is no regular file has no size beforehand
    return (content, True) if len(content) <= MAX_FILE_BYTES else (content[:LOOKED_AT_BYTES], False)


def _fitting(part: Part) -> Part:
    """The part without records that no envelope takes; a missing report among them is told of all the same."""
    sizes = [(record, canonical(record)) for record in part.cut.records]
    too_long = tuple(
        Problem(f"record {number}", None, None, ProblemReason.TOO_LONG, looks_missing(content))
        for number, (_, content) in enumerate(sizes)
        if len(content) > _MAX_RECORD_BYTES
    )
    records = tuple(record for record, content in sizes if len(content) <= _MAX_RECORD_BYTES) + alarms(too_long)
    return replace(part, cut=replace(part.cut, records=records, problems=part.cut.problems + too_long))


def _outgoing(parts: Sequence[tuple[Part, Sequence[str]]]) -> Iterator[Outgoing]:
    for part, names in parts:
        files = _files(part, names)
        for record in part.cut.records:
            yield Outgoing(part.cut.format, record, files)


def _refusals(part: Part, names: Sequence[str]) -> Iterator[Refusal]:
    files = _files(part, names)
    for problem in part.cut.problems:
        yield refusal(None, problem, files)


def _files(part: Part, names: Sequence[str]) -> dict[str, str]:
    return {table: _printable(names[number]) for table, number in zip(part.cut.tables, part.files, strict=True)}


def _printable(name: str) -> str:
    """A file's name as a terminal can show it: one may hold bytes that are no UTF-8, and the answer must be told."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def refusal(record: int | None, problem: Problem, files: Mapping[str, str]) -> Refusal:
    """Say where a problem is, in the words of whoever holds the files: these words never leave their machine."""
    return Refusal(record, problem.reason.value, f"{_place(record, problem, files)}: {SENTENCES[problem.reason]}")


def _place(record: int | None, problem: Problem, files: Mapping[str, str]) -> str:
    where = files.get(problem.table) or _in_its_file(problem.table, files)
    if where is None:
        where = f"record {record}" if record is not None else problem.table
    row = "" if problem.row is None else f" row {problem.row}"
    return where + row + _column(problem.column)


def _in_its_file(table: str, files: Mapping[str, str]) -> str | None:
    """A table of a file that holds them all, as an XML return does: "header 2" is the header of the second."""
    name, _, number = table.partition(" ")
    whole = files.get(f"xml {number}" if number else "xml")
    return f"{whole} {name}" if whole is not None and name in TABLES else None


def _column(column: str | None) -> str:
    """A column without a name that may be repeated is told by its number: "column 5"."""
    if column is None:
        return ""
    return f", {column}" if column.startswith("column ") else f", column {column}"


def reason_of(code: str) -> ProblemReason:
    """A reason that this edition has no word for reads as the plainest."""
    return ProblemReason(code) if code in SENTENCES else ProblemReason.UNREADABLE_RECORD
