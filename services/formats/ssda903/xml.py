"""Cut an SSDA903 return that comes as one XML file into the same records as the set of CSV files gives.

The XML groups by child what the CSV files group by table: HEADER (with UASC and AMISSING in it) and EPISODE. What else
the return holds, such as reviews and outcomes, is not for the hub. A document type is refused before anything is
parsed, so that no entity is ever defined.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from lxml import etree
from lxml.etree import _Element as Element

from services.core.statements import Problem, ProblemReason
from services.formats.cut import MAX_FILE_BYTES, Cut, alarms, looks_missing, told_of
from services.formats.ssda903.cut import WHOLE_ROW, Pile, Row
from services.formats.ssda903.tables import TABLES, cell_fault

NAME = "ssda903-xml"
MAX_TAGS = 4_000_000
_START = re.compile(rb"[\xef\xbb\xbf\xff\xfe\s]*<")
_ROOT = re.compile(rb"<[A-Z]{0,9}SSDA903[\s/>]")
_REPORT = re.compile(rb"<([\w.-]{1,40}:)?mis_start[\s/>]", re.IGNORECASE)
_LOOKED_AT = 4096
_NAMES = {"CHILDID": "CHILD", "PL": "PLACE"}
_SAYS_UASC = {"1": True, "0": False, "": False}
_ROWS = {"EPISODE": "episodes", "AMISSING": "missing"}


def recognise(content: bytes) -> bool:
    """Whether it begins like XML whose root is an SSDA903 return."""
    start = content[:_LOOKED_AT].translate(None, b"\0")
    return _START.match(start) is not None and _ROOT.search(start) is not None


def cut(files: Sequence[bytes]) -> Cut:
    """One record a child over all the files, in the order in which the children first appear."""
    pile = Pile()
    tables = tuple("xml" if number == 1 else f"xml {number}" for number in range(1, len(files) + 1))
    for table, content in zip(tables, files, strict=True):
        pile.problems += told_of(list(_cut_file(table, content, pile)))
    records = tuple({"child": child, "rows": rows} for child, rows in pile.children.items())
    return Cut(NAME, tables, records + alarms(pile.problems), tuple(pile.problems))


def _cut_file(table: str, content: bytes, pile: Pile) -> Iterator[Problem]:
    fault = _fault(content)
    if fault is not None:
        yield Problem(table, None, None, fault, looks_missing(content))
        return
    counts: Counter[str] = Counter()
    try:
        for child in _children(content):
            counts["child"] += 1
            yield from _cut_child(table, child, counts, pile)
    except etree.XMLSyntaxError:  # the children before it are cut already
        yield Problem(table, None, None, ProblemReason.MALFORMED, looks_missing(content))
    else:
        if not counts["child"]:
            yield Problem(table, None, None, ProblemReason.EMPTY_FILE, looks_missing(content))
        elif len(_REPORT.findall(content)) > counts["missing report"]:
            # It stands beside the children, or is spelt in small letters: no child's record took it.
            yield Problem(table, None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True)


def _cut_child(table: str, child: Element, counts: Counter[str], pile: Pile) -> Iterator[Problem]:
    """Put a child's rows on the pile; what no row took, a report that the child is missing above all, is a problem."""
    number, of_its_file = counts["child"], table.removeprefix("xml")
    rows = list(_rows(child, counts))
    reported = sum(row["table"] == "missing" for row, _ in rows)
    for row, name in rows:
        is_report = row["table"] == "missing"
        row["table"] = f"{row['table']}{of_its_file}"
        refused = pile.add(row, name)
        if refused is not None:
            yield Problem(table, number, "CHILD", refused, is_report)
    starts = sum(1 for _ in child.iterfind(".//{*}MIS_START"))
    counts["missing report"] += starts
    if not rows or starts > reported:
        yield Problem(table, number, "CHILD", ProblemReason.UNKNOWN_COLUMN, missing_report=starts > reported)


def _fault(content: bytes) -> ProblemReason | None:
    """Why a file is not even parsed."""
    if len(content) > MAX_FILE_BYTES or content.count(b"<") > MAX_TAGS:
        return ProblemReason.FILE_TOO_LARGE
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ProblemReason.NOT_UTF8
    return ProblemReason.MALFORMED if b"<!DOCTYPE" in content or b"<!ENTITY" in content else None


def _children(content: bytes) -> Iterator[Element]:
    """Each CHILD as soon as it is read; what was read is forgotten."""
    parsed = etree.iterparse(
        BytesIO(content),
        events=("end",),
        tag="{*}CHILD",
        encoding="utf-8",  # whatever the declaration says: no other encoding can hide what was looked for above
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, child in parsed:
        yield child
        child.clear()
        while child.getprevious() is not None:
            del child.getparent()[0]


def _rows(child: Element, counts: Counter[str]) -> Iterator[tuple[Row, str | None]]:
    """The rows of one child, each with the child's own id; the headers first, for the others' cells stand there."""
    headers = child.findall("{*}HEADER")
    own = _cells(headers[0]) if headers else ({}, {})
    for header in headers:
        yield _row("header", counts, *_cells(header))
        yield from _uasc(header, counts)
    for tag, table in _ROWS.items():
        for element in child.iterfind(f".//{{*}}{tag}"):
            yield _row(table, counts, *_with_own(table, own, _cells(element)))


Cells = tuple[dict[str, str], dict[str, str]]


def _uasc(header: Element, counts: Counter[str]) -> Iterator[tuple[Row, str | None]]:
    cells, faults = _cells(header)
    said = _SAYS_UASC.get(cells.get("UASC", ""))
    if said is None:
        faults = faults | {WHOLE_ROW: ProblemReason.UNKNOWN_CODE.value}
    if said is not False:
        yield _row("uasc", counts, cells, faults)


def _with_own(table: str, own: Cells, cells: Cells) -> Cells:
    """A row's cells with those that its table has and its child's header says."""
    shared = {"CHILD", "DOB"} & set(TABLES[table])
    kept, faults = ({name: text for name, text in part.items() if name in shared} for part in own)
    return kept | cells[0], faults | cells[1]


def _row(table: str, counts: Counter[str], cells: Mapping[str, str], faults: dict[str, str]) -> tuple[Row, str | None]:
    counts[table] += 1
    own = {name: cells.get(name, "") for name in TABLES[table] if name not in faults}
    wrong = {name: reason for name, reason in faults.items() if name in TABLES[table] or name == WHOLE_ROW}
    row: Row = {"table": table, "row": counts[table], "cells": own, "faults": wrong}
    return row, own.get("CHILD") or None


def _cells(element: Element) -> Cells:
    """The texts of an element's own fields by column, and what is wrong with others."""
    cells: dict[str, str] = {}
    faults: dict[str, str] = {}
    for field in element:
        tag = etree.QName(field).localname
        name = _NAMES.get(tag, tag)
        text = (field.text or "").strip()
        fault = ProblemReason.MALFORMED if len(field) or name in cells else cell_fault(text)
        if fault is None:
            cells[name] = text
        else:
            faults[name] = fault.value
    return {name: text for name, text in cells.items() if name not in faults}, faults
