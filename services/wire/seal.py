"""Sealing: whoever holds a reader's public key can write what that reader alone can open (design section 6).

One sealed box carries the key of a batch; each record is AES-256-GCM-SIV under it, with a nonce of its own, padded
before it is sealed so that its length says little, and bound to its key, its purpose and what it belongs to.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from nacl.bindings import sodium_pad
from nacl.public import PublicKey as NaclPublicKey
from nacl.public import SealedBox

from services.core.errors import Misconfigured, Unavailable
from services.core.weeks import MalformedKeyId, to_seal_with

KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed record as it stands on a topic: lantern.SealedRecord."""

    key_id: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A reader's public half: 32 bytes of X25519, and the name of the pair."""

    key_id: str
    key: bytes


class NoCurrentKey(Unavailable):
    """The reader has published no key for this week: nothing was sealed; start its service, and look at the clocks."""


class BatchSealer:
    """Seals the records of one batch, to one reader, under one key."""

    def __init__(self, public: PublicKey) -> None:
        key = AESGCMSIV.generate_key(KEY_BYTES * 8)
        self._key_id = public.key_id
        self._wrapped_key = SealedBox(NaclPublicKey(public.key)).encrypt(key)
        self._cipher = AESGCMSIV(key)

    def seal(self, plaintext: bytes, purpose: str, reference: str) -> Envelope:
        """Opens only for the same purpose and reference."""
        nonce = os.urandom(NONCE_BYTES)
        bound = associated_data(self._key_id, purpose, reference)
        ciphertext = self._cipher.encrypt(nonce, sodium_pad(plaintext, BLOCK_BYTES), bound)
        return Envelope(self._key_id, self._wrapped_key, nonce, ciphertext)


def sealed_record(envelope: Envelope) -> dict[str, str | bytes]:
    """The lantern.SealedRecord of an envelope."""
    return {
        "key_id": envelope.key_id,
        "wrapped_key": envelope.wrapped_key,
        "nonce": envelope.nonce,
        "ciphertext": envelope.ciphertext,
    }


def associated_data(key_id: str, purpose: str, reference: str) -> bytes:
    """What a sealed record is bound to, in an encoding that no two triples share."""
    return json.dumps([key_id, purpose, reference]).encode()


def public_key_of(folder: Path, owner: str, now: datetime) -> PublicKey:
    """The public key to seal with now to `owner`, among those that stand in `folder`/<owner>/.

    Raises:
        NoCurrentKey: none may be used: its owner was down for too long, or the clock is wrong.
        Misconfigured: a file there is not a public key.
    """
    published = {path.stem: path for path in (folder / owner).glob("*.json")}
    try:
        name = to_seal_with(published, now)
    except MalformedKeyId:
        raise Misconfigured(f"Among the published keys of {owner} one is not named after its week.") from None
    if name is None:
        raise NoCurrentKey
    return load_public_key(published[name])


def load_public_key(path: Path) -> PublicKey:
    """A public key as its owner published it: {"key_id": ..., "public_key": base64}; the file is named after the pair.

    Raises:
        Misconfigured: the file is missing, is not a public key, or has another pair's name.
    """
    try:
        published = json.loads(path.read_text("utf-8"))
        key = base64.b64decode(published["public_key"], validate=True)
        key_id = published["key_id"]
    except (OSError, ValueError, TypeError, KeyError, binascii.Error):
        raise Misconfigured(f"{path.name} is not a published public key: nothing can be sealed to its owner.") from None
    if len(key) != KEY_BYTES or key_id != path.stem:
        raise Misconfigured(
            f"{path.name} does not hold an X25519 key and its name: nothing can be sealed to its owner."
        )
    return PublicKey(key_id, key)
