"""What is sealed opens for its reader alone, for its purpose and reference alone."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey as NaclPrivateKey

from services.core.errors import Misconfigured, Unreadable, UnreadableBytes
from services.wire.opening import BATCHES_REMEMBERED, Opener, PrivateKey
from services.wire.seal import BLOCK_BYTES, BatchSealer, Envelope, NoCurrentKey, PublicKey, public_key_of

PURPOSE, REFERENCE = "sealed_fact", "0" * 32
SOME = b"an address"
IN_WEEK_10 = datetime(2026, 3, 4, tzinfo=UTC)


def pair(key_id: str) -> tuple[PublicKey, PrivateKey]:
    private = NaclPrivateKey.generate()
    return PublicKey(key_id, bytes(private.public_key)), PrivateKey(key_id, bytes(private))


PUBLIC, PRIVATE = pair("vault-2026W10")


def refused(opener: Opener, envelope: Envelope, purpose: str = PURPOSE, reference: str = REFERENCE) -> Unreadable:
    with pytest.raises(UnreadableBytes) as caught:
        opener.open(envelope, purpose, reference)
    assert caught.value.__context__ is None
    return caught.value.reason


def with_part(envelope: Envelope, part: str, value: bytes) -> Envelope:
    changes: dict[str, Any] = {part: value}
    return replace(envelope, **changes)


@given(texts=st.lists(st.binary(max_size=3000), min_size=1, max_size=5), purpose=st.text(), reference=st.text())
def test_every_record_of_a_batch_opens_as_it_was(texts: list[bytes], purpose: str, reference: str) -> None:
    sealer, opener = BatchSealer(PUBLIC), Opener(PRIVATE)
    envelopes = [sealer.seal(text, purpose, reference) for text in texts]
    assert [opener.open(envelope, purpose, reference) for envelope in envelopes] == texts


@given(text=st.binary(max_size=1023), other=st.binary(max_size=1023))
def test_texts_of_different_lengths_are_sealed_at_one_length(text: bytes, other: bytes) -> None:
    sealer = BatchSealer(PUBLIC)
    lengths = {len(sealer.seal(one, PURPOSE, REFERENCE).ciphertext) for one in (text, other)}
    assert len(lengths) == 1


def test_a_sealed_text_is_a_block_and_a_tag_however_short() -> None:
    assert len(BatchSealer(PUBLIC).seal(b"", PURPOSE, REFERENCE).ciphertext) == BLOCK_BYTES + 16


def test_the_same_text_sealed_twice_looks_different() -> None:
    sealer = BatchSealer(PUBLIC)
    first, second = (sealer.seal(SOME, PURPOSE, REFERENCE) for _ in range(2))
    assert first.nonce != second.nonce
    assert first.ciphertext != second.ciphertext


@pytest.mark.parametrize(("purpose", "reference"), [("intake", REFERENCE), (PURPOSE, "1" * 32), (REFERENCE, PURPOSE)])
def test_a_record_moved_to_another_place_does_not_open(purpose: str, reference: str) -> None:
    envelope = BatchSealer(PUBLIC).seal(SOME, PURPOSE, REFERENCE)
    assert refused(Opener(PRIVATE), envelope, purpose, reference) is Unreadable.NOT_AUTHENTIC


def test_another_reader_s_key_does_not_open_it() -> None:
    envelope = BatchSealer(PUBLIC).seal(SOME, PURPOSE, REFERENCE)
    assert refused(Opener(pair("police-2026W10")[1]), envelope) is Unreadable.OTHER_KEY


def test_another_key_under_the_same_name_does_not_open_it() -> None:
    envelope = BatchSealer(PUBLIC).seal(SOME, PURPOSE, REFERENCE)
    assert refused(Opener(pair(PUBLIC.key_id)[1]), envelope) is Unreadable.NOT_AUTHENTIC


def test_last_week_s_key_still_opens_last_week_s_records() -> None:
    new_public, new_private = pair("vault-2026W11")
    opener = Opener(PRIVATE, new_private)
    envelopes = [BatchSealer(public).seal(SOME, PURPOSE, REFERENCE) for public in (PUBLIC, new_public)]
    assert [opener.open(envelope, PURPOSE, REFERENCE) for envelope in envelopes] == [SOME, SOME]


@given(
    part=st.sampled_from(["wrapped_key", "nonce", "ciphertext"]),
    place=st.integers(0, 2**16),
    flip=st.integers(1, 255),
)
def test_an_altered_byte_is_noticed(part: str, place: int, flip: int) -> None:
    envelope = BatchSealer(PUBLIC).seal(SOME, PURPOSE, REFERENCE)
    altered = bytearray(getattr(envelope, part))
    altered[place % len(altered)] ^= flip
    assert refused(Opener(PRIVATE), with_part(envelope, part, bytes(altered))) is Unreadable.NOT_AUTHENTIC


@given(part=st.sampled_from(["wrapped_key", "nonce", "ciphertext"]), junk=st.binary(max_size=200))
def test_any_bytes_in_an_envelope_are_refused_and_nothing_else(part: str, junk: bytes) -> None:
    envelope = BatchSealer(PUBLIC).seal(SOME, PURPOSE, REFERENCE)
    assert refused(Opener(PRIVATE), with_part(envelope, part, junk)) is Unreadable.NOT_AUTHENTIC


def test_an_opener_forgets_old_batches_and_still_opens_them() -> None:
    opener = Opener(PRIVATE)
    envelopes = [BatchSealer(PUBLIC).seal(SOME, PURPOSE, REFERENCE) for _ in range(BATCHES_REMEMBERED + 2)]
    assert {opener.open(envelope, PURPOSE, REFERENCE) for envelope in (*envelopes, envelopes[0])} == {SOME}


def test_a_private_key_does_not_show_itself() -> None:
    assert repr(PRIVATE) == "PrivateKey(key_id='vault-2026W10')"


def publish(folder: Path, public: PublicKey, name: str | None = None) -> None:
    """Leave a public half where sealers look for those of the vault."""
    text = json.dumps({"key_id": public.key_id, "public_key": base64.b64encode(public.key).decode()})
    (folder / "vault").mkdir(exist_ok=True)
    (folder / "vault" / f"{name or public.key_id}.json").write_text(text)


def test_a_published_key_is_loaded(tmp_path: Path) -> None:
    publish(tmp_path, PUBLIC)
    assert public_key_of(tmp_path, "vault", IN_WEEK_10) == PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "\xff",
        '{"key_id": "vault-2026W10", "public_key": "***"}',
        '{"key_id": "vault-2026W10", "public_key": "AAAA"}',
        '{"key_id": "vault-2026W10", "public_key": 3}',
        f'{{"key_id": 3, "public_key": "{base64.b64encode(bytes(32)).decode()}"}}',
        f'{{"key_id": "vault-2026W09", "public_key": "{base64.b64encode(bytes(32)).decode()}"}}',
    ],
)
def test_a_file_that_is_no_published_key_of_its_name_stops_the_sealer(tmp_path: Path, text: str) -> None:
    publish(tmp_path, PUBLIC)
    (tmp_path / "vault" / f"{PUBLIC.key_id}.json").write_text(text, "latin-1")
    with pytest.raises(Misconfigured, match=r"vault-2026W10\.json"):
        public_key_of(tmp_path, "vault", IN_WEEK_10)


def test_a_sealer_takes_the_key_of_the_week_and_not_the_next_one(tmp_path: Path) -> None:
    following = pair("vault-2026W11")[0]
    publish(tmp_path, PUBLIC)
    publish(tmp_path, following)
    assert public_key_of(tmp_path, "vault", IN_WEEK_10) == PUBLIC
    assert public_key_of(tmp_path, "vault", IN_WEEK_10 + timedelta(days=7)) == following


def test_without_a_newer_key_the_last_one_serves_a_week_longer_and_then_nothing_is_sealed(tmp_path: Path) -> None:
    publish(tmp_path, PUBLIC)
    assert public_key_of(tmp_path, "vault", IN_WEEK_10 + timedelta(days=7)) == PUBLIC
    with pytest.raises(NoCurrentKey):
        public_key_of(tmp_path, "vault", IN_WEEK_10 + timedelta(days=14))


def test_nothing_is_sealed_to_an_owner_who_never_published(tmp_path: Path) -> None:
    with pytest.raises(NoCurrentKey):
        public_key_of(tmp_path, "vault", IN_WEEK_10)


def test_a_published_file_that_names_no_week_stops_the_sealer(tmp_path: Path) -> None:
    publish(tmp_path, PUBLIC, "latest")
    with pytest.raises(Misconfigured, match="vault"):
        public_key_of(tmp_path, "vault", IN_WEEK_10)
