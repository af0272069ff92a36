"""Opening what was sealed: an import contract lets only the vault and the processors' intake in."""

import base64
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from nacl.bindings import sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey as NaclPrivateKey
from nacl.public import SealedBox

from services.core.errors import Misconfigured, Unreadable, UnreadableBytes
from services.wire.seal import BLOCK_BYTES, KEY_BYTES, Envelope, associated_data

BATCHES_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A reader's private half: 32 bytes of X25519, and the name of the pair; it never shows itself."""

    key_id: str
    key: bytes = field(repr=False)


def load_private_keys(folder: Path) -> tuple[PrivateKey, ...]:
    """Every private key in its owner's folder: <key_id>.json, {"key_id": ..., "private_key": base64}; weeks overlap.

    Raises:
        Misconfigured: there is none, or a file is not a private key.
    """
    keys = tuple(load_private_key(path) for path in sorted(folder.glob("*.json")))
    if not keys:
        raise Misconfigured("There is no private key in the folder of this service: nothing could be opened.")
    return keys


def load_private_key(path: Path) -> PrivateKey:
    """A private key as its owner holds it; the file is named after the pair.

    Raises:
        Misconfigured: the file is missing, is not a private key, or has another pair's name.
    """
    try:
        held = json.loads(path.read_text("utf-8"))
        private = PrivateKey(held["key_id"], base64.b64decode(held["private_key"], validate=True))
    except (OSError, ValueError, TypeError, KeyError):
        raise Misconfigured(f"{path.name} in the folder of private keys is not a private key.") from None
    if len(private.key) != KEY_BYTES or private.key_id != path.stem:
        raise Misconfigured(f"{path.name} does not hold an X25519 private key of that name.")
    return private


class Opener:
    """Opens what was sealed to any of the given keys, and remembers the latest batches' keys."""

    def __init__(self, *privates: PrivateKey) -> None:
        self._boxes = {private.key_id: SealedBox(NaclPrivateKey(private.key)) for private in privates}
        self._ciphers: OrderedDict[tuple[str, bytes], AESGCMSIV] = OrderedDict()

    def open(self, envelope: Envelope, purpose: str, reference: str) -> bytes:
        """The plaintext of one record.

        Raises:
            UnreadableBytes: it was sealed to another key, for another purpose or reference, or was altered.
        """
        cipher = self._cipher(envelope.key_id, envelope.wrapped_key)
        bound = associated_data(envelope.key_id, purpose, reference)
        try:
            padded = cipher.decrypt(envelope.nonce, envelope.ciphertext, bound)
            plaintext: bytes = sodium_unpad(padded, BLOCK_BYTES)
        except (InvalidTag, ValueError, CryptoError):
            failure = UnreadableBytes(Unreadable.NOT_AUTHENTIC)
        else:
            return plaintext
        raise failure

    def _cipher(self, key_id: str, wrapped_key: bytes) -> AESGCMSIV:
        name = (key_id, wrapped_key)
        if name not in self._ciphers:
            self._ciphers[name] = self._unwrapped(key_id, wrapped_key)
            if len(self._ciphers) > BATCHES_REMEMBERED:
                self._ciphers.popitem(last=False)
        self._ciphers.move_to_end(name)
        return self._ciphers[name]

    def _unwrapped(self, key_id: str, wrapped_key: bytes) -> AESGCMSIV:
        box = self._boxes.get(key_id)
        if box is None:
            raise UnreadableBytes(Unreadable.OTHER_KEY)
        try:
            return AESGCMSIV(box.decrypt(wrapped_key))
        except (CryptoError, ValueError, TypeError):
            failure = UnreadableBytes(Unreadable.NOT_AUTHENTIC)
        raise failure
