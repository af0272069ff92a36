"""Read one canonical document strictly: itself, or every problem in it with its JSON path, and no value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.core.codes import PoliceCircumstance
from services.core.facts import FACTS, ChildMissing, LocationDisclosed, ParentsContacted, PoliceContact
from services.core.statements import LocationKey, Problem, ProblemReason
from services.formats.canonical.documents import Document, HubRecord, SubjectClaims, field_names, models
from services.formats.cut import MAX_RECORD_ITEMS, MAX_ROW, REASONS, TABLE, looks_missing

# What a missing report can do without: if nothing else is wrong, it is said without these, and they are listed.
_CAN_DO_WITHOUT = frozenset({"subject", "location", "narrative", "role", "occurred_at", "in_answer_to"})
_SECTIONS = {
    "subject": frozenset(SubjectClaims.model_fields),
    "fact": frozenset(field.name for field in fields(ChildMissing)),
    "location": frozenset(key.value for key in LocationKey),
}
_ABOUT_NOBODY_TOO = frozenset({LocationDisclosed.__name__, ParentsContacted.__name__})
_INDEX = re.compile(r"\[[0-9]+\]")
_OF_PYDANTIC = {
    "missing": ProblemReason.MISSING_FIELD,
    "extra_forbidden": ProblemReason.UNKNOWN_FIELD,
    "enum": ProblemReason.UNKNOWN_CODE,
    "literal_error": ProblemReason.UNKNOWN_CODE,
    "string_too_long": ProblemReason.TOO_LONG,
    "too_long": ProblemReason.TOO_LONG,
    **REASONS,
}
_Path = tuple[int | str, ...]


class CutDocument(BaseModel):
    """One document and where it stood, as `cut` makes it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    table: Annotated[str, Field(pattern=f"^{TABLE.pattern}$")]
    row: Annotated[int, Field(ge=1, le=MAX_ROW)]
    document: dict[str, Any]

    def problem(self, path: _Path, reason: ProblemReason) -> Problem:
        return Problem(self.table, self.row, json_path(path), reason, missing_report=_may_report_missing(self.document))


class CutRecord(BaseModel):
    """One child's documents, as `cut` makes them."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    documents: Annotated[list[CutDocument], Field(min_length=1, max_length=MAX_RECORD_ITEMS)]


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one document: itself if it can be read, and its problems."""

    place: CutDocument
    document: Document | None
    problems: tuple[Problem, ...] = ()


def read_document(place: CutDocument) -> Read:
    """One document, or all that is wrong with it; a missing report as far as it can be read."""
    read = _validated(place, place.document)
    if read.document is not None or place.document.get("event") != ChildMissing.__name__:
        return read
    spared = _validated(place, _spared(place.document, read.problems)).document
    if spared is None:
        return read
    return Read(place, spared, tuple(replace(problem, missing_report=False) for problem in read.problems))


def json_path(path: _Path) -> str | None:
    """Where in a document, as "subject.names[0].text"; a word that is not a field's name is a value, and left out."""
    known = (part for part in path if isinstance(part, int) or part in _field_names())
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in known)
    return text.removeprefix(".") or None


@cache
def _field_names() -> frozenset[str]:
    return field_names()


def _validated(place: CutDocument, document: Mapping[str, object]) -> Read:
    event = document.get("event")
    model = models().get(event) if isinstance(event, str) else None
    if model is None:
        return Read(place, None, (place.problem(("event",), ProblemReason.UNKNOWN_CODE),))
    text = _json(document)
    if text is None:
        return Read(place, None, (place.problem((), ProblemReason.MALFORMED),))
    try:
        read = model.model_validate_json(text)
    except ValidationError as error:
        wrongs = error.errors(include_url=False, include_context=False, include_input=False)
        return Read(place, None, tuple(_problem(place, wrong["loc"], wrong["type"]) for wrong in wrongs))
    contradictions = tuple(place.problem(path, reason) for path, reason in _contradictions(read))
    return Read(place, None if contradictions else read, contradictions)


def _problem(place: CutDocument, path: _Path, pydantic_type: str) -> Problem:
    return place.problem(path, _OF_PYDANTIC.get(pydantic_type, ProblemReason.MALFORMED))


def _contradictions(document: Document) -> Iterator[tuple[_Path, ProblemReason]]:
    """What each field allows and the document as a whole does not."""
    fact = document.fact
    if getattr(fact, "episode", None) and getattr(fact, "episode_key", None):
        yield ("fact", "episode_key"), ProblemReason.MALFORMED
    if hasattr(fact, "enquirer_handle"):
        yield from _enquirers(document)
    if isinstance(document.source, HubRecord):
        if document.subject != SubjectClaims():
            yield ("subject",), ProblemReason.MALFORMED
        if document.source.subject_id == getattr(fact, "other", None):
            yield ("fact", "other"), ProblemReason.MALFORMED


def _enquirers(document: Document) -> Iterator[tuple[_Path, ProblemReason]]:
    """An adult is named once: by the agency's own reference, or by the handle that the hub shows."""
    named = [name for name in ("enquirer", "enquirer_handle") if getattr(document.fact, name) is not None]
    if len(named) > 1:
        yield ("fact", "enquirer_handle"), ProblemReason.MALFORMED
    if not named and document.event not in _ABOUT_NOBODY_TOO:
        yield ("fact", "enquirer"), ProblemReason.MISSING_FIELD


def _spared(document: Mapping[str, object], problems: tuple[Problem, ...]) -> dict[str, object]:
    """The document without its parts in which something is wrong, as far as a missing report can spare them."""
    wrong = {_INDEX.sub("", problem.column or "") for problem in problems}
    spared: dict[str, object] = {"occurred_at": None}
    for name, value in document.items():
        if name in _SECTIONS and isinstance(value, dict):
            spared[name] = {
                key: item
                for key, item in value.items()
                if key in _SECTIONS[name] and not _under(f"{name}.{key}", wrong)
            }
        elif name in Document.model_fields and name not in wrong & _CAN_DO_WITHOUT:
            spared[name] = value
    return spared


def _under(path: str, wrong: set[str]) -> bool:
    return any(column == path or column.startswith(f"{path}.") for column in wrong)


def _may_report_missing(document: Mapping[str, object]) -> bool:
    """Whether a document that cannot be read may be a missing report; another known event is one only if it says so."""
    event = document.get("event")
    if isinstance(event, str) and event in FACTS and event not in {ChildMissing.__name__, PoliceContact.__name__}:
        return False
    if event == PoliceContact.__name__:
        fact = document.get("fact")
        return isinstance(fact, dict) and fact.get("circumstance") == PoliceCircumstance.MISSING_PERSON_REFERRAL
    text = _json(document)
    return event == ChildMissing.__name__ or text is None or looks_missing(text)


def _json(document: Mapping[str, object]) -> bytes | None:
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:  # nested too deeply, or text that is not Unicode
        return None
