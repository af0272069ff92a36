"""Whatever bytes come, a connector and a processor answer: no crash, no value in an answer, no place in an event."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.codes import OrganisationKind, Sector
from services.core.sharing import Decision, Edge, share
from services.core.statements import Opened
from services.formats.catalogue import READS, cut_files, read
from services.formats.fhir.resources import Entry
from services.formats.fhir.sealing import sealed_of
from tests.formats.agency_forms import NAMES, form
from tests.formats.documents import EVENTS, KEYS, RECEIVED, example, record
from tests.formats.fhir.messages import message, resource
from tests.formats.returns import a_return

RETURN = a_return(
    header=["1,2,01/01/2010,AOTH,U1,,", "2,1,01/01/2011,AOTH,U2,,"],
    episodes=["1,05/01/2026,S,C2,N8,U1,PR1,,X1,,AA1 1AA,BB2 2BB,URN1"],
    missing=["1,01/01/2010,M,03/02/2026,", "2,01/01/2011,A,04/02/2026,05/02/2026"],
    uasc=["1,2,01/01/2010,01/01/2028"],
)
FORMS = {f"{name}/1": form(name) for name in NAMES} | {"fhir-message/4": message()}
READ_BY = {each.name: sector for sector in Sector for each in READS[sector] if each.name in FORMS}
SPEAKING = {
    Sector.POLICE: OrganisationKind.POLICE_FORCE,
    Sector.UKBA: OrganisationKind.UKBA,
    Sector.LOCAL_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY,
    Sector.HEALTH: OrganisationKind.HEALTH_BODY,
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def answered(content: list[bytes], sector: Sector = Sector.LOCAL_AUTHORITY) -> None:
    """Everything that a connector and then a processor do with files; every record gets one of the three answers."""
    for part in cut_files(sector, content):
        for found in part.cut.records:
            sent = json.loads(json.dumps(found))
            decide(part.cut.format, sent)


def as_record(document: dict[str, Any]) -> dict[str, Any]:
    """A record as `cut_documents` makes it of one document of a form."""
    return {"documents": [{"table": "referral", "row": 1, "document": document}]}


def decide(form: str, said: dict[str, Any]) -> Decision:
    sector = READ_BY.get(form, Sector.LOCAL_AUTHORITY)
    opened = Opened(form, "O", SPEAKING[sector], RECEIVED, said)
    outcome = share(read(sector, opened), Edge(KEYS, sector, RECEIVED))
    assert outcome.decision is not Decision.HELD_BACK or not outcome.events
    return outcome.decision


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(content: bytes) -> None:
    answered([content])


@settings(max_examples=300)
@given(st.sampled_from(range(4)), st.integers(0, 400), st.binary(max_size=3), st.integers(0, 3))
def test_any_bytes_inside_a_return_are_answered(table: int, at: int, inserted: bytes, dropped: int) -> None:
    files = list(RETURN)
    files[table] = files[table][:at] + inserted + files[table][at + dropped :]
    answered(files)


@settings(max_examples=300)
@given(st.sampled_from(EVENTS), st.integers(0, 900), st.binary(max_size=3), st.integers(0, 3))
def test_any_bytes_inside_a_document_are_answered(event: str, at: int, inserted: bytes, dropped: int) -> None:
    content = json.dumps(example(event)).encode()
    answered([content[:at] + inserted + content[at + dropped :]])


@settings(max_examples=300)
@given(st.sampled_from(sorted(FORMS)), st.integers(0, 3000), st.binary(max_size=3), st.integers(0, 3))
def test_any_bytes_inside_a_form_are_answered(name: str, at: int, inserted: bytes, dropped: int) -> None:
    content = json.dumps(FORMS[name]).encode()
    answered([content[:at] + inserted + content[at + dropped :]], READ_BY[name])


@settings(max_examples=300)
@given(json_values, st.sampled_from(sorted(FORMS)), st.data())
def test_any_json_in_a_field_of_a_form_is_answered(value: Any, name: str, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(FORMS[name])))
    decide(name, as_record(FORMS[name] | {field: value}))


@settings(max_examples=300)
@given(json_values, st.integers(0, 8), st.data())
def test_any_json_in_a_resource_is_answered(value: Any, number: int, data: st.DataObject) -> None:
    said = message()
    changed = said["entry"][number]["resource"]
    changed[data.draw(st.sampled_from([*sorted(changed), "name", "code", "subject", "extension"]))] = value
    decide("fhir-message/4", as_record(said))


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_with_its_every_text_made_longest_is_answered(name: str) -> None:
    def longest(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: longest(inner) for key, inner in value.items()}
        return [longest(inner) for inner in value] if isinstance(value, list) else "\U0001f600" * 20_000

    assert decide(name, as_record(FORMS[name] | longest(FORMS[name]))) is Decision.REFUSED


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_nested_as_deeply_as_json_can_be_read_is_answered(name: str) -> None:
    deep = orjson.loads(b'{"a":' * 900 + b"0" + b"}" * 900)

    assert decide(name, as_record(FORMS[name] | {"narrative": deep})) is Decision.REFUSED


def test_a_long_name_of_a_resource_is_not_repeated_before_each_of_its_texts() -> None:
    entry = Entry(resource={"resourceType": "x" * 100_000, "note": ["a"] * 1_000})

    _, narrative = sealed_of([entry], frozenset())

    assert len(narrative) < 200_000


def test_all_that_a_patient_may_claim_fits_a_shared_event() -> None:
    said = message()
    names = [{"given": ["\u10d0" * 80] * 2, "family": "\u10d0" * 80}] * 20
    resource(said, "Patient").update(name=names, identifier=resource(said, "Patient")["identifier"][:1] * 20)
    opened = Opened("fhir-message/4", "O", OrganisationKind.HEALTH_BODY, RECEIVED, as_record(said))
    (event,) = share(read(Sector.HEALTH, opened), Edge(KEYS, Sector.HEALTH, RECEIVED)).events
    assert len(str(event.subject).encode()) < 24 * 1024


@given(json_values, st.sampled_from(["ssda903", "lantern/1", "unknown", *sorted(FORMS)]))
def test_any_json_as_a_record_is_answered(value: Any, form: str) -> None:
    decide(form, {"unreadable": value})
    decide(form, {"child": "1", "rows": value})
    decide(form, {"documents": value})
    decide(form, value if isinstance(value, dict) else {})


@given(
    json_values, st.sampled_from(["key", "source", "subject", "fact", "location", "occurred_at", "event", "narrative"])
)
def test_any_json_in_a_field_is_answered(value: Any, field: str) -> None:
    for event in ("ChildMissing", "KinshipClaimed"):
        decide("lantern/1", record(example(event, **{field: value})))


@given(json_values, st.sampled_from(["table", "row", "cells", "faults"]))
def test_any_json_in_a_row_is_answered(value: Any, field: str) -> None:
    row = {"table": "missing", "row": 2, "cells": {"CHILD": "1"}, "faults": {}, field: value}
    decide("ssda903", {"child": "1", "rows": [row]})


@pytest.mark.parametrize("depth", [300, 5000])
def test_deeply_nested_json_in_a_record_is_answered(depth: int) -> None:
    nested: Any = "x"
    for _ in range(depth):
        nested = [nested]
    assert (
        decide("lantern/1", record(example("ReferralMade", zz=None, fact__deep=None) | {"fact": nested}))
        is Decision.REFUSED
    )


def test_text_that_is_not_unicode_is_answered() -> None:
    assert decide("lantern/1", record(example("ReferralMade") | {"narrative": "\ud800"})) is Decision.REFUSED
    row = {"table": "missing", "row": 2, "cells": {"CHILD": "\ud800"}, "faults": {}}
    assert decide("ssda903", {"child": "\ud800", "rows": [row]}) is Decision.REFUSED
