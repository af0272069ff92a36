"""A return's CSV files as the one XML file that says the same."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from services.formats.ssda903.tables import TABLES

_OWN = {"CHILD": "CHILDID", "PLACE": "PL"}
_START, _END = "<EXPSSDA903>", "</EXPSSDA903>"


def as_xml(files: Sequence[bytes]) -> bytes:
    """The four tables as XML: what a child's UASC and missing rows repeat of the header stands there alone."""
    tables = {name: list(csv.DictReader(file.decode().splitlines())) for name, file in zip(TABLES, files, strict=True)}
    rows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for name, those in tables.items():
        for row in those:
            rows[name, row["CHILD"]].append(row)
    children = "".join(_child(header, rows) for header in tables["header"])
    return f"<?xml version='1.0' encoding='us-ascii'?>\n{_START}{children}{_END}".encode()


def _child(header: Mapping[str, str], rows: Mapping[tuple[str, str], list[dict[str, str]]]) -> str:
    uasc, missing, episodes = (rows[name, header["CHILD"]] for name in ("uasc", "missing", "episodes"))
    inside = {**header, "UASC": "1" if uasc else "", "DUC": uasc[0]["DUC"] if uasc else ""}
    absences = "".join(f"<AMISSING>{_fields(row, ('CHILD', 'DOB'))}</AMISSING>" for row in missing)
    placements = "".join(f"<EPISODE>{_fields(row, ('CHILD',))}</EPISODE>" for row in episodes)
    reviews = "<AREVIEW><REVIEW>01/02/2026</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>"
    return f"<CHILD><HEADER>{_fields(inside)}{reviews}{absences}</HEADER>{placements}</CHILD>"


def _fields(row: Mapping[str, str], without: Sequence[str] = ()) -> str:
    return "".join(_field(_OWN.get(name, name), text) for name, text in row.items() if name not in without)


def _field(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"
