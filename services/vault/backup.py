"""The whole store as one encrypted file, as it stood at one moment, and back: all of it or nothing.

The keys are not in it: backup.key opens the file, and the key-encryption keys that it names open the contents.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from typing import LiteralString, TypeVar

from psycopg import AsyncCursor, sql
from psycopg.rows import TupleRow
from pydantic import BaseModel, ConfigDict, ValidationError

from services.core.errors import LanternError
from services.runtime.database import Connection, Database, connect, snapshot
from services.vault.decisions_store import end_all
from services.vault.keys import DigestKey, Keyring
from services.vault.sealed_stream import PART_BYTES, NotWhole, StreamSealer, opened

_NOT_PRIMARY = frozenset({"alembic_version", "sessions", "signins"})
"""What is made anew, or is nobody's to bring back: who was signed in."""
_KEK_TABLE = "key_encryption_key"
_PATIENTLY = """SELECT set_config('statement_timeout', '0', true),
                       set_config('idle_in_transaction_session_timeout', '60s', true)"""
_ROWS, _TABLE, _END = b"r", b"t", b"e"


class Unfit(LanternError):
    """The backup is whole, and not this store's to take back; nothing was changed."""


class Head(BaseModel):
    """What a backup says of itself before its tables."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    made_at: datetime
    revision: str
    kek_ids: tuple[str, ...]
    digest_key: str
    tables: Mapping[str, tuple[str, ...]]


class End(BaseModel):
    """What a backup says behind them: how many rows each has."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    rows: Mapping[str, int]


SaidT = TypeVar("SaidT", Head, End)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a backup is made and taken back with: `secret` seals the file, the others must fit what is in it."""

    secret: bytes = field(repr=False)
    ring: Keyring
    digest_key: DigestKey


async def save(where: Database, own: Keys, now: datetime) -> AsyncIterator[bytes]:
    """The file, piece by piece; everything in it is as it was in one moment."""
    sealer = StreamSealer(own.secret)
    yield sealer.begin
    async with snapshot(where) as connection:
        await connection.execute(_PATIENTLY)
        tables = await columns_by_table(connection)
        head = Head(
            made_at=now,
            revision=await _revision(connection),
            kek_ids=tuple(sorted(await _needed(connection) or own.ring.ids)),
            digest_key=own.digest_key.key_id,
            tables=tables,
        )
        yield sealer.seal(head.model_dump_json().encode())
        rows: dict[str, int] = {}
        for table, columns in tables.items():
            yield sealer.seal(_TABLE + table.encode())
            cursor = connection.cursor()
            async for piece in _copied(cursor, table, columns):
                yield sealer.seal(_ROWS + piece)
            rows[table] = cursor.rowcount
    yield sealer.seal(_END + End(rows=rows).model_dump_json().encode(), last=True)


async def restore(
    where: Database,
    own: Keys,
    received: AsyncIterator[bytes],
    *,
    replace: bool,
    record: Callable[[Connection, End], Awaitable[object]],
) -> End:
    """Put a backup in the place of the store, in one transaction that is committed behind the file's true end.

    No decision outlives it: somebody may have refused or closed it since the backup was made.
    `record` is done as the last thing in it.

    Raises:
        NotWhole: the file is cut short, altered, or not this vault's.
        Unfit: it is of another version, needs keys that are not there, or would replace what is not to be replaced.
    """
    parts = opened(own.secret, received)
    async with await connect(where) as connection, connection.transaction():
        await connection.execute(_PATIENTLY)
        tables = await columns_by_table(connection)
        head = _read(Head, await anext(parts, b""))
        _judge(head, await _revision(connection), tables, own)
        await _empty(connection, tables, replace=replace)
        end = await _fill(connection, head.tables, parts)
        await _go_on_counting(connection)
        await end_all(connection)
        await record(connection, end)
    return end


async def columns_by_table(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Every table of the store, each behind those that it refers to."""
    cursor = await connection.execute(
        """SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
           FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
           GROUP BY c.relname ORDER BY c.relname"""
    )
    columns = {table: tuple(names) for table, names in await cursor.fetchall() if table not in _NOT_PRIMARY}
    cursor = await connection.execute(
        """SELECT c.relname, r.relname FROM pg_constraint AS f
           JOIN pg_class AS c ON c.oid = f.conrelid JOIN pg_class AS r ON r.oid = f.confrelid
           WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace"""
    )
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(columns, ()))
    for table, referred in await cursor.fetchall():
        if table in columns and referred in columns and table != referred:
            order.add(table, referred)
    return {table: columns[table] for table in order.static_order()}


async def _copied(cursor: AsyncCursor[TupleRow], table: str, columns: Sequence[str]) -> AsyncIterator[bytes]:
    async with cursor.copy(_statement("COPY {} ({}) TO STDOUT (FORMAT binary)", table, columns)) as copy:
        held = bytearray()
        async for data in copy:
            held += data
            while len(held) >= PART_BYTES:
                yield bytes(held[: PART_BYTES - 1])
                del held[: PART_BYTES - 1]
    yield bytes(held)


def _statement(text: LiteralString, table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))


async def _fill(connection: Connection, tables: Mapping[str, Sequence[str]], parts: AsyncIterator[bytes]) -> End:
    part, rows = await anext(parts, b""), dict[str, int]()
    while part[:1] == _TABLE:
        table = part[1:].decode()
        cursor = connection.cursor()
        async with cursor.copy(_statement("COPY {} ({}) FROM STDIN (FORMAT binary)", table, tables[table])) as copy:
            while (part := await anext(parts, b""))[:1] == _ROWS:
                await copy.write(part[1:])
        rows[table] = cursor.rowcount
    end = _read(End, part[1:] if part[:1] == _END else b"")
    if rows != dict(end.rows) or await anext(parts, None) is not None:
        raise NotWhole
    return end


def _judge(head: Head, here: str, tables: Mapping[str, Sequence[str]], own: Keys) -> None:
    if head.revision != here or {**head.tables} != {**tables}:
        raise Unfit(
            f"The backup's tables are of revision {head.revision}, the store's of {here}: nothing was changed. Restore "
            "it with the version of Lantern that made it, then upgrade."
        )
    if missing := {*head.kek_ids} - own.ring.ids:
        raise Unfit(
            f"The backup needs the key-encryption keys {', '.join(sorted(missing))}: nothing was changed. Put their "
            "files, kek.<id>.key, into the vault's folder of keys, start it again, then restore."
        )
    if head.digest_key != own.digest_key.key_id:
        raise Unfit("The backup was made with another digest.key: nothing was changed. Put that file back first.")


async def _empty(connection: Connection, tables: Mapping[str, object], *, replace: bool) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    await connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
    held = [table for table in tables if table != _KEK_TABLE and await _has_rows(connection, table)]
    if held and not replace:
        raise Unfit(
            "The store is not empty: nothing was changed. What is in it and not in the backup would be lost, except "
            "what Kafka still holds; if that is meant, say --replace."
        )
    await connection.execute(sql.SQL("TRUNCATE {}").format(names))


async def _has_rows(connection: Connection, table: str) -> bool:
    question = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table))
    return await (await connection.execute(question)).fetchone() == (True,)


async def _go_on_counting(connection: Connection) -> None:
    cursor = await connection.execute(
        """SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
           WHERE a.attidentity <> '' AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"""
    )
    for table, column in await cursor.fetchall():
        following = sql.SQL("SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({0}), 0) + 1, false) FROM {1}")
        await connection.execute(following.format(sql.Identifier(column), sql.Identifier(table)), [table, column])


async def _revision(connection: Connection) -> str:
    row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    return str(row[0]) if row else ""


async def _needed(connection: Connection) -> frozenset[str]:
    """The key-encryption keys without which something in the store would stay closed."""
    cursor = await connection.execute(
        """SELECT kek_id FROM key_encryption_key UNION SELECT DISTINCT kek_id FROM contents WHERE erasure IS NULL
           UNION SELECT DISTINCT kek_id FROM dead_letters WHERE erasure IS NULL"""
    )
    return frozenset(kek_id for (kek_id,) in await cursor.fetchall())


def _read(kind: type[SaidT], part: bytes) -> SaidT:
    try:
        return kind.model_validate_json(part)
    except ValidationError:
        raise NotWhole from None
