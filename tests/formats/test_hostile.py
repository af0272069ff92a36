"""Whatever bytes come, a connector and a processor answer: no crash, no value in an answer, no place in an event."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.codes import OrganisationKind, Sector
from services.core.sharing import Decision, Edge, share
from services.core.statements import Opened
from services.formats.catalogue import cut_files, read
from tests.formats.documents import EVENTS, KEYS, RECEIVED, example, record
from tests.formats.returns import a_return

RETURN = a_return(
    header=["1,2,01/01/2010,AOTH,U1,,", "2,1,01/01/2011,AOTH,U2,,"],
    episodes=["1,05/01/2026,S,C2,N8,U1,PR1,,X1,,AA1 1AA,BB2 2BB,URN1"],
    missing=["1,01/01/2010,M,03/02/2026,", "2,01/01/2011,A,04/02/2026,05/02/2026"],
    uasc=["1,2,01/01/2010,01/01/2028"],
)
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


def decide(form: str, said: dict[str, Any]) -> Decision:
    sector = Sector.LOCAL_AUTHORITY
    opened = Opened(form, "O", OrganisationKind.LOCAL_AUTHORITY, RECEIVED, said)
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


@given(json_values, st.sampled_from(["ssda903", "lantern/1", "unknown"]))
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
