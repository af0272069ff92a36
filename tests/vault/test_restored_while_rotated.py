"""A backup and a new key-encryption key never cross: a restore would bring rows under a key that is just destroyed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.runtime.audit import Trail
from services.runtime.database import Database
from services.vault.keys import DigestKey
from services.vault.rotation import UnderWay
from services.vault.upkeep import BACKUP_KEY, StoreReplaced, Upkeep
from tests.vault.edge import fact
from tests.vault.tables import Vault

_A_WHILE_SECONDS = 0.5
_AFTER_THE_FIRST_TABLE = 4
ADDRESS = "1 Test Street"


@pytest.fixture
def upkeep(vault: Vault, tables: Database, tmp_path: Path) -> Upkeep:
    """The vault's own care for its store, under the key of the tests."""
    (tmp_path / "kek.key").write_bytes(bytes(range(32)))
    (tmp_path / BACKUP_KEY).write_bytes(bytes(32))
    trail = Trail(vault.session.where)
    return Upkeep(vault.session, tables, tmp_path, vault.kek, DigestKey(bytes(32)), trail, lambda: None)


async def pieces(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


async def rotated(upkeep: Upkeep) -> None:
    while (await upkeep.standing())["under_way"]:
        pass  # each look waits for PostgreSQL


async def test_no_key_is_replaced_while_a_backup_is_put_in_the_place_of_the_store(vault: Vault, upkeep: Upkeep) -> None:
    await vault.seal([fact(ADDRESS)])
    whole = b"".join([piece async for piece in upkeep.saved()])
    making = upkeep.saved()  # another backup, for whose tables the restore waits
    for _ in range(_AFTER_THE_FIRST_TABLE):
        await anext(making)
    restoring = asyncio.create_task(upkeep.restore(pieces(whole), replace=True))
    await asyncio.sleep(_A_WHILE_SECONDS)
    with pytest.raises(StoreReplaced):
        upkeep.rotate()
    await making.aclose()  # type: ignore[attr-defined]
    await restoring
    with pytest.raises(StoreReplaced):
        upkeep.rotate()
    assert await vault.addresses() == [ADDRESS]


async def test_no_backup_is_put_back_while_the_key_is_replaced_but_after_it(vault: Vault, upkeep: Upkeep) -> None:
    await vault.seal([fact(ADDRESS)])
    upkeep.rotate()
    with pytest.raises(UnderWay):
        await upkeep.restore(pieces(b""), replace=True)
    await rotated(upkeep)
    whole = b"".join([piece async for piece in upkeep.saved()])
    await upkeep.restore(pieces(whole), replace=True)
    assert await vault.addresses() == [ADDRESS]
