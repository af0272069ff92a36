"""Canaries in every place where an agency can put one: in its own documents and returns, and where none belongs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from pydantic import ValidationError

from services.core import ids
from services.core.authority import ANSWERS_FOR
from services.core.codes import IdentifierScheme, OrganisationKind, Sector
from services.core.statements import LocationKey
from services.formats.canonical.documents import Document as Shape
from services.formats.canonical.documents import models
from services.formats.ssda903.tables import TABLES
from tests.builders import an_id
from tests.formats.documents import EVENTS, SAID_BY, example
from tests.formats.ssda903.as_xml import as_xml
from tests.leaks.minting import Canary, endless
from tests.leaks.planting_forms import examples, planted

Document = dict[str, Any]


@dataclass(frozen=True)
class File:
    """One agency's file with canaries in it; its name is one too."""

    agency: Sector
    kind: OrganisationKind
    organisation: str
    name: str
    content: bytes


@dataclass
class Planter:
    """Hands out canaries, each to one place, and remembers them all."""

    planted: list[Canary] = field(default_factory=list)
    _supply: Iterator[Canary] = field(default_factory=endless)

    @property
    def marks(self) -> set[str]:
        """What must be found nowhere."""
        return {mark for canary in self.planted for mark in canary.marks}

    def one(self, kind: str | None = None) -> str:
        """The next canary, or the next of a kind."""
        canary = next(one for one in self._supply if kind in {None, one.kind})
        self.planted.append(canary)
        return canary.text

    def word(self) -> str:
        """A canary that is one line of letters and spaces, fit for a file's name or an organisation's."""
        return self.one("school")


def submissions(planter: Planter, times: int) -> list[list[File]]:
    """Every place of every format, `times` times over, and every place where a canary does not belong.

    The files of one submission are one organisation's, and go together.
    """
    found = []
    for kind, events in _said_by().items():
        fit = [document for _ in range(times) for event in events for document in documents(planter, event)]
        astray = [document for event in events for document in strays(planter, event)]
        found += [_files(planter, kind, "\n".join(map(json.dumps, those)).encode()) for those in (fit, astray)]
    for kind, form in examples():
        texts = [json.dumps(each).encode() for each in planted(kind, form, lambda: planter.one("postcode"))]
        found.append(_files(planter, kind, *texts))
    authority = OrganisationKind.LOCAL_AUTHORITY
    found += [
        _files(planter, authority, *returned(planter, times)),
        _files(planter, authority, as_xml(returned(planter, times))),
    ]
    return [*found, _files(planter, OrganisationKind.POLICE_FORCE, *unreadable(planter))]


def _said_by() -> dict[OrganisationKind, list[str]]:
    """Every event type, by a kind of body that may say it."""
    kinds = dict.fromkeys([*SAID_BY.values(), OrganisationKind.LOCAL_AUTHORITY])
    return {
        kind: [event for event in EVENTS if SAID_BY.get(event, OrganisationKind.LOCAL_AUTHORITY) is kind]
        for kind in kinds
    }


def _files(planter: Planter, kind: OrganisationKind, *contents: bytes) -> list[File]:
    organisation = planter.word()
    return [File(ANSWERS_FOR[kind], kind, organisation, f"{planter.word()}.txt", content) for content in contents]


def documents(planter: Planter, event: str) -> list[Document]:
    """A document with a canary wherever a text may stand that is sealed, and a reason to share its child's record."""
    document = example(event)
    document["key"] = planter.one()
    document["location"] = {key.value: planter.one() for key in LocationKey}
    document["narrative"] = planter.one("free text")
    for own in _own_references(document):
        document["fact"] = {name: said for name, said in document["fact"].items() if not name.startswith(own)}
        document["fact"][own] = planter.one()
    if "subject_id" in document["source"]:
        return [document | {"source": {"subject_id": an_id(len(planter.planted))}}]
    document["source"] = {"system": planter.one(), "child": planter.one()}
    return [document, missing(planter, document["source"])]


def _own_references(document: Document) -> list[str]:
    """The fields of its fact that take any text: the agency's own references to an adult, an officer, an episode."""
    model = models()[document["event"]]
    fact = model.model_fields["fact"].annotation
    assert fact is not None
    return [name for name in fact.model_fields if _is_valid(model, document, name)]


def _is_valid(model: type[Shape], document: Document, name: str) -> bool:
    spoken = document | {"fact": document["fact"] | {name: "any text"}}
    try:
        model.model_validate_json(json.dumps(spoken))
    except ValidationError:
        return False
    return True


def missing(planter: Planter, source: dict[str, str]) -> Document:
    """Whatever else is said of the child, it is shared: she is missing."""
    return example("ChildMissing", source=source, key=planter.one(), location={"last_seen": planter.one()})


@dataclass(frozen=True)
class Sought:
    """A missing child for whom somebody will look: the police's file, the child's id, and what locates it."""

    file: File
    system: str
    child: str
    places: frozenset[str]

    def subject(self, key: bytes) -> str:
        """The record's id, by the police's edge key."""
        return ids.subject_id(key, self.file.organisation, self.system, self.child)


def sought(planter: Planter) -> Sought:
    """A report of a missing child with a canary for everything that locates it, and in its narrative."""
    system, child, before = planter.one(), planter.one(), len(planter.planted)
    location = {key.value: planter.one() for key in LocationKey}
    places = frozenset(mark for canary in planter.planted[before:] for mark in canary.marks)
    told = {"narrative": planter.one("free text"), "key": planter.one(), "location": location}
    document = example("ChildMissing", source={"system": system, "child": child}, **told)
    (file,) = _files(planter, OrganisationKind.POLICE_FORCE, json.dumps(document).encode())
    return Sought(file, system, child, places)


def strays(planter: Planter, event: str) -> Iterator[Document]:
    """Documents with a canary where none belongs: refused, or said without it; each of a child of its own."""
    wrong_places = (
        *(
            ("subject", {"identifiers": [_identifier(scheme, planter.one(kind))]})
            for scheme, kind in product(_SCHEMES, _NUMBERS)
        ),
        ("subject", {"names": [{"text": planter.one("postcode")}]}),
        ("subject", {"dates_of_birth": [{"value": planter.one()}]}),
        *(("subject", {name: [planter.one()]}) for name in ("nationalities", "languages")),
        ("subject", {planter.one(): "yes"}),
        ("subject", {"sex": planter.one()}),
        ("location", {planter.one(): "yes"}),
        ("fact", {planter.one(): "yes"}),
        ("fact", {"kind": planter.one(), "indicators": [planter.one()]}),
        *((name, planter.one()) for name in ("event", "format", "role", "occurred_at", "recorded_at", "in_answer_to")),
        (planter.one(), "yes"),
    )
    for name, value in wrong_places:
        document = example(event)
        if "subject_id" in document["source"]:
            document["source"] = {"subject_id": an_id(len(planter.planted))}
        else:
            document["source"] = {"system": "system-1", "child": planter.one()}
        document["location"] = {"address": planter.one()}
        yield document | {name: value}


_SCHEMES = [scheme.value for scheme in IdentifierScheme]
_NUMBERS = ("postcode", "telephone")


def _identifier(scheme: str, value: str) -> dict[str, str]:
    return {"scheme": scheme, "value": value, "status": "documented"}


def returned(planter: Planter, children: int) -> list[bytes]:
    """A return's four tables: children with a reason to share, as many without, and one with a fault in each table."""
    rows: dict[str, list[str]] = {table: [] for table in TABLES}
    for number in range(2 * children + 1):
        child = planter.one("school")
        shared, spoilt = number < children, number == 2 * children
        for table in TABLES:
            if table in {"header", "episodes"} or shared:
                rows[table].append(_row(planter, table, child, spoilt=spoilt))
    return ["\r\n".join([",".join(TABLES[table]), *those, ""]).encode() for table, those in rows.items()]


_CELLS = {
    "SEX": "1", "DOB": "01/02/2011", "MC_DOB": "01/02/2026", "ETHNIC": "WBRI", "DECOM": "01/03/2026", "RNE": "S",
    "LS": "C2", "CIN": "N1", "PLACE": "U1", "PLACE_PROVIDER": "PR1", "DEC": "01/04/2026", "REC": "X1",
    "REASON_PLACE_CHANGE": "OTHER", "MISSING": "M", "MIS_START": "02/03/2026", "MIS_END": "03/03/2026",
    "DUC": "01/02/2029",
}  # fmt: skip


def _row(planter: Planter, table: str, child: str, *, spoilt: bool) -> str:
    coded = {} if spoilt else _CELLS
    cells = {column: coded.get(column) or planter.one("postcode") for column in TABLES[table]}
    return ",".join((cells | {"CHILD": child}).values())


def unreadable(planter: Planter) -> Iterator[bytes]:
    """Files of which nothing can be read, or not all; some may be reports of missing children."""
    yield f'{{"event": "ChildMissing", "location": {{"last_seen": "{planter.one()}"}}'.encode()
    yield f'{{"event": "ChildMissing"}}\n{{"event": "ChildMissing", "key": "{planter.one()}"'.encode()
    yield f"To whom it may concern: a child is missing, {planter.one()}.".encode()
    yield f"{planter.one()};{planter.one()}\n".encode("utf-16")
    yield f'{{"missing child": "{planter.one()}", "missing child": "{planter.one()}"}}'.encode()
    yield b"\xff" + planter.one().encode() + b"\x00"
