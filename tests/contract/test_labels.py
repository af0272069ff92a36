"""No model, log call, metric, error or template outside the vault can hold what the schemas label a place or a tale."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

import services
from services.casefeed.views import CaseList, CaseView, FeedEntry
from services.core.codes import Sector
from services.core.facts import FACTS
from services.core.ids import CaseId
from services.core.statements import LocationKey
from services.runtime.logs import KEYS
from services.runtime.metrics import DEFINITIONS
from services.wire.avro import Schemas
from tests.contract import guards, labels

HOME = Path(__file__).resolve().parents[2]
SERVICES = guards.modules(HOME / "services")
LAYERS = {"cli", "core", "formats", "runtime", "vault", "wire"}
# The port of a service's own HTTP, a number; it is in no record.
LOGGED = {"port"}
# What a view may hold as text, and what keeps a place out of it.
MAY_HOLD_TEXT = {
    "Name.text": "letters alone: formats/canonical/values.py",
    "Identifier.value": "the form of its scheme, and no postcode, telephone or UPN: formats/canonical/values.py",
    "BirthDate.value": "a date",
    "Subject.nationalities": "codes of ISO 3166-1",
    "Subject.languages": "codes of ISO 639-1",
    "KinshipClaimed.enquirer": "a keyed handle",
    "TimelineEntry.type": "the name of an event's class",
    "FeedEntry.type": "the name of an event's class",
    "FeedRow.type": "the same",
    "FeedRow.names": "letters alone, as Name.text",
    "Refusal.error": "fixed sentences; of a question that is not understood, the names of what was wrong",
    "CaseList.next": "an id and a time, encoded",
    "AlertList.next": "the same",
    "EnquiryView.enquirer": "a keyed handle",
    "EnquirySummary.enquirer": "a keyed handle",
    "AnswerView.say": "fixed sentences: core/letters.py",
    "AnswerView.do": "fixed sentences: core/letters.py",
    "AnswerView.letter": "a fixed letter: core/letters.py",
    "PatternView.pattern_id": "a keyed id",
    "FieldVerdict.field": "the name of a field that the weights know: core/matching/weights.py",
    "FieldVerdict.level": "how far it agrees, as the weights call it",
    "Seen.who": "a keyed handle",
    "SaidView.by": "a keyed handle",
    "LinkDetail.linked_by": "keyed handles",
    "Seen.role": "a role under which people sign in",
    "WaitingView.decision_id": "an id",
    "WaitingView.waits_for": "second_person or coordinator, as its topic has it",
    "Said.next_check_at": "a time with its zone; a question, not an answer",
    "ByWay.at": "how a colleague is reached: sealed, never logged, told to themselves alone",
    "FromNotify.reference": "the key of a page; a message to us, not an answer",
    "FromNotify.status": "the same",
    "FromNotify.*": "the same; not read",
    "FromMail.message_id": "the same",
    "MemberView.person": "a keyed handle",
    "MemberView.name": "a colleague's name, in letters alone; of their own agency",
    "OfferView.handover": "a random id",
    "FlagView.sentence": "fixed sentences, times and colleagues' names: oncall/rota/words.py",
    "RefusalView.error": "fixed sentences, times, and people as the question named them; to whoever asked",
    "ProblemView.people": "handles, or people as the question named them; to whoever asked",
    "MemberDocument.sign_in": "a question; a keyed handle is made of it, and it is kept nowhere",
    "MemberDocument.name": "letters alone, by a pattern; a question",
    "OfferDocument.to": "a question, looked up among colleagues",
    "OverrideDocument.person": "a colleague, by name or handle; nobody else is published",
    "ShiftDocument.person": "the same",
    "LayerDocument.people": "the same",
    "LayerDocument.begins": "a time without a zone",
    "LayerDocument.ends": "a time without a zone",
    "WindowDocument.start": "a time of day",
    "WindowDocument.end": "a time of day",
    "RotaDocument.zone": "a name of the time zone database; no other is published",
    "OverridingDocument.zone": "the same",
    "Asked.event_ids": "ids, checked by a pattern; a question, not an answer",
    "AdoptionAsked.version": "a version of the weights; a question, not an answer",
    "AdoptionAsked.sha256": "a digest; a question, not an answer",
}
# What somebody typed, given back to them in the answer to that very form: it stands nowhere else to be shown.
GIVEN_BACK = {"services/casefeed/templates/decide.html: shows narrative"}
# Handles of people in facts are keyed like ids.
HANDLES = ("enquirer", "officer", "worker", "decision", "decided_by")


@pytest.fixture(scope="module")
def words(schemas: Schemas) -> frozenset[str]:
    return labels.secret_words({schema.name: schema.source for schema in schemas.published})


def models() -> list[type[BaseModel]]:
    """Every model of every service that speaks to people; the vault's alone may hold a location."""
    names = [found.name for found in pkgutil.walk_packages(services.__path__, "services.")]
    own = [name for name in names if name.split(".")[1] not in LAYERS and not name.endswith("__main__")]
    found = [vars(importlib.import_module(name)).values() for name in own]
    return [
        kind
        for values in found
        for kind in values
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ in own
    ]


def said_by(guard: Callable[[str], Iterator[str]], paths: Iterable[Path]) -> list[str]:
    return [f"{path.relative_to(HOME)}: {wrong}" for path in paths for wrong in guard(path.read_text("utf-8"))]


def test_the_secret_words_are_those_of_the_schemas_and_of_what_is_sealed(words: frozenset[str]) -> None:
    assert {"location", "narrative", "organisation", "postcode", "author"} <= words
    assert {key.value for key in LocationKey} <= words


def test_every_model_is_looked_at() -> None:
    assert {CaseView, CaseList, FeedEntry} <= set(models())


def test_no_view_can_hold_any_text_but_what_is_listed_with_its_reason() -> None:
    found = {path for model in models() for path in labels.texts_in(model)}
    assert found - MAY_HOLD_TEXT.keys() - _handles() == set()


def _handles() -> set[str]:
    return {f"{kind.__name__}.{name}" for kind in FACTS.values() for name in HANDLES}


def test_no_view_has_a_field_named_for_a_secret_that_could_hold_one(words: frozenset[str]) -> None:
    assert [wrong for model in models() for wrong in labels.secret_fields(model, words)] == []


def test_no_shared_fact_can_hold_a_secret(words: frozenset[str]) -> None:
    assert [wrong for kind in FACTS.values() for wrong in labels.secret_fields(kind, words)] == []
    assert {path for kind in FACTS.values() for path in labels.texts_in(kind)} <= _handles()


def test_no_key_of_the_log_is_named_for_a_secret(words: frozenset[str]) -> None:
    assert words & KEYS == LOGGED


def test_every_log_call_gives_listed_keys_and_no_secret(words: frozenset[str]) -> None:
    log_itself = HOME / "services" / "runtime" / "logs.py"
    speaking = [path for path in SERVICES if path != log_itself]
    assert said_by(lambda text: labels.loose_logging(text, KEYS, words - LOGGED), speaking) == []


def test_no_metric_is_labelled_with_more_than_a_topic_or_a_reason(words: frozenset[str]) -> None:
    assert {label for metric in DEFINITIONS for label in metric.labels} == {"topic", "reason"}
    elsewhere = [path for path in SERVICES if path != HOME / "services" / "runtime" / "metrics.py"]
    assert said_by(lambda text: labels.loose_labels(text, words), elsewhere) == []


def test_no_error_repeats_a_secret_or_what_carries_one(words: frozenset[str]) -> None:
    # What the command line and the local edition say is said to whoever sits there, of their own files and ports.
    hub = [path for path in SERVICES if "cli" not in path.parts and "local" not in path.parts]
    assert said_by(lambda text: labels.telling_errors(text, words - LOGGED), hub) == []


def test_no_template_outside_the_vault_names_a_secret(words: frozenset[str]) -> None:
    templates = [
        path
        for path in (HOME / "services").rglob("templates/**/*")
        if path.is_file() and "vault" not in path.relative_to(HOME).parts
    ]
    assert set(said_by(lambda text: labels.telling_templates(text, words), templates)) == GIVEN_BACK


def test_nobody_waits_for_longer_because_of_a_secret(words: frozenset[str]) -> None:
    asked_once = {HOME / "services" / "runtime" / "topics_admin.py"}  # the administrator's tool, no service
    paths = [path for path in SERVICES if "local" not in path.parts and path not in asked_once]
    assert said_by(lambda text: labels.slow_paths(text, words), paths) == []


def test_no_secret_is_compared_letter_by_letter() -> None:
    assert said_by(labels.timed_comparisons, SERVICES) == []


def test_no_table_has_a_column_for_a_secret_or_an_index_on_what_is_sealed(words: frozenset[str]) -> None:
    assert said_by(lambda text: labels.telling_tables(text, words), guards.modules(HOME / "infra" / "migrations")) == []


class Loose(BaseModel):
    note: str


class Shown(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case_id: CaseId
    sectors: list[Sector]
    known_at: datetime | None
    location: Literal["held sealed"]


@dataclass
class Inside:
    last: tuple[str, ...] = ()


class Deep(Shown):
    inside: list[Inside | None]


class Placed(Shown):
    school: Sector


class Anything(Shown):
    more: dict[str, Any]


@pytest.mark.parametrize(
    ("kind", "path"),
    [(Loose, "Loose.note"), (Deep, "Inside.last"), (Anything, "Anything.more"), (Loose, "Loose.*")],
)
def test_the_guard_of_models_finds_a_place_for_text(kind: type, path: str) -> None:
    assert path in set(labels.texts_in(kind))


def test_the_guard_of_models_lets_ids_codes_times_and_constants_pass(words: frozenset[str]) -> None:
    assert (list(labels.texts_in(Shown)), list(labels.secret_fields(Shown, words))) == ([], [])


def test_the_guard_of_models_finds_a_field_named_for_a_secret(words: frozenset[str]) -> None:
    assert list(labels.secret_fields(Placed, words)) == ["Placed.school"]


OFFENCES: Mapping[str, tuple[str, str]] = {
    "a log key that is not listed": ("logging", 'log.info("Read.", child=1)'),
    "a log of everything": ("logging", 'log.info("Read.", **fields)'),
    "a place under a listed key": ("logging", 'self._log.error("Read.", reason=fact.location)'),
    "a place by its key": ("logging", 'log.error("Read.", reason=held["postcode"])'),
    "a record under a listed key": ("logging", 'log.error("Read.", reason=record)'),
    "a label that is put together": ("labels", 'metrics.refused.labels(f"{reason}").inc()'),
    "a label that is worked out": ("labels", "metrics.refused.labels(str(reason)).inc()"),
    "a label with a place": ("labels", "metrics.refused.labels(said.school).inc()"),
    "a label with an organisation": ("labels", "metrics.refused.labels(reason=organisation).inc()"),
    "a metric of its own": ("labels", "from prometheus_client import Counter"),
    "an error with a value": ("errors", 'raise BadData(f"{value} is no postcode")'),
    "an error with a place": ("errors", 'raise BadData(f"nobody at {child.address}")'),
    "an answer with a record": ("errors", 'raise HTTPException(404, f"{record.name} is not here")'),
    "an answer with a place": ("errors", 'return JSONResponse({"error": f"not at {place.school}"})'),
    "a page with a place": ("templates", "<p>{{ case.placement_address }}</p>"),
    "a page with a place in a loop": ("templates", "{% for one in case.narrative %}{% endfor %}"),
    "a wait": ("waits", "time.sleep(0.1)"),
    "a wait for a child": ("waits", "await asyncio.sleep(0.1 * bool(held[child]))"),
    "a wait for a place": ("waits", "await asyncio.sleep(len(fact.location) / 1000)"),
    "a guess that is compared": ("comparisons", "return given == self._expected"),
    "a token that is compared": ("comparisons", 'if request.headers["x"] != token: pass'),
    "a column for a place": ("tables", "CREATE TABLE cases (\n  postcode text NOT NULL\n)"),
    "a column more for a place": ("tables", "ALTER TABLE cases\n  ADD COLUMN school text"),
    "an index on a place": ("tables", "CREATE INDEX by_area ON cases (lower(postcode))"),
    "an index on ciphertext": ("tables", "CREATE UNIQUE INDEX equal ON contents (ciphertext)"),
    "an index on a digest": ("tables", "CREATE INDEX equal ON contents (digest);"),
    "a page with a place by its key": ("templates", '{{ case["location"] }}'),
    "a page with a place behind a sentence": ("templates", '{{ _("Where the address is") + case.address }}'),
    "a page that lets markup through": ("templates", "{{ name | safe }}"),
}


def _guard(name: str, words: frozenset[str]) -> Callable[[str], Iterator[str]]:
    return {
        "logging": lambda text: labels.loose_logging(text, KEYS, words),
        "labels": lambda text: labels.loose_labels(text, words),
        "errors": lambda text: labels.telling_errors(text, words),
        "templates": lambda text: labels.telling_templates(text, words),
        "waits": lambda text: labels.slow_paths(text, words),
        "tables": lambda text: labels.telling_tables(text, words),
        "comparisons": labels.timed_comparisons,
    }[name]


@pytest.mark.parametrize("offence", OFFENCES)
def test_a_guard_falls_when_its_rule_is_broken(words: frozenset[str], offence: str) -> None:
    name, text = OFFENCES[offence]
    assert list(_guard(name, words)(text)) != []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("logging", 'log.error("Left out.", count=len(letters), exc_info=error)'),
        ("labels", "metrics.health_light.labels(reason.value).set(1)"),
        ("errors", 'raise Misconfigured(f"{path.name} is not {KEY_BYTES} bytes.")'),
        ("errors", 'raise HTTPException(404, "No case was known by this id at this time.")'),
        ("waits", "await asyncio.sleep(RETRY_SECONDS)"),
        ("comparisons", "return hmac.compare_digest(given, self._expected)"),
        ("tables", "CREATE TABLE cases (\n  case_id bytea\n);\nCREATE INDEX by_case ON cases (case_id);\n-- digest"),
        ("templates", "<p>{{ case.status }}</p> the location is held sealed"),
        ("templates", '<p>{{ _("No page shows a location.") }}</p>'),
    ],
)
def test_a_guard_lets_good_code_pass(words: frozenset[str], name: str, text: str) -> None:
    assert list(_guard(name, words)(text)) == []
