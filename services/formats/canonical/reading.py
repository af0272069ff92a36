"""Read one canonical document strictly: itself, or every problem in it with its JSON path, and no value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache

from pydantic import ValidationError

from services.core.codes import PoliceCircumstance
from services.core.facts import FACTS, ChildMissing, LocationDisclosed, ParentsContacted, PoliceContact
from services.core.statements import LocationKey, Problem, ProblemReason
from services.formats.canonical.documents import Document, HubRecord, SubjectClaims, field_names, models
from services.formats.cut import looks_missing
from services.formats.strict import INDEX, CutDocument, Wrong, as_json, problems_of, wrongs_of

# What a missing report can do without: if nothing else is wrong, it is said without these, and they are listed.
_CAN_DO_WITHOUT = frozenset({"subject", "location", "narrative", "role", "occurred_at", "in_answer_to"})
_SECTIONS = {
    "subject": frozenset(SubjectClaims.model_fields),
    "fact": frozenset(field.name for field in fields(ChildMissing)),
    "location": frozenset(key.value for key in LocationKey),
}
_ABOUT_NOBODY_TOO = frozenset({LocationDisclosed.__name__, ParentsContacted.__name__})


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


def other_child(read: Read) -> Read:
    """A document that names another child than its record does."""
    return _unread(read.place, [(("source",), ProblemReason.MALFORMED)])


@cache
def _field_names() -> frozenset[str]:
    return field_names()


def _validated(place: CutDocument, document: Mapping[str, object]) -> Read:
    event = document.get("event")
    model = models().get(event) if isinstance(event, str) else None
    if model is None:
        return _unread(place, [(("event",), ProblemReason.UNKNOWN_CODE)])
    text = as_json(document)
    if text is None:
        return _unread(place, [((), ProblemReason.MALFORMED)])
    try:
        read = model.model_validate_json(text)
    except ValidationError as error:
        return _unread(place, wrongs_of(error))
    contradictions = list(_contradictions(read))
    return _unread(place, contradictions) if contradictions else Read(place, read)


def _unread(place: CutDocument, wrongs: list[Wrong]) -> Read:
    return Read(place, None, problems_of(place, wrongs, _field_names(), _may_report_missing))


def _contradictions(document: Document) -> Iterator[Wrong]:
    """What each field allows and the document as a whole does not."""
    fact = vars(document.fact)
    if fact.get("episode") and fact.get("episode_key"):
        yield ("fact", "episode_key"), ProblemReason.MALFORMED
    if "enquirer_handle" in fact:
        yield from _enquirers(document)
    if isinstance(document.source, HubRecord):
        if document.subject != SubjectClaims():
            yield ("subject",), ProblemReason.MALFORMED
        if document.source.subject_id == fact.get("other"):
            yield ("fact", "other"), ProblemReason.MALFORMED


def _enquirers(document: Document) -> Iterator[Wrong]:
    """An adult is named once: by the agency's own reference, or by the handle that the hub shows."""
    named = [name for name in ("enquirer", "enquirer_handle") if getattr(document.fact, name) is not None]
    if len(named) > 1:
        yield ("fact", "enquirer_handle"), ProblemReason.MALFORMED
    if not named and document.event not in _ABOUT_NOBODY_TOO:
        yield ("fact", "enquirer"), ProblemReason.MISSING_FIELD


def _spared(document: Mapping[str, object], problems: tuple[Problem, ...]) -> dict[str, object]:
    """The document without its parts in which something is wrong, as far as a missing report can spare them."""
    wrong = {INDEX.sub("", problem.column or "") for problem in problems}
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
    text = as_json(document)
    return event == ChildMissing.__name__ or text is None or looks_missing(text)
