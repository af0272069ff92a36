"""How the vault keeps a content: under a data key of its own, which a key-encryption key wraps (design 6.2).

Destroying a wrapped key erases one content; destroying a key-encryption key erases every copy of what it alone wrapped.
"""

import contextlib
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
CURRENT_KEK, DIGEST_KEY = "kek.key", "digest.key"
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
        data_key, locked_under = self.unwrap(locked, *binding)
        bound = b"content" + _joined(locked_under, *binding)
        return sodium_unpad(_opened(AESGCMSIV(data_key), locked.ciphertext, bound), _BLOCK_BYTES)

    def rewrap(self, old: "KeyEncryptionKey", locked: Locked, *binding: str | bytes) -> Locked:
        """Wrap under this key the data key that `old` wraps; the content itself is neither opened nor changed.

        Raises:
            BrokenRule: another key, another binding, or altered bytes.
        """
        data_key, locked_under = old.unwrap(locked, *binding)
        bound = b"data key" + _joined(self.key_id, *binding)
        # The content stays bound to the key under which it was locked first, so that key's name travels along.
        return Locked(self.key_id, _encrypt(self._cipher, data_key + locked_under.encode(), bound), locked.ciphertext)

    def unwrap(self, locked: Locked, *binding: str | bytes) -> tuple[bytes, str]:
        """The data key, and the name of the key under which its content was locked first."""
        opened = _opened(self._cipher, locked.wrapped_key, b"data key" + _joined(self.key_id, *binding))
        return opened[:KEY_BYTES], opened[KEY_BYTES:].decode("ascii") or self.key_id


class Keyring:
    """The key-encryption key that is in use, and those before it of which the store may still have need."""

    def __init__(self, current: KeyEncryptionKey, *older: KeyEncryptionKey) -> None:
        self.turn_to(current, *older)

    def turn_to(self, current: KeyEncryptionKey, *older: KeyEncryptionKey) -> None:
        """Hold these keys from now on, and lock under the first one."""
        self.current = current
        self._by_id = {key.key_id: key for key in (*older, current)}

    @property
    def ids(self) -> frozenset[str]:
        """The names of all keys."""
        return frozenset(self._by_id)

    @property
    def older(self) -> frozenset[str]:
        """The names of all keys but the current one."""
        return frozenset(self._by_id.keys() - {self.current.key_id})

    def lock(self, plaintext: bytes, *binding: str | bytes) -> Locked:
        """Encrypt under a new data key; only the same `binding`, in the same order, opens it again."""
        return self.current.lock(plaintext, *binding)

    def unlock(self, locked: Locked, *binding: str | bytes) -> bytes:
        """Decrypt with the key that the content names.

        Raises:
            BrokenRule: that key is not there, another binding, or altered bytes.
        """
        return self._wrapping(locked).unlock(locked, *binding)

    def rewrap(self, locked: Locked, *binding: str | bytes) -> Locked:
        """The same content, its data key wrapped under the current key.

        Raises:
            BrokenRule: the key that wraps it is not there, another binding, or altered bytes.
        """
        return self.current.rewrap(self._wrapping(locked), locked, *binding)

    def _wrapping(self, locked: Locked) -> KeyEncryptionKey:
        key = self._by_id.get(locked.kek_id)
        if key is None:
            raise BrokenRule(f"A content of the vault needs the key-encryption key {locked.kek_id}: restore its file.")
        return key


class DigestKey:
    """Tells equal contents of one field of one fact apart from others, without keeping them readable."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.key_id = hmac.digest(secret, b"lantern digest key", hashlib.sha256)[:8].hex()

    def digest(self, plaintext: bytes, *binding: str) -> bytes:
        """32 bytes; the same content of another fact has another digest."""
        return hmac.digest(self._secret, _joined(*binding, plaintext), hashlib.sha256)


def load_vault_keys(folder: Path) -> tuple[Keyring, DigestKey]:
    """Read kek.key and the older kek.<id>.key, and digest.key, 32 bytes each, from the vault's own folder of keys.

    Raises:
        Misconfigured: a file is missing, has another size or holds another key than it says.
    """
    return load_keyring(folder), DigestKey(read_key(folder / DIGEST_KEY))


def load_keyring(folder: Path) -> Keyring:
    """Read the key-encryption keys alone; raises Misconfigured as `load_vault_keys` does."""
    return Keyring(*load_keks(folder))


def load_keks(folder: Path) -> tuple[KeyEncryptionKey, ...]:
    """The current key-encryption key, and the older ones behind it; raises Misconfigured."""
    current = KeyEncryptionKey(read_key(folder / CURRENT_KEK))
    older = [KeyEncryptionKey(read_key(path)) for path in sorted(folder.glob("kek.*.key"))]
    if wrong := {key.key_id for key in older} ^ {path.name.split(".")[1] for path in folder.glob("kek.*.key")}:
        raise Misconfigured(f"The vault's key files kek.<id>.key do not hold the keys {sorted(wrong)}: restore them.")
    return current, *older


def read_key(path: Path) -> bytes:
    """Read a file of 32 bytes.

    Raises:
        Misconfigured: it is missing or has another size.
    """
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


def _opened(cipher: AESGCMSIV, sealed: bytes, bound: bytes) -> bytes:
    # Raised outside of the handler: an error that remembers another keeps hold of what its frames held.
    with contextlib.suppress(InvalidTag):
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    raise BrokenRule("A content of the vault does not open with its own key: it was moved or altered.")


def _joined(*parts: str | bytes) -> bytes:
    whole = b""
    for part in parts:
        text = part.encode() if isinstance(part, str) else part
        whole += len(text).to_bytes(8, "big") + text
    return whole
