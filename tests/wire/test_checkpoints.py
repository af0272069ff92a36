"""A checkpoint is believed only as its service has signed it."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.core.audit import Checkpoint
from services.core.errors import Misconfigured
from services.wire.avro import Schemas
from services.wire.checkpoints import NAME, NotSigned, Signer, load_public_key, load_signer, verified
from services.wire.envelope import checkpoint_headers
from services.wire.signing import public_file

SECRET = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SECRET).public_key()
HEAD = Checkpoint("vault", f"{7:032x}", 41, bytes(32), datetime(2026, 11, 24, 9, 30, 0, 123456, tzinfo=UTC))
SIGNED = Signer(SECRET).record(HEAD)

checkpoints = st.builds(
    Checkpoint,
    st.text(max_size=20),
    st.text(max_size=40),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
)


@given(checkpoints)
def test_what_a_service_signed_is_believed_after_the_way_through_kafka(schemas: Schemas, head: Checkpoint) -> None:
    _, record = schemas.decode(schemas.encode(NAME, Signer(SECRET).record(head)), (NAME,))
    assert verified(record, PUBLIC) == head


CHANGES: list[tuple[str, Any]] = [
    ("service", "casefeed"),
    ("chain", f"{8:032x}"),
    ("number", 42),
    ("hash", bytes(31) + b"\x01"),
    ("at", HEAD.at.replace(microsecond=0)),
    ("signature", bytes(64)),
    ("signature", b""),
    ("number", -(2**80)),
]


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_what_was_changed_after_it_was_signed_is_not_believed(field: str, value: object) -> None:
    with pytest.raises(NotSigned):
        verified({**SIGNED, field: value}, PUBLIC)


@pytest.mark.parametrize("field", SIGNED)
def test_what_is_not_there_is_not_believed(field: str) -> None:
    with pytest.raises(NotSigned):
        verified({name: value for name, value in SIGNED.items() if name != field}, PUBLIC)


def test_the_word_of_another_service_is_not_believed() -> None:
    with pytest.raises(NotSigned):
        verified(SIGNED, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())


def test_a_key_signs_what_its_public_half_verifies(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_bytes(SECRET)
    half = {"public_key": base64.b64encode(PUBLIC.public_bytes_raw()).decode()}
    (tmp_path / public_file("vault")).write_text(json.dumps(half))
    record = load_signer(tmp_path).record(HEAD)
    assert verified(record, load_public_key(tmp_path, "vault")) == HEAD


@pytest.mark.parametrize("content", [None, b"", bytes(31), bytes(33)])
def test_a_key_file_that_is_none_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "signing.key").write_bytes(content)
    with pytest.raises(Misconfigured, match=r"signing\.key is missing or is not 32 bytes"):
        load_signer(tmp_path)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"public_key": "AA=="}', '{"public_key": 1}'])
def test_a_public_key_that_is_none_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / public_file("vault")).write_text(content)
    with pytest.raises(Misconfigured, match=r"vault\.signing\.json is not a public signing key"):
        load_public_key(tmp_path, "vault")


def test_a_checkpoint_s_headers_are_cloudevents() -> None:
    told = dict(checkpoint_headers(HEAD.service, HEAD.chain, HEAD.number, HEAD.at))
    assert (told["ce_type"], told["ce_source"]) == (b"lantern.AuditCheckpoint", b"/lantern/vault")
    later = dict(checkpoint_headers(HEAD.service, HEAD.chain, HEAD.number, HEAD.at.replace(year=2027)))
    assert told["ce_id"] != later["ce_id"]
