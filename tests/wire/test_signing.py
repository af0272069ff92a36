"""A signature holds for one agency, topic, key and value, and for nothing else."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from services.core.authority import may_come_from
from services.core.codes import Sector
from services.core.errors import Misconfigured, Unreadable, UnreadableBytes
from services.core.events import Event
from services.core.facts import WorkerAllocated
from services.wire import signing
from services.wire.avro import Schemas
from services.wire.records import from_record, to_record
from services.wire.signing import HEADER, SIGNED, SignedMessage, Signer, Verifier, load_signer, load_verifier
from services.wire.topics import topic_of
from tests.core.enquiries import said
from tests.schemas.examples import EXAMPLES, frame_of
from tests.wire.strategies import events

PRIVATE = {sector: bytes([number] * 32) for number, sector in enumerate(Sector, 1)}


def public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


VERIFIER = Verifier({sector: public(private) for sector, private in PRIVATE.items()})
of_signed_topics = events().filter(lambda event: topic_of(event.type) in SIGNED)
signed_events = of_signed_topics.filter(lambda event: may_come_from(event.head.sector, event.fact))
usurped_events = of_signed_topics.filter(lambda event: not may_come_from(event.head.sector, event.fact))


def message(schemas: Schemas, event: Event, by: Sector | None = None) -> SignedMessage:
    """An event as the processor of its sector, or another's, puts it on its topic."""
    topic, key = topic_of(event.type), event.head.subject_id.encode()
    value = schemas.encode(event.type, to_record(event))
    return SignedMessage(topic, key, value, Signer(PRIVATE[by or event.head.sector]).headers(topic, key, value))


def refused(schemas: Schemas, said: SignedMessage) -> bool:
    try:
        VERIFIER.event(said, schemas)
    except UnreadableBytes:
        return True
    return False


@given(event=signed_events)
def test_what_its_own_processor_signed_is_believed(schemas: Schemas, event: Event) -> None:
    assert VERIFIER.event(message(schemas, event), schemas) == event


@given(event=usurped_events)
def test_what_is_another_agencys_to_say_is_not_believed_of_a_processor_whatever_it_signs(
    schemas: Schemas, event: Event
) -> None:
    assert refused(schemas, message(schemas, event))


def test_without_its_guard_a_processor_that_was_taken_over_could_give_any_child_s_case_to_anybody(
    schemas: Schemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_away = said(WorkerAllocated("ee" * 16), 1, 1, sector=Sector.HEALTH).event
    assert refused(schemas, message(schemas, given_away))
    monkeypatch.setattr(signing, "may_come_from", lambda *_: True)
    assert VERIFIER.event(message(schemas, given_away), schemas) == given_away


@given(event=signed_events, by=st.sampled_from(Sector))
def test_no_agency_speaks_in_anothers_name(schemas: Schemas, event: Event, by: Sector) -> None:
    assume(by is not event.head.sector)
    with pytest.raises(UnreadableBytes) as caught:
        VERIFIER.event(message(schemas, event, by), schemas)
    assert caught.value.reason is Unreadable.NOT_AUTHENTIC


@given(event=signed_events, place=st.integers(0), bit=st.integers(0, 7))
def test_a_changed_bit_of_the_value_is_found(schemas: Schemas, event: Event, place: int, bit: int) -> None:
    said = message(schemas, event)
    spoilt = bytearray(said.value)
    spoilt[place % len(spoilt)] ^= 1 << bit
    assert refused(schemas, replace(said, value=bytes(spoilt)))


@given(event=signed_events, other=st.sampled_from(sorted(SIGNED)))
def test_a_message_moved_to_another_topic_is_found(schemas: Schemas, event: Event, other: str) -> None:
    said = message(schemas, event)
    assume(other != said.topic)
    assert refused(schemas, replace(said, topic=other))


@given(event=signed_events, key=st.binary(max_size=40))
def test_a_message_moved_under_another_child_is_found(schemas: Schemas, event: Event, key: bytes) -> None:
    said = message(schemas, event)
    assume(key != said.key)
    assert refused(schemas, replace(said, key=key))


@given(event=signed_events, moved=signed_events)
def test_a_signature_of_one_event_is_none_of_another(schemas: Schemas, event: Event, moved: Event) -> None:
    one, other = message(schemas, event), message(schemas, moved)
    assume(one.value != other.value)
    assert refused(schemas, replace(one, headers=other.headers))


@given(event=signed_events)
def test_a_message_signed_not_at_all_or_twice_is_refused(schemas: Schemas, event: Event) -> None:
    said = message(schemas, event)
    (signature,) = said.headers
    assert refused(schemas, replace(said, headers=()))
    assert refused(schemas, replace(said, headers=(signature, signature)))
    assert refused(schemas, replace(said, headers=((HEADER, b""),)))


@given(event=signed_events)
def test_what_is_not_exactly_one_signature_is_refused(schemas: Schemas, event: Event) -> None:
    said = message(schemas, event)
    ((_, signature),) = said.headers
    without_value = cast("bytes", None)  # Kafka has headers without one
    for value in (without_value, signature[:-1], signature + b"\0", signature + said.value, bytes(64)):
        assert refused(schemas, replace(said, headers=((HEADER, value),)))


def test_a_processor_signs_exactly_what_the_gates_judge_from() -> None:
    signer = Signer(PRIVATE[Sector.POLICE])
    assert all(signer.headers(topic, b"key", b"value") for topic in SIGNED)
    assert signer.headers("referrals.v1", b"key", b"value") == ()


def test_no_two_messages_are_signed_as_the_same() -> None:
    signer = Signer(PRIVATE[Sector.POLICE])
    topic, other = "case-links.v1", "kinship-claims.v1"
    signatures = [signer.headers(*said) for said in ((topic, b"ab", b"c"), (topic, b"a", b"bc"), (other, b"ab", b"c"))]
    assert len(set(signatures)) == len(signatures)


@given(event=signed_events)
def test_an_agency_whose_key_is_not_known_is_not_believed(schemas: Schemas, event: Event) -> None:
    with pytest.raises(UnreadableBytes):
        Verifier({}).event(message(schemas, event), schemas)


def test_a_signer_and_a_verifier_are_read_from_their_files(tmp_path: Path, schemas: Schemas) -> None:
    path = next(path for path in EXAMPLES if path.parent.name == "VerificationRevoked.v1")
    said = message(schemas, from_record(*schemas.decode(frame_of(schemas, path))))
    private = PRIVATE[Sector.LOCAL_AUTHORITY]
    key = base64.b64encode(public(private)).decode()
    (tmp_path / "signing.key").write_bytes(private)
    (tmp_path / "local_authority.signing.json").write_text(json.dumps({"public_key": key}))

    headers = load_signer(tmp_path).headers(said.topic, said.key, said.value)

    event = load_verifier(tmp_path, [Sector.LOCAL_AUTHORITY]).event(replace(said, headers=headers), schemas)
    assert event.type == "VerificationRevoked"


@pytest.mark.parametrize("content", [None, b"", b"short", b"x" * 33])
def test_a_signing_key_of_another_shape_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "signing.key").write_bytes(content)
    with pytest.raises(Misconfigured):
        load_signer(tmp_path)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"public_key": 1}', '{"public_key": "AAAA"}'])
def test_a_public_key_of_another_shape_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "police.signing.json").write_text(content)
    with pytest.raises(Misconfigured):
        load_verifier(tmp_path, [Sector.POLICE])
