"""A processor's signature over what the gates judge from: who wrote it is proven, and that it stands where it was put.

Ed25519 (RFC 8032) by the agency's own key over topic, key and value, in a header of the message; the vault believes
nothing of these topics that it has not verified itself (design section 6.3).
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from services.core.authority import may_come_from
from services.core.codes import Sector
from services.core.errors import Misconfigured, Unreadable, UnreadableBytes
from services.core.events import Event
from services.wire.avro import Schemas
from services.wire.entries import event_of
from services.wire.topics import CASE_LINKS, KINSHIP_CLAIMS, MISSING_CHILDREN, SAFEGUARDING, topic_of

HEADER = "lantern-signature"
SIGNED = frozenset({KINSHIP_CLAIMS, SAFEGUARDING, CASE_LINKS, MISSING_CHILDREN})
"""The topics whose events are signed."""

SIGNING_KEY = "signing.key"
KEY_BYTES, SIGNATURE_BYTES = 32, 64
_DOMAIN = b"lantern-signature-1"


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message as it stands on a topic."""

    topic: str
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]


class Signer:
    """Signs in one agency's name; shows its private key to nobody."""

    def __init__(self, private: bytes) -> None:
        self._key = SigningKey(private)

    def headers(self, topic: str, key: bytes, value: bytes) -> tuple[tuple[str, bytes], ...]:
        """What a message must bear besides: its signature, if its topic is one of those that are signed."""
        return ((HEADER, self._key.sign(_signed(topic, key, value)).signature),) if topic in SIGNED else ()


class Verifier:
    """Knows each agency's public key."""

    def __init__(self, publics: Mapping[Sector, bytes]) -> None:
        self._keys = {sector: VerifyKey(public) for sector, public in publics.items()}

    def event(self, message: SignedMessage, schemas: Schemas) -> Event:
        """The event of a message that the processor of the agency it names has signed, for this topic and this child.

        A processor that somebody has taken over speaks for its own agency alone: what that agency may not say is not
        believed from it either (¶5.65).

        Raises:
            UnreadableBytes: it is no event, is not signed so, is another agency's to say, or is not at its own place.
        """
        event = event_of(schemas, message.value)
        at_home = topic_of(event.type) == message.topic and event.head.subject_id.encode() == message.key
        sector = event.head.sector
        if not at_home or not may_come_from(sector, event.fact) or not self._is_signed(sector, message):
            raise UnreadableBytes(Unreadable.NOT_AUTHENTIC)
        return event

    def _is_signed(self, sector: Sector, message: SignedMessage) -> bool:
        """Exactly one signature, and that one good: of two nobody could say which one counts."""
        signatures = [value for name, value in message.headers if name == HEADER]
        key = self._keys.get(sector)
        # Of a header without a value the library would take the signature from what is signed.
        if key is None or len(signatures) != 1 or len(signatures[0] or b"") != SIGNATURE_BYTES:
            return False
        try:
            key.verify(_signed(message.topic, message.key, message.value), signatures[0])
        except BadSignatureError:
            return False
        return True


def load_signer(folder: Path) -> Signer:
    """Read an agency's private signing key from the folder of its keys.

    Raises:
        Misconfigured: it is missing or has another length.
    """
    return Signer(load_private(folder))


def load_verifier(folder: Path, sectors: Iterable[Sector] = Sector) -> Verifier:
    """Read the agencies' public signing keys.

    Raises:
        Misconfigured: one is missing or is no Ed25519 public key; that agency's facts would count for nothing.
    """
    return Verifier({sector: load_public(folder, sector.value) for sector in sectors})


def load_private(folder: Path) -> bytes:
    """Read a private signing key, 32 bytes, from its owner's own folder of keys.

    Raises:
        Misconfigured: it is missing or has another length.
    """
    try:
        key = (folder / SIGNING_KEY).read_bytes()
    except OSError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Misconfigured(f"{SIGNING_KEY} is missing or is not {KEY_BYTES} bytes: nothing could be signed.")
    return key


def load_public(folder: Path, owner: str) -> bytes:
    """Read a public signing key, 32 bytes, from everybody's folder: <owner>.signing.json, {"public_key": base64}.

    Raises:
        Misconfigured: it is missing or is no Ed25519 public key.
    """
    path = folder / public_file(owner)
    try:
        key = base64.b64decode(json.loads(path.read_text("utf-8"))["public_key"], validate=True)
    except (OSError, ValueError, TypeError, KeyError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise Misconfigured(f"{path.name} is not a public signing key: nothing that its owner signs could be believed.")
    return key


def public_file(owner: str) -> str:
    """The name of the file in which an owner's public half is published."""
    return f"{owner}.signing.json"


def _signed(topic: str, key: bytes, value: bytes) -> bytes:
    """What is signed: the three parts, each with its length before it, so that no other three read the same."""
    parts = (_DOMAIN, topic.encode(), key, value)
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
