"""The schemas say what the core's declarations say: field by field, symbol by symbol."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from services.core.case import EMPTY, CaseStatus, visible
from services.core.claims import Subject
from services.core.codes import MissingKind, Purpose, SealedField, Sector, YesNo
from services.core.events import Head
from services.core.facts import FACTS, Fact
from services.core.indicators import Indicator
from services.core.matching.proposals import ProposedBy
from services.core.oncall.alerts import AlertKind, AlertReason, Answer, Happening, Severity
from services.core.oncall.pages import Way
from services.core.radar import PatternKind
from services.core.reasons import Reason
from services.core.statements import Problem
from services.vault.announcing import Waits
from services.wire.records import state_record
from services.wire.seal import Envelope
from tests.schemas.rules import Source

# These lists are closed in the core. `unknown` stands for a symbol that an older reader has never heard of: none
# of ours may write it, and the hub refuses to read it.
RESERVED = {"Sector": {"unknown"}, "IdentifierScheme": {"unknown"}, "Reason": {"unknown"}, "Way": {"unknown"}}
PLAIN = {str: "string", int: "long", bool: "boolean", bytes: "bytes", datetime: "timestamp-micros", date: "date"}

SAFE_ANSWERS = {
    "AccountArea": "unknown",
    "AgencyCheck": "unknown",
    "AlertKind": "missing",
    "AlertReason": "reported_missing",
    "Answer": "enquiries_continue",
    "Asked": "other",
    "CaseStatus": "missing",
    "Channel": "other",
    "ClaimStatus": "unverified",
    "Concern": "other",
    "Connection": "other",
    "Documents": "unknown",
    "Finding": "undecided",
    "FoundHow": "unverified",
    "Happening": "opened_again",
    "HealthSetting": "unknown",
    "IdentifierScheme": "unknown",
    "IdentityEvidence": "other",
    "Indicator": "other",
    "Interpreter": "unknown",
    "LinkGround": "other",
    "LinkVerdict": "ask",
    "MissingKind": "missing",
    "NameKind": "unknown",
    "Outcome": "refused",
    "ParentsSay": "unknown",
    "PatternKind": "unknown",
    "PoliceCircumstance": "other",
    "Precision": "unknown",
    "ProblemReason": "unreadable_record",
    "ProposedBy": "unknown",
    "Purpose": "unknown",
    "Reason": "unknown",
    "ReferralDecision": "undecided",
    "RelationshipEvidence": "other",
    "RevocationReason": "other",
    "RiskDecision": "undecided",
    "Role": "unverified",
    "SealedField": "location",
    "Section47Outcome": "undecided",
    "Sector": "unknown",
    "SeenBy": "unknown",
    "Setting": "unknown",
    "Severity": "critical",
    "Sex": "unknown",
    "ThreatKind": "other",
    "Waits": "second_person",
    "Way": "unknown",
    "YesNo": "unknown",
}


def as_declared(hint: Any) -> Any:
    """The shape of a core type: a word, or its kind with what it is made of."""
    hint = getattr(hint, "__supertype__", hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "enum", hint.__name__, {member.value for member in hint} | RESERVED.get(hint.__name__, set())
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return "record", hint.__name__, [(field.name, as_declared(hints[field.name])) for field in fields(hint)]
    inner = next(arg for arg in get_args(hint) if arg not in {NoneType, Ellipsis})
    return "array" if get_origin(hint) is tuple else "optional", as_declared(inner)


def as_published(kind: Any, known: dict[str, Any]) -> Any:
    """The shape of an Avro type in the same words; `known` collects named types."""
    if isinstance(kind, str):
        return known.get(kind, kind)
    if isinstance(kind, list):
        return "optional", as_published(kind[1], known)
    if kind["type"] == "array":
        return "array", as_published(kind["items"], known)
    if kind["type"] == "enum":
        known[kind["name"]] = "enum", kind["name"], set(kind["symbols"])
        return known[kind["name"]]
    if kind["type"] == "record":
        inner = [(field["name"], as_published(field["type"], known)) for field in kind["fields"]]
        known[kind["name"]] = "record", kind["name"], inner
        return known[kind["name"]]
    return kind.get("logicalType", kind["type"])


def named(sources: Mapping[str, Source], schema: str, name: str) -> Any:
    known: dict[str, Any] = {}
    as_published(sources[schema], known)
    return known[name]


@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS)
def test_an_event_is_its_head_its_subject_and_its_fact(sources: Mapping[str, Source], kind: type[Fact]) -> None:
    _, name, fact = as_declared(kind)
    expected = [("head", as_declared(Head)), ("subject", as_declared(Subject)), *fact]
    assert as_published(sources[name], {}) == ("record", name, expected)


def test_head_and_subject_are_the_same_text_in_every_event(sources: Mapping[str, Source]) -> None:
    texts = {str(sources[name]["fields"][:2]) for name in FACTS}
    assert len(texts) == 1


@pytest.mark.parametrize("schema", ["IntakeRecord", "SealedFact", "Quarantined"])
def test_what_is_sealed_stands_in_one_envelope(sources: Mapping[str, Source], schema: str) -> None:
    assert named(sources, schema, "SealedRecord")[2] == as_declared(Envelope)[2]


@pytest.mark.parametrize("schema", ["Receipt", "Quarantined"])
def test_a_problem_is_told_as_it_was_found(sources: Mapping[str, Source], schema: str) -> None:
    assert named(sources, schema, "Problem") == as_declared(Problem)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("Receipt", Reason),
        ("SealedFact", SealedField),
        ("Quarantined", Sector),
        ("CaseUpdated", CaseStatus),
        ("CaseUpdated", MissingKind),
        ("CaseUpdated", Sector),
        ("CaseUpdated", Indicator),
        ("CaseUpdated", YesNo),
        ("PatternFound", PatternKind),
        ("DecisionWaiting", Purpose),
        ("DecisionWaiting", Waits),
        ("LinkProposed", ProposedBy),
        *(("AlertHappened", kind) for kind in (AlertKind, AlertReason, Answer, Happening, Severity, Way)),
        ("DecisionAnswered", Waits),
    ],
)
def test_a_code_list_has_the_same_symbols(sources: Mapping[str, Source], schema: str, kind: type[StrEnum]) -> None:
    assert named(sources, schema, kind.__name__) == as_declared(kind)


def test_a_case_is_published_with_everything_that_is_visible_of_it(sources: Mapping[str, Source]) -> None:
    published = [name for name, _ in named(sources, "CaseUpdated", "CaseState")[2]]
    assert published == list(visible(EMPTY)) == list(state_record(EMPTY))


def safest(sources: Mapping[str, Source]) -> Iterator[tuple[str, str]]:
    for source in sources.values():
        yield from enums(source)


def enums(kind: Any) -> Iterator[tuple[str, str]]:
    if isinstance(kind, list):
        for branch in kind:
            yield from enums(branch)
    elif isinstance(kind, Mapping):
        if kind["type"] == "enum":
            yield kind["name"], kind["default"]
        for inner in (*(field["type"] for field in kind.get("fields", ())), kind.get("items"), kind.get("values")):
            yield from enums(inner)


def test_a_reader_takes_a_word_that_it_does_not_know_for_the_safe_answer(sources: Mapping[str, Source]) -> None:
    assert dict(safest(sources)) == SAFE_ANSWERS
