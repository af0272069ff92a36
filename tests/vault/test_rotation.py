"""A new key-encryption key takes over every row, whatever interrupts it, and the old one is destroyed only then."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import errors, sql

from services.core.errors import BrokenRule
from services.runtime.database import Connection, Session
from services.vault import rotation
from services.vault.keys import KeyEncryptionKey, Keyring, load_keyring
from services.vault.rotation import OtherStore, UnderWay, adopt, begin, go_on, standing
from services.vault.wrapped import TABLES, rewrap
from tests.vault.edge import fact, frame
from tests.vault.tables import Vault

FIRST = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The vault's own folder of keys, as it is at first."""
    (tmp_path / "kek.key").write_bytes(FIRST)
    return tmp_path


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def fill(vault: Vault, count: int = 7) -> list[str]:
    """Some contents and a dead letter; gives the addresses."""
    await vault.seal(fact(f"{number} Test Street", number=number) for number in range(count))
    await vault.keep(frame(vault.schemas, fact("Test Lane"))[:-1])
    return sorted(f"{number} Test Street" for number in range(count))


async def test_every_row_is_under_the_new_key_and_the_old_one_is_destroyed(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH_ROWS", 2)
    addresses, old = await fill(vault), vault.kek.current.key_id
    begin(folder, vault.kek)
    assert (await standing(vault.session, vault.kek)).rows_left == 8
    await go_on(vault.session, folder, vault.kek)
    after = await standing(vault.session, vault.kek)
    assert (after.older, after.rows_left) == ((), 0)
    assert after.kek_id != old
    assert files(folder) == {"kek.key"}
    assert await vault.addresses() == addresses
    with pytest.raises(BrokenRule):
        await replace(vault, kek=Keyring(KeyEncryptionKey(FIRST))).contents()


async def test_while_rows_are_rewrapped_new_ones_are_kept_under_the_new_key(vault: Vault, folder: Path) -> None:
    await fill(vault)
    begin(folder, vault.kek)
    await vault.session.run(lambda connection: adopt(connection, vault.kek))
    await vault.seal([fact("New Street", number=99)])
    assert (await standing(vault.session, vault.kek)).rows_left == 8
    assert len(await vault.addresses()) == 8


async def rotate(vault: Vault, folder: Path) -> None:
    begin(folder, vault.kek)
    await go_on(vault.session, folder, vault.kek)


class Killed(BaseException):
    """The process ended here."""


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end when a rotation comes to its `step`th act."""
    asked = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            nonlocal asked
            asked += 1
            if asked > step:
                raise Killed
            return real(*given, **named)

        return call

    for name in ("write_private", "adopt", "rewrap", "count_left", "destroy"):
        monkeypatch.setattr(rotation, name, counted(getattr(rotation, name)))


@pytest.mark.parametrize("step", range(11))
async def test_a_rotation_that_is_killed_at_any_step_is_finished_by_the_next_start(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    addresses = await fill(vault, 5)
    with monkeypatch.context() as patched:
        patched.setattr(rotation, "BATCH_ROWS", 2)
        killed_at(step, patched)
        with pytest.raises(Killed):
            await rotate(vault, folder)

    # What the next process does with what it finds.
    keys = load_keyring(folder)
    await vault.session.run(lambda connection: adopt(connection, keys))
    if keys.older:
        await go_on(vault.session, folder, keys)
    assert files(folder) <= {"kek.key", f"kek.{keys.current.key_id}.key"}
    assert (await standing(vault.session, keys)).rows_left == 0
    again = replace(vault, kek=keys)
    assert await again.addresses() == addresses
    await again.seal([fact("New Street", number=99)])


async def test_a_second_rotation_waits_for_the_first(vault: Vault, folder: Path) -> None:
    begin(folder, vault.kek)
    before = files(folder)
    with pytest.raises(UnderWay):
        begin(folder, vault.kek)
    assert files(folder) == before


async def test_a_vault_with_an_old_key_keeps_nothing_and_does_not_start(vault: Vault, folder: Path) -> None:
    await fill(vault)
    old = Keyring(KeyEncryptionKey(FIRST))
    begin(folder, vault.kek)
    await go_on(vault.session, folder, vault.kek)
    second = replace(vault, kek=old)
    with pytest.raises(OtherStore):
        await second.seal([fact("New Street", number=99)])
    with pytest.raises(OtherStore):
        await vault.session.run(lambda connection: adopt(connection, old))
    assert await vault.count("contents") == 7


async def test_a_store_of_an_earlier_version_is_adopted_with_its_own_key_alone(vault: Vault) -> None:
    await fill(vault)

    async def forget(connection: Connection) -> None:
        await connection.execute("DELETE FROM key_encryption_key")

    await vault.session.run(forget)
    with pytest.raises(OtherStore):
        await vault.session.run(lambda connection: adopt(connection, Keyring(KeyEncryptionKey(bytes(32)))))
    await vault.session.run(lambda connection: adopt(connection, vault.kek))
    await vault.seal([fact("New Street", number=99)])


async def test_one_row_that_was_altered_keeps_every_key(vault: Vault, folder: Path) -> None:
    await fill(vault)

    async def spoil(connection: Connection) -> None:
        await connection.execute(
            "UPDATE contents SET wrapped_key = set_byte(wrapped_key, 20, 0) WHERE field = 'location'"
        )

    await vault.session.run(spoil)
    begin(folder, vault.kek)
    kept = files(folder)
    with pytest.raises(BrokenRule):
        await go_on(vault.session, folder, vault.kek)
    assert files(folder) == kept
    assert len(kept) == 2


async def test_every_table_with_a_wrapped_key_is_rewrapped(session: Session) -> None:
    async def found(connection: Connection) -> set[str]:
        cursor = await connection.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE column_name = 'wrapped_key' AND table_schema = 'vault'"
        )
        return {table for (table,) in await cursor.fetchall()}

    assert await session.run(found) == {table.name for table in TABLES}


async def test_there_is_one_key_for_the_store(session: Session) -> None:
    async def another(connection: Connection) -> None:
        await connection.execute("INSERT INTO key_encryption_key (only_one, kek_id) VALUES (false, 'x')")

    with pytest.raises(errors.CheckViolation):
        await session.run(another)


async def test_rewrapping_looks_at_each_row_once(vault: Vault, folder: Path) -> None:
    await fill(vault, 5)
    begin(folder, vault.kek)
    table, places = TABLES[0], []
    after: tuple[object, ...] | None = table.start
    while after is not None:
        places.append(after)
        place = after
        after = await vault.session.run(lambda connection, at=place: rewrap(connection, vault.kek, table, at, 2))  # type: ignore[misc]  # a place of this table
    assert len(places) == 4
    assert places == sorted(places)


async def test_the_store_says_which_key_each_row_needs(vault: Vault, folder: Path) -> None:
    await fill(vault, 2)
    begin(folder, vault.kek)
    await vault.session.run(lambda connection: adopt(connection, vault.kek))
    await vault.seal([fact("New Street", number=99)])

    async def needed(connection: Connection) -> list[tuple[str, int]]:
        question = sql.SQL("SELECT kek_id, count(*) FROM contents GROUP BY kek_id ORDER BY 2")
        return [(name, rows) for name, rows in await (await connection.execute(question)).fetchall()]

    (old,) = vault.kek.older
    assert await vault.session.run(needed) == [(vault.kek.current.key_id, 1), (old, 2)]
