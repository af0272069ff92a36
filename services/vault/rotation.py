"""A new key-encryption key: made beside the old one, adopted by the store, given every data key, the old one destroyed.

Each step is written down before the next, on disk or in the store, so that a vault that is killed goes on where it was.
"""

import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from services.core.errors import BrokenRule, LanternError, Misconfigured
from services.runtime.database import Connection, Session
from services.runtime.destruction import destroy, finish
from services.runtime.local.files import write_private
from services.vault.keys import CURRENT_KEK, KEY_BYTES, KeyEncryptionKey, Keyring, load_keks, read_key
from services.vault.wrapped import TABLES, Key, Wrapped, count_left, rewrap

BATCH_ROWS = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a rotation is: the current key, the older ones that are still held, the rows that still need them."""

    kek_id: str
    older: tuple[str, ...]
    rows_left: int


class OtherStore(Misconfigured):
    """The store is under a key-encryption key that this vault does not have: restore its file; nothing was written."""


class UnderWay(LanternError):
    """The key-encryption key is being replaced already: wait until no row needs the old one, then ask again."""


def begin(folder: Path, keys: Keyring) -> None:
    """Put a new key into `folder` and let `keys` lock under it; the old one is kept beside it, and first of all.

    Raises:
        UnderWay: an older key is still held.
        OSError: the folder cannot be written; nothing is lost.
    """
    if keys.older:
        raise UnderWay
    secret = read_key(folder / CURRENT_KEK)
    write_private(folder / f"kek.{KeyEncryptionKey(secret).key_id}.key", secret)
    write_private(folder / CURRENT_KEK, secrets.token_bytes(KEY_BYTES))
    _read_again(folder, keys)
    log.info(
        "A new key-encryption key was made; the old one is held until no row needs it.", key_id=keys.current.key_id
    )


async def hold(connection: Connection, keys: Keyring) -> None:
    """Make sure that what is locked in this transaction is under the store's own key.

    Raises:
        OtherStore: it would not be: another worker has a newer key, or this one is an old or a strange one.
    """
    cursor = await connection.execute("SELECT kek_id FROM key_encryption_key FOR SHARE", binary=True)
    if await cursor.fetchone() != (keys.current.key_id,):
        raise OtherStore(OtherStore.__doc__)


async def adopt(connection: Connection, keys: Keyring) -> None:
    """Let the store be under the current key: an empty one, or one that is under a key that is still held.

    Raises:
        OtherStore: it is under a key that is not there.
    """
    cursor = await connection.execute("SELECT kek_id FROM key_encryption_key FOR UPDATE", binary=True)
    row = await cursor.fetchone()
    if row is not None and row[0] not in keys.ids:
        raise OtherStore(OtherStore.__doc__)
    if row is None and await _needs_others(connection, keys):
        raise OtherStore(OtherStore.__doc__)
    await connection.execute(
        """INSERT INTO key_encryption_key (kek_id) VALUES (%b)
           ON CONFLICT (only_one) DO UPDATE SET kek_id = excluded.kek_id, since = now()
           WHERE key_encryption_key.kek_id <> excluded.kek_id""",
        [keys.current.key_id],
    )


async def _needs_others(connection: Connection, keys: Keyring) -> bool:
    """Whether a store from before this table was made holds rows under keys that are not there."""
    cursor = await connection.execute("SELECT DISTINCT kek_id FROM contents", binary=True)
    return not {kek_id for (kek_id,) in await cursor.fetchall()} <= keys.ids


async def go_on(session: Session, folder: Path, keys: Keyring) -> None:
    """Wrap every data key under the current key, a batch a transaction, and destroy the older keys.

    Raises:
        BrokenRule: a row does not open with its own key: every key is kept.
    """
    await session.run(lambda connection: adopt(connection, keys))
    for table in TABLES:
        await _rewrap(session, keys, table)
    if (left := await session.run(lambda connection: count_left(connection, keys))) > 0:
        raise BrokenRule(f"{left} rows still need an older key-encryption key, and it was kept: rotate again.")
    for name in keys.older:
        destroy(folder / f"kek.{name}.key")
        log.info("A key-encryption key was destroyed: backups that need it are unreadable now.", key_id=name)
    finish(folder)
    _read_again(folder, keys)


async def _rewrap(session: Session, keys: Keyring, table: Wrapped) -> None:
    place: Key | None = table.start
    while place is not None:
        place = await session.run(partial(rewrap, keys=keys, table=table, after=place, at_most=BATCH_ROWS))


async def standing(session: Session, keys: Keyring) -> Standing:
    left = await session.run(lambda connection: count_left(connection, keys))
    return Standing(keys.current.key_id, tuple(sorted(keys.older)), left)


def _read_again(folder: Path, keys: Keyring) -> None:
    keys.turn_to(*load_keks(folder))
