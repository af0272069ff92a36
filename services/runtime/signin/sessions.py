"""Who is signed in, in the service's own tables: a browser holds a random secret, the tables its hash.

Who it is and their identity token are sealed under that secret: whoever reads or alters the tables can neither take a
session nor give anybody another role.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from services.core.codes import OrganisationKind, Sector
from services.core.rights import Person, PersonRole
from services.runtime.database import Connection
from services.runtime.signin.provider import Request

TABLES = """
-- Sign-ins under way: taken away by the first answer, whatever it is.
CREATE TABLE signins (
    secret_hash bytea       PRIMARY KEY,
    state       text        NOT NULL,
    nonce       text        NOT NULL,
    verifier    text        NOT NULL,
    anew        bool        NOT NULL,
    next_path   text        NOT NULL,
    began_at    timestamptz NOT NULL
);
CREATE TABLE sessions (
    secret_hash bytea       PRIMARY KEY,
    person      text        NOT NULL,
    sealed      bytea       NOT NULL,
    began_at    timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person)
"""
"""What a migration of each service that people sign in to makes."""

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
PENDING = timedelta(minutes=10)
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way: what was asked, whether who they are had to be shown anew, and where to go afterwards."""

    asked: Request = field(repr=False)
    anew: bool
    next_path: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A session that is alive."""

    person: Person
    token: str = field(repr=False)
    authenticated_at: datetime
    began_at: datetime
    seen_at: datetime


def new_secret() -> str:
    """256 random bits for a browser to hold."""
    return secrets.token_urlsafe(32)


def alive(began_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a session still is: used in the last half hour, and begun in the last twelve."""
    return now - seen_at < IDLE and now - began_at < ABSOLUTE


async def begin_sign_in(connection: Connection, secret: str, pending: Pending) -> None:
    """Remember a sign-in, and forget those that nobody came back from."""
    asked = pending.asked
    await connection.execute("DELETE FROM signins WHERE began_at <= %s", [pending.began_at - PENDING])
    await connection.execute(
        "INSERT INTO signins VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [_hash(secret), asked.state, asked.nonce, asked.verifier, pending.anew, pending.next_path, pending.began_at],
    )


async def take_sign_in(connection: Connection, secret: str, now: datetime) -> Pending | None:
    """The sign-in that this browser began, once; None when there is none or it took too long."""
    found = await connection.execute(
        "DELETE FROM signins WHERE secret_hash = %s RETURNING state, nonce, verifier, anew, next_path, began_at",
        [_hash(secret)],
    )
    row = await found.fetchone()
    if row is None or now - row[5] >= PENDING:
        return None
    return Pending(Request(*row[:3]), *row[3:])


async def begin(connection: Connection, secret: str, held: Held) -> None:
    """Begin a session, and forget those that have ended."""
    await connection.execute(
        "DELETE FROM sessions WHERE seen_at <= %s OR began_at <= %s", [held.began_at - IDLE, held.began_at - ABSOLUTE]
    )
    sealed = _box(secret).encrypt(_text(held))
    await connection.execute(
        "INSERT INTO sessions VALUES (%s, %s, %s, %s, %s)",
        [_hash(secret), held.person.handle, sealed, held.began_at, held.seen_at],
    )


async def find(connection: Connection, secret: str, now: datetime) -> Held | None:
    """The session of this browser if it is alive; somebody did something, so it lives on."""
    held = (await find_all(connection, [secret], now))[secret]
    if held is not None and now - held.seen_at >= _NOTED_EVERY:
        await connection.execute("UPDATE sessions SET seen_at = %s WHERE secret_hash = %s", [now, _hash(secret)])
    return held


async def find_all(connection: Connection, secrets: Collection[str], now: datetime) -> dict[str, Held | None]:
    """Of each of these browsers the session, if it is alive; that it is looked for keeps none alive."""
    by_hash = {_hash(secret): secret for secret in secrets}
    found = await connection.execute(
        "SELECT secret_hash, sealed, began_at, seen_at FROM sessions WHERE secret_hash = ANY(%b::bytea[])",
        [list(by_hash)],
    )
    held = dict[str, Held | None].fromkeys(by_hash.values())
    for hashed, sealed, began_at, seen_at in await found.fetchall():
        if alive(began_at, seen_at, now):
            secret = by_hash[hashed]
            held[secret] = _held(secret, sealed, began_at, seen_at)
    return held


async def end(connection: Connection, secret: str) -> None:
    """End the session of this browser; without one, nothing is done."""
    await connection.execute("DELETE FROM sessions WHERE secret_hash = %s", [_hash(secret)])


async def end_all(connection: Connection, handle: str) -> int:
    """End every session of one person, who left or lost a device; gives how many there were."""
    return (await connection.execute("DELETE FROM sessions WHERE person = %s", [handle])).rowcount


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _box(secret: str) -> SecretBox:
    return SecretBox(
        hashlib.blake2b(secret.encode(), digest_size=SecretBox.KEY_SIZE, person=b"lantern-session").digest()
    )


def _text(held: Held) -> bytes:
    said = {"token": held.token, "authenticated_at": held.authenticated_at.isoformat(), **asdict(held.person)}
    return json.dumps(said).encode()


def _held(secret: str, sealed: bytes, began_at: datetime, seen_at: datetime) -> Held | None:
    """A row that somebody altered is no session, nor is one of an earlier version whose words are no longer known."""
    try:
        said = json.loads(_box(secret).decrypt(sealed))
        person = _person(said)
    except (CryptoError, ValueError, KeyError):
        return None
    return Held(person, said["token"], datetime.fromisoformat(said["authenticated_at"]), began_at, seen_at)


def _person(said: Mapping[str, str]) -> Person:
    kind, sector = OrganisationKind(said["kind"]), Sector(said["sector"])
    return Person(said["handle"], PersonRole(said["role"]), said["organisation"], kind, sector)
