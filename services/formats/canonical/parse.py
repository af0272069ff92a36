"""Say in the core's words what one child's canonical documents say; each document stands or falls on its own."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from pydantic import ValidationError

from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.codes import Precision
from services.core.facts import FACTS, Fact, KinshipClaimed
from services.core.ids import EventId, SubjectId
from services.core.statements import LocationKey, Opened, Problem, ProblemReason, Record, Statement
from services.formats.canonical.documents import (
    BY_TOKEN_ALONE,
    NAME,
    Document,
    HubRecord,
    IdentifierClaim,
    OwnChild,
    SubjectClaims,
)
from services.formats.canonical.reading import Read, other_child, read_document
from services.formats.canonical.values import standard_identifier
from services.formats.cut import nothing_read
from services.formats.strict import CutDocument, CutRecord

_PEOPLE = frozenset({"officer", "worker"})


def parse(opened: Opened) -> Record:
    """What the documents say; a record without the shape of one may have been a missing report."""
    try:
        cut = CutRecord.model_validate(opened.record)
    except ValidationError:
        return nothing_read(opened, Problem(NAME, None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True))
    found = [read_document(place) for place in cut.documents]
    source = next((read.document.source for read in found if read.document), None)
    found = [_of_the_same_child(read, source) for read in found]
    record = Record(
        opened.organisation,
        opened.organisation_kind,
        system=NAME,
        statements=tuple(_statement(read.place, read.document) for read in found if read.document),
        problems=tuple(problem for read in found for problem in read.problems),
    )
    return _of(record, source)


def _of_the_same_child(read: Read, source: OwnChild | HubRecord | None) -> Read:
    if read.document is None or read.document.source == source:
        return read
    return other_child(read)


def _of(record: Record, source: OwnChild | HubRecord | None) -> Record:
    match source:
        case OwnChild(system=system, child=child):
            own = {"system": system, "child": child}
            return replace(record, system=system, source_id=child, sealed_identifiers=own)
        case HubRecord(subject_id=subject_id, system=system):
            return replace(record, system=system or NAME, subject_id=SubjectId(subject_id))
        case None:
            return record


def _statement(place: CutDocument, document: Document) -> Statement:
    occurred_at, precision = when(document.occurred_at)
    location = {key.value: text for key, text in document.location.items()}
    said = vars(document.fact)
    people = {name: said[name] for name in _PEOPLE & said.keys()}
    return Statement(
        fact=_fact(document),
        natural_key=document.key,
        occurred_at=occurred_at,
        precision=precision,
        recorded_at=document.recorded_at,
        role=document.role,
        table=place.table,
        row=place.row,
        subject=subject_of_claims(document.subject),
        episode_key=said.get("episode_key"),
        enquirer_reference=said.get("enquirer"),
        people={name: subject for name, subject in people.items() if subject},
        in_answer_to=EventId(document.in_answer_to) if document.in_answer_to else None,
        location=location | _claimant(document),
        narrative=document.narrative,
    )


def _claimant(document: Document) -> dict[str, str]:
    """Whoever took a claim finds the adult again by its own reference; what is said of them later repeats it not."""
    if document.event != KinshipClaimed.__name__:
        return {}
    return {LocationKey.ENQUIRER_REFERENCE.value: document.fact.enquirer}


def when(occurred_at: date | None) -> tuple[datetime | None, Precision]:
    """A day or instant as the core has it, and how exactly it is known."""
    if occurred_at is None:
        return None, Precision.UNKNOWN
    if isinstance(occurred_at, datetime):
        return occurred_at, Precision.INSTANT
    return datetime(occurred_at.year, occurred_at.month, occurred_at.day, tzinfo=UTC), Precision.DAY


def _fact(document: Document) -> Fact:
    """The coded fact; references of adults and people are left out, for only their keyed handles are shared."""
    kind, given = FACTS[document.event], vars(document.fact)
    said: dict[str, Any] = {name: given[name] for name in _told_of(document.event)}
    said |= dict.fromkeys(said.keys() & _PEOPLE, "")
    if "enquirer" in said:
        said["enquirer"] = given.get("enquirer_handle") or ("" if given["enquirer"] else None)
    return kind(**said)


@cache
def _told_of(event: str) -> frozenset[str]:
    return frozenset(field.name for field in fields(FACTS[event])) - BY_TOKEN_ALONE


def subject_of_claims(claims: SubjectClaims) -> Subject:
    """The claims in the core's words, identifiers in the one form in which they are compared."""
    return Subject(
        identifiers=tuple(_identifier(claim) for claim in claims.identifiers),
        names=tuple(Name(claim.text, claim.kind, claim.status) for claim in claims.names),
        dates_of_birth=tuple(BirthDate(claim.value, claim.status) for claim in claims.dates_of_birth),
        sex=claims.sex,
        nationalities=claims.nationalities,
        languages=claims.languages,
    )


def _identifier(claim: IdentifierClaim) -> Identifier:
    return Identifier(claim.scheme, standard_identifier(claim.scheme, claim.value) or "", claim.status)
