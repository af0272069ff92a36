"""Cut JSON into one record a child, whatever its format: {"documents": [{"table", "row", "document"}]}.

A file is one object, an array of them, or JSON Lines. Documents of which it cannot be told which child they are about
go on alone, so that the agency's processor lists what is wrong with them.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import isfinite

import orjson

from services.core.statements import Problem, ProblemReason
from services.formats.cut import (
    MAX_RECORD_ITEMS,
    Cut,
    JsonObject,
    alarms,
    is_too_large,
    looks_missing,
    told_of,
)

MAX_RECORD_BYTES = 1024 * 1024 - 4096  # an envelope takes a mebibyte, and a little stands beside the record
_PLACE_BYTES = 64
"""At most so much stands beside a document and its table's name in a record: names of keys, a row, and signs."""
_BOM = b"\xef\xbb\xbf"
_STARTS = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|\0|\s)*[\[{]")


@dataclass(frozen=True, slots=True)
class JsonShape:
    """What a format says of its documents: its name, their table in problems, whose they are, and how large."""

    name: str
    table: str
    child_of: Callable[[object], object | None]
    max_bytes: int = 64 * 1024
    max_depth: int = 10


class _Twice(dict[str, object]):
    """A JSON object that had one key twice, so that nobody can say what it meant."""


class _Unheld(float):
    """A number that no reader of JSON holds (NaN, Infinity, 1e999): sent as it was said, for its reader to refuse."""


@dataclass(slots=True)
class _Pile:
    """What has been cut so far; `open` is the record that takes a child's next document, and its bytes."""

    records: list[dict[str, object]] = field(default_factory=list)
    open: dict[object, tuple[list[JsonObject], int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, child: object, document: JsonObject, size: int) -> None:
        documents, taken = self.open.get(child, ([], MAX_RECORD_BYTES))
        if taken + size > MAX_RECORD_BYTES or len(documents) >= MAX_RECORD_ITEMS:
            documents, taken = [], 0
            self.records.append({"documents": documents})
        documents.append(document)
        self.open[child] = documents, taken + size


def is_json(content: bytes) -> bool:
    """Whether it begins like a JSON object or array."""
    return _STARTS.match(content) is not None


def cut_documents(shape: JsonShape, files: Sequence[bytes]) -> Cut:
    """One record a child over all the files, in the order in which the children first appear."""
    pile = _Pile()
    tables = tuple(shape.table if number == 1 else f"{shape.table} {number}" for number in range(1, len(files) + 1))
    for table, content in zip(tables, files, strict=True):
        _cut_file(shape, table, content, pile)
    return Cut(shape.name, tables, (*pile.records, *alarms(pile.problems)), tuple(pile.problems))


def _cut_file(shape: JsonShape, table: str, content: bytes, pile: _Pile) -> None:
    problems, of_whole = [], cache(lambda: looks_missing(content))
    for row, document in _documents(content):
        text, fault = _text(document, shape)
        if fault is None:
            # Nobody reads a record in which such a number stands: it takes none of its child's documents with it.
            child = None if _is_unheld(text) else shape.child_of(document)
            place = {"table": table, "row": row, "document": document}
            pile.add((table, row) if child is None else child, place, len(text) + len(table) + _PLACE_BYTES)
        else:
            problems.append(Problem(table, row, None, fault, looks_missing(text) if text else of_whole()))
    pile.problems += told_of(problems)


def _documents(content: bytes) -> Iterator[tuple[int, object]]:
    """Each document with its number, or the reason why it cannot be read."""
    if is_too_large(content):
        yield 1, ProblemReason.FILE_TOO_LARGE
        return
    whole = _load(content.removeprefix(_BOM))
    if isinstance(whole, list):
        yield from enumerate(whole, start=1)
    elif isinstance(whole, ProblemReason) and (lines := _lines(content)):
        yield from ((row, _load(line)) for row, line in lines)
    else:
        yield 1, whole


def _lines(content: bytes) -> list[tuple[int, bytes]]:
    """The numbered lines of JSON Lines; none if fewer than half of the lines begin an object."""
    lines = [(row, line) for row, line in enumerate(content.removeprefix(_BOM).split(b"\n"), start=1) if line.strip()]
    objects = sum(line.lstrip().startswith(b"{") for _, line in lines)
    return lines if len(lines) > 1 and objects * 2 >= len(lines) else []


def _load(content: bytes) -> object:
    try:
        return json.loads(content.decode(), object_pairs_hook=_object, parse_float=_number, parse_constant=_Unheld)
    except UnicodeDecodeError:
        return ProblemReason.NOT_UTF8
    except RecursionError:
        return ProblemReason.TOO_DEEP
    except ValueError:
        return ProblemReason.NOT_JSON


def _number(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _Unheld(number)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else _Twice(plain)


def _text(document: object, shape: JsonShape) -> tuple[bytes, ProblemReason | None]:
    """A document's bytes, and what is wrong with it, whatever it says."""
    if isinstance(document, ProblemReason):
        return b"", document
    fault = _fault(document, shape.max_depth)
    if fault is not None:
        return b"", fault
    text = _compact(document)
    if text is None:
        return b"", ProblemReason.NOT_UTF8
    if len(text) > shape.max_bytes:
        return text, ProblemReason.TOO_LONG
    return text, None if isinstance(document, dict) else ProblemReason.MALFORMED


def _is_unheld(text: bytes) -> bool:
    """Whether a number stands in it that no reader of JSON holds."""
    if b"NaN" not in text and b"Infinity" not in text:
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return True
    return False


def _compact(document: object) -> bytes | None:
    """JSON without spaces, or None of text that is no valid Unicode."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:  # such text, a whole number of more than 64 bits, or a number that nobody holds
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _fault(value: object, deeper: int) -> ProblemReason | None:
    """Whether the JSON is nested more than `deeper` levels deep, or has a key twice."""
    if isinstance(value, _Twice):
        return ProblemReason.DUPLICATE_KEY
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner and deeper == 0:
        return ProblemReason.TOO_DEEP
    for item in inner:
        if not isinstance(item, str) and (fault := _fault(item, deeper - 1)):
            return fault
    return None


def child_of_source(document: object) -> object | None:
    """What tells one child's documents from another's, where `source` names the child."""
    match document:
        case {"source": {"system": str(system), "child": str(child)}}:
            return system, child
        case {"source": {"subject_id": str(subject_id), "system": str(system)}}:
            return "hub", subject_id, system
        case {"source": {"subject_id": str(subject_id)}}:
            return "hub", subject_id
        case _:
            return None
