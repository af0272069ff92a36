"""How colleagues on duty are reached, sealed: opened when a page is sent, and told to nobody but themselves."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import LiteralString

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from nacl.bindings import sodium_pad, sodium_unpad
from pydantic import ValidationError

from services.core.errors import BrokenRule, Misconfigured
from services.core.oncall import reach
from services.oncall.reaching import Contact
from services.runtime.database import Connection, ask

CONTACTS_KEY = "contacts.key"
_KEY_BYTES, _NONCE_BYTES, _BLOCK_BYTES = 32, 12, 256
_PUT: LiteralString = """
    INSERT INTO contacts (person, ways, sealed, set_at) VALUES (%b, %b, %b, %b)
    ON CONFLICT (person) DO UPDATE SET (ways, sealed, set_at) = (excluded.ways, excluded.sealed, excluded.set_at)"""

# The last time of each rung is one look into an index; together they would be every page that ever went to them.
REACHED: LiteralString = """
    SELECT person, asked.way,
           greatest((SELECT max(at) FROM receipts
                     WHERE (went_to, receipts.way, rung) = (person, asked.way, 'delivered') AND at >= set_at),
                    (SELECT max(at) FROM receipts
                     WHERE (went_to, receipts.way, rung) = (person, asked.way, 'read') AND at >= set_at)),
           greatest((SELECT max(at) FROM receipts
                     WHERE (went_to, receipts.way, rung) = (person, asked.way, 'failed') AND at >= set_at),
                    (SELECT max(at) FROM receipts
                     WHERE (went_to, receipts.way, rung) = (person, asked.way, 'stale') AND at >= set_at))
    FROM contacts CROSS JOIN unnest(ways) WITH ORDINALITY AS asked (way, place)
    WHERE person = ANY(%b::bytea[]) ORDER BY person, place"""


class Contacts:
    """The table of contacts, under one key; each row is bound to its person."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCMSIV(secret)

    async def put(self, connection: Connection, person: str, contact: Contact, now: datetime) -> None:
        """Keep how a person (a handle) is reached, in place of what was kept before."""
        sealed = self._seal(person, contact)
        await connection.execute(_PUT, [bytes.fromhex(person), list(contact.order), sealed, now], binary=True)

    async def find(self, connection: Connection, person: str) -> Contact | None:
        """How a person is reached; None where nobody has said.

        Raises:
            BrokenRule: what is kept was sealed under another key, for another person, or was altered.
        """
        found = (await self.find_all(connection, [person])).get(person)
        if isinstance(found, BrokenRule):
            raise found
        return found

    async def find_all(self, connection: Connection, people: Iterable[str]) -> dict[str, Contact | BrokenRule]:
        """How each of these people is reached, where somebody has said; or that it does not open."""
        asked: LiteralString = "SELECT person, sealed FROM contacts WHERE person = ANY(%b::bytea[])"
        [rows] = await ask(connection, (asked, [[bytes.fromhex(person) for person in people]]))
        return {person.hex(): self._open(person.hex(), sealed) for person, sealed in rows}

    async def forget(self, connection: Connection, person: str) -> bool:
        """Destroy how a person is reached; False where nothing was kept."""
        cursor = await connection.execute("DELETE FROM contacts WHERE person = %b", [bytes.fromhex(person)])
        return cursor.rowcount > 0

    def _seal(self, person: str, contact: Contact) -> bytes:
        nonce, text = os.urandom(_NONCE_BYTES), orjson.dumps(contact.spelt())
        return nonce + self._cipher.encrypt(nonce, sodium_pad(text, _BLOCK_BYTES), bytes.fromhex(person))

    def _open(self, person: str, sealed: bytes) -> Contact | BrokenRule:
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = self._cipher.decrypt(nonce, ciphertext, bytes.fromhex(person))
            return Contact.model_validate_json(sodium_unpad(plain, _BLOCK_BYTES))
        except (InvalidTag, ValidationError, ValueError):
            return BrokenRule("A colleague's contact does not open under this service's contacts.key.")


def read_contacts_key(folder: Path) -> Contacts:
    """Read the key from the service's folder of keys.

    Raises:
        Misconfigured: it is missing, or is none.
    """
    try:
        secret = (folder / CONTACTS_KEY).read_bytes()
    except OSError:
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise Misconfigured(f"The file {CONTACTS_KEY} of this service's keys is missing or has another length.")
    return Contacts(secret)


async def contacts_of(connection: Connection, people: Iterable[str]) -> dict[str, tuple[reach.Contact, ...]]:
    """By which ways each of these people is reached, when each was last proved to work and when it last failed."""
    named = [bytes.fromhex(person) for person in people]
    cursor = await connection.execute(REACHED, [named], binary=True)
    found: dict[str, tuple[reach.Contact, ...]] = {person.hex(): () for person in named}
    for person, way, verified_at, failed_at in await cursor.fetchall():
        found[person.hex()] += (reach.Contact(way, verified_at, failed_at),)
    return found
