"""A backup is one moment of the whole store; it comes back row for row, or not at all."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import sql

from services.core.errors import LanternError
from services.core.ids import FactId
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.vault import backup
from services.vault.backup import End, Keys, Unfit, columns_by_table, restore, save
from services.vault.decisions import Act, Refusal, Step
from services.vault.erasure import ErasureReason, Scope, erase
from services.vault.keys import DigestKey, KeyEncryptionKey, Keyring
from services.vault.sealed_stream import NotWhole, StreamSealer
from tests.builders import an_id, day
from tests.conftest import HOME
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.deciding import COLLEAGUE, OFFICER, Hub
from tests.vault.edge import fact, frame
from tests.vault.tables import Vault

SECRET, DIGEST_KEY = bytes([9] * 32), DigestKey(bytes(32))
Rows = dict[str, list[str]]
FILLED = ("contents", "sayings", "erasures", "dead_letters", "positions", "holes", "key_encryption_key")


async def everything(session: Session) -> Rows:
    """Every row of every table, as text."""

    async def read(connection: Connection) -> Rows:
        found: Rows = {}
        for table in await columns_by_table(connection):
            question = sql.SQL("SELECT each::text FROM {} AS each ORDER BY 1").format(sql.Identifier(table))
            found[table] = [text for (text,) in await (await connection.execute(question)).fetchall()]
        return found

    return await session.run(read)


async def empty(session: Session) -> None:
    async def truncate(connection: Connection) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, await columns_by_table(connection)))
        await connection.execute(sql.SQL("TRUNCATE {}").format(names))

    await session.run(truncate)


async def fill(vault: Vault) -> None:
    """Something in every table that keeping and erasing fill."""
    await vault.seal(fact(f"{number} Test Street \x00\u00e9", day(number), number % 50) for number in range(200))
    await vault.keep(frame(vault.schemas, fact("Test Lane"))[:-1], first=1000)
    await vault.session.run(lambda c: erase(c, Scope(fact_id=FactId(an_id(3))), ErasureReason.RIGHT_TO_ERASURE))


async def made(where: Database, keys: Keyring) -> bytes:
    return b"".join([piece async for piece in save(where, Keys(SECRET, keys, DIGEST_KEY), day(0))])


async def pieces(whole: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(whole), size):
        yield whole[at : at + size]


async def nothing(_: Connection, __: End) -> None:
    """Records nothing: what is recorded of a restore is the vault's own."""


async def put_back(
    where: Database, keys: Keyring, whole: bytes, *, secret: bytes = SECRET, replace: bool = False
) -> End:
    return await restore(where, Keys(secret, keys, DIGEST_KEY), pieces(whole), replace=replace, record=nothing)


async def test_every_row_of_every_table_comes_back(vault: Vault, tables: Database) -> None:
    await fill(vault)
    before = await everything(vault.session)
    assert all(before[table] for table in FILLED), "a table is empty, and nothing is claimed of it"
    whole = await made(tables, vault.kek)
    await empty(vault.session)
    end = await put_back(tables, vault.kek, whole)
    assert await everything(vault.session) == before
    assert dict(end.rows) == {table: len(rows) for table, rows in before.items()}
    assert len(await vault.addresses()) == 196


async def test_a_store_that_was_restored_goes_on(vault: Vault, tables: Database) -> None:
    await fill(vault)
    whole = await made(tables, vault.kek)
    await empty(vault.session)
    await put_back(tables, vault.kek, whole)
    repeated = await vault.keep(frame(vault.schemas, fact("5 Test Street \x00\u00e9", day(5), 5)), first=1001)
    assert (repeated.new_versions, repeated.missing_offsets) == (0, 0)
    erased = await vault.keep(frame(vault.schemas, fact("3 Test Street \x00\u00e9", day(3), 3)), first=1002)
    assert erased.erased_said_again == 1


@pytest.mark.parametrize("since", [Act.OBJECT, Act.WITHDRAW, None], ids=["refused", "withdrawn", "nothing"])
async def test_no_decision_outlives_a_restore_for_what_ended_it_may_have_been_said_since(
    searched: Hub, tables: Database, since: Act | None
) -> None:
    decision, opened = await searched.ask(), await searched.ask()
    for one in (decision, opened):
        await searched.act(one, Act.SECOND)
    assert (await searched.look(opened)).shown
    whole = await made(tables, searched.vault.kek)
    if since:
        await searched.act(decision, since, COLLEAGUE if since is Act.OBJECT else OFFICER)
    await put_back(tables, searched.vault.kek, whole, replace=True)
    assert [(await searched.look(one)).outcome for one in (decision, opened)] == [Refusal.OVER, Refusal.OVER]


async def test_what_opened_alone_is_reviewed_after_a_restore_too(searched: Hub, tables: Database) -> None:
    decision = await searched.ask()
    await searched.tell()
    searched.later(timedelta(minutes=2))
    assert (await searched.look(decision)).shown
    await put_back(tables, searched.vault.kek, await made(tables, searched.vault.kek), replace=True)
    assert isinstance((await searched.act(decision, Act.REVIEW)).outcome, Step)


async def test_a_backup_is_one_moment_whatever_is_kept_meanwhile(vault: Vault, tables: Database) -> None:
    await fill(vault)
    before, whole, first = await everything(vault.session), b"", True
    async for piece in save(tables, Keys(SECRET, vault.kek, DIGEST_KEY), day(0)):
        whole += piece
        if not first:
            await vault.keep(frame(vault.schemas, fact(f"{len(whole)} New Street", number=77)), first=2000 + len(whole))
        first = False
    await put_back(tables, vault.kek, whole, replace=True)
    assert {**await everything(vault.session)} == before


async def test_no_word_of_it_is_in_the_file(vault: Vault, tables: Database) -> None:
    await vault.seal([fact("Canary Street")])
    whole = await made(tables, vault.kek)
    for word in (b"Canary", b"location", an_id(1).encode(), bytes.fromhex(an_id(1)), b"contents"):
        assert word not in whole.removeprefix(b"lantern vault backup 1\n")


@pytest.mark.parametrize("spoil", ["cut", "altered", "tail", "key", "empty", "first_bytes"])
async def test_a_file_that_is_not_whole_changes_nothing(vault: Vault, tables: Database, spoil: str) -> None:
    await fill(vault)
    whole = await made(tables, vault.kek)
    spoilt = {
        "cut": whole[:-1],
        "altered": whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:],
        "tail": whole + b"x",
        "key": whole,
        "empty": b"",
        "first_bytes": whole[:100],
    }[spoil]
    await vault.seal([fact("Later Street", number=99)])
    before = await everything(vault.session)
    with pytest.raises(NotWhole):
        await put_back(tables, vault.kek, spoilt, secret=bytes(32) if spoil == "key" else SECRET, replace=True)
    assert await everything(vault.session) == before


async def test_a_store_that_is_not_empty_is_not_replaced_unasked(vault: Vault, tables: Database) -> None:
    await fill(vault)
    whole = await made(tables, vault.kek)
    await vault.seal([fact("Later Street", number=99)])
    before = await everything(vault.session)
    with pytest.raises(Unfit, match="--replace"):
        await put_back(tables, vault.kek, whole)
    assert await everything(vault.session) == before
    await put_back(tables, vault.kek, whole, replace=True)
    assert "Later Street" not in await vault.addresses()


async def test_a_backup_names_the_key_that_it_needs(vault: Vault, tables: Database) -> None:
    await fill(vault)
    whole = await made(tables, vault.kek)
    await empty(vault.session)
    other = Keyring(KeyEncryptionKey(bytes(32)))
    with pytest.raises(Unfit, match=vault.kek.current.key_id):
        await put_back(tables, other, whole)
    beside = Keyring(other.current, vault.kek.current)
    await put_back(tables, beside, whole)
    assert len(await replace(vault, kek=beside).addresses()) == 196


async def test_a_backup_of_another_digest_key_is_refused(vault: Vault, tables: Database) -> None:
    whole, other = await made(tables, vault.kek), DigestKey(bytes([1] * 32))
    with pytest.raises(Unfit, match=r"digest\.key"):
        await restore(tables, Keys(SECRET, vault.kek, other), pieces(whole), replace=True, record=nothing)


async def test_a_backup_of_another_revision_is_refused(
    vault: Vault, tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def older(_: Connection) -> str:
        return "0001"

    with monkeypatch.context() as patched:
        patched.setattr(backup, "_revision", older)
        whole = await made(tables, vault.kek)
    with pytest.raises(Unfit, match="0001"):
        await put_back(tables, vault.kek, whole, replace=True)


@pytest.mark.parametrize("parts", [[b""], [b"x"], [b"{}"], [b"t", b"t"]])
async def test_a_file_that_is_sealed_well_and_says_nothing_is_refused(
    vault: Vault, tables: Database, parts: list[bytes]
) -> None:
    sealer = StreamSealer(SECRET)
    whole = sealer.begin + b"".join(sealer.seal(part, last=part is parts[-1]) for part in parts)
    with pytest.raises(LanternError):
        await put_back(tables, vault.kek, whole, replace=True)


def test_the_keys_of_a_backup_do_not_show_themselves() -> None:
    shown = repr(Keys(bytes(range(32)), Keyring(KeyEncryptionKey(bytes(32))), DIGEST_KEY))
    assert "secret" not in shown
    assert "\\x01" not in shown


async def test_tables_stand_behind_those_that_they_refer_to(session: Session) -> None:
    order = list(await session.run(columns_by_table))
    assert order.index("erasures") < order.index("contents") < order.index("sayings")
    assert "alembic_version" not in order


async def test_the_empty_store_of_another_edition_takes_it(
    vault: Vault, tables: Database, postgres: SecuredPostgres, kek: Keyring
) -> None:
    await fill(vault)
    whole, before = await made(tables, kek), await everything(vault.session)
    await vault.session.close()
    where = postgres.database("vault")  # the schema made anew, as a first start makes it
    await migrate(where, "vault", HOME, Health(Metrics()))
    await put_back(where, kek, whole)
    assert await everything(vault.session) == before
