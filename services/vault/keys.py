"""How the vault keeps a content: under a data key of its own, which the key-encryption key wraps (design 6.2).

Destroying one wrapped key erases one content, in every backup too.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from nacl.bindings import sodium_pad, sodium_unpad

from services.core.errors import BrokenRule, Misconfigured

KEY_BYTES = 32
_NONCE_BYTES = 12
_BLOCK_BYTES = 256
"""Contents are padded to a multiple of this, so that a length tells nothing of an address."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A content as it stands in the store; both byte strings begin with their nonce."""

    kek_id: str
    wrapped_key: bytes
    ciphertext: bytes


class KeyEncryptionKey:
    """Wraps the data keys; names itself after its own bytes, so that a store tells which one it needs."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCMSIV(secret)
        self.key_id = hmac.digest(secret, b"lantern key-encryption key", hashlib.sha256)[:8].hex()

    def lock(self, plaintext: bytes, *binding: str | bytes) -> Locked:
        """Encrypt under a new data key; only the same `binding`, in the same order, opens it again."""
        data_key = os.urandom(KEY_BYTES)
        bound = _joined(self.key_id, *binding)
        return Locked(
            self.key_id,
            _encrypt(self._cipher, data_key, b"data key" + bound),
            _encrypt(AESGCMSIV(data_key), sodium_pad(plaintext, _BLOCK_BYTES), b"content" + bound),
        )

    def unlock(self, locked: Locked, *binding: str | bytes) -> bytes:
        """Decrypt what `lock` made.

        Raises:
            BrokenRule: another key, another binding, or altered bytes.
        """
        bound = _joined(locked.kek_id, *binding)
        try:
            data_key = _decrypt(self._cipher, locked.wrapped_key, b"data key" + bound)
            padded = _decrypt(AESGCMSIV(data_key), locked.ciphertext, b"content" + bound)
        except InvalidTag:
            raise BrokenRule(
                "A content of the vault does not open with its own key: it was moved or altered."
            ) from None
        return sodium_unpad(padded, _BLOCK_BYTES)


class DigestKey:
    """Tells equal contents of one field of one fact apart from others, without keeping them readable."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def digest(self, plaintext: bytes, *binding: str) -> bytes:
        """32 bytes; the same content of another fact has another digest."""
        return hmac.digest(self._secret, _joined(*binding, plaintext), hashlib.sha256)


def load_vault_keys(folder: Path) -> tuple[KeyEncryptionKey, DigestKey]:
    """Read kek.key and digest.key, 32 bytes each, from the vault's own folder of keys.

    Raises:
        Misconfigured: a file is missing or has another size.
    """
    return KeyEncryptionKey(_read(folder / "kek.key")), DigestKey(_read(folder / "digest.key"))


def _read(path: Path) -> bytes:
    try:
        secret = path.read_bytes()
    except OSError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise Misconfigured(f"The vault's key file {path.name} is missing or is not {KEY_BYTES} bytes: restore it.")
    return secret


def _encrypt(cipher: AESGCMSIV, plaintext: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plaintext, bound)


def _decrypt(cipher: AESGCMSIV, sealed: bytes, bound: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)


def _joined(*parts: str | bytes) -> bytes:
    whole = b""
    for part in parts:
        text = part.encode() if isinstance(part, str) else part
        whole += len(text).to_bytes(8, "big") + text
    return whole
