"""Core values and Avro records are each other's mirror."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from services.core.case import fold
from services.core.codes import MissingKind
from services.core.errors import Unreadable, UnreadableBytes
from services.core.events import Event
from services.core.facts import ChildMissing
from services.wire.avro import Schemas
from services.wire.records import fact_of, from_record, record_of, state_record, to_record, value_of
from services.wire.seal import Envelope
from tests.builders import entry
from tests.wire.strategies import events


@given(event=events())
def test_an_event_comes_back_from_the_wire_as_it_went(schemas: Schemas, event: Event) -> None:
    name, record = schemas.decode(schemas.encode(event.type, to_record(event)))
    assert (name, from_record(name, record)) == (event.type, event)


@given(event=events())
def test_the_fact_alone_is_the_event_s_fact(event: Event) -> None:
    assert fact_of(event.type, to_record(event)) == event.fact


def malformed(event: Event, *path: str, value: Any) -> dict[str, Any]:
    record = to_record(event)
    place: Any = record
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return record


@given(event=events())
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("head", "subject_id"), "not an id"),
        (("head", "event_id"), "0" * 31),
        (("head", "fact_id"), "0" * 33),
        (("head", "org"), "0" * 31 + "G"),
        (("head", "caused_by"), ""),
        (("head", "sector"), "unknown"),
        (("head", "role"), "king"),
        (("head", "recorded_at"), datetime(2026, 1, 1)),  # noqa: DTZ001 - a naive time is what is refused
        (("subject", "sex"), "x"),
        (("subject", "identifiers"), [{"scheme": "unknown", "value": "1", "status": "claimed"}]),
    ],
)
def test_what_the_core_has_no_word_for_is_refused(event: Event, path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(UnreadableBytes) as caught:
        from_record(event.type, malformed(event, *path, value=value))
    assert caught.value.reason is Unreadable.UNKNOWN_VALUE
    assert caught.value.__context__ is None


@given(event=events())
def test_what_is_no_event_is_refused(event: Event) -> None:
    with pytest.raises(UnreadableBytes) as caught:
        from_record("SealedFact", to_record(event))
    assert caught.value.reason is Unreadable.UNEXPECTED_SCHEMA


def test_an_envelope_is_a_record_too() -> None:
    envelope = Envelope("vault-2026W10", b"wrapped", b"nonce", b"ciphertext")
    assert value_of(Envelope, record_of(envelope)) == envelope


def test_a_case_state_is_written_with_its_open_episodes(schemas: Schemas) -> None:
    missing = entry(ChildMissing(MissingKind.MISSING), of_fact=7, occurred_at=datetime(2026, 3, 1, tzinfo=UTC))
    update = {
        "case_id": missing.subject_id,
        "version": 1,
        "known_at": missing.known_at,
        "subjects": [],
        "state": state_record(fold([missing])),
        "entries": [],
        "said_again": [],
    }
    _, read = schemas.decode(schemas.encode("CaseUpdated", update))
    assert read["state"]["status"] == "missing"
    assert read["state"]["open_episodes"] == [
        {"episode": missing.fact_id, "since": missing.occurred_at, "kind": "missing"}
    ]
