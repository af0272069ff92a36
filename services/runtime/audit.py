"""A service's audit: each batch of entries is a link, added in the transaction of what it records (design 11).

The tables belong to whoever runs the database. The service's role may add to them and read them, and erase salts.
"""

import os
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import LiteralString, TypeVar

import psycopg
from psycopg import sql

from services.core.audit import (
    NOBODY,
    SALT_BYTES,
    Action,
    Checkpoint,
    Entry,
    Link,
    Outcome,
    Recorded,
    about_offsets,
    commit,
    extend,
)
from services.core.errors import Misconfigured
from services.runtime.database import Connection, Database, Parameters, Session, ask
from services.runtime.fence import HasOffset, Place

T = TypeVar("T")

SUFFIX = "_audit"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('audit of ' || %s, 0))"
_LINK = ("number", "at", "first_entry", "entries", "digest", "previous", "hash")
# Handles and codes hold no line feed, and PostgreSQL knows no array of arrays of different lengths.
_BETWEEN = "\n"


@dataclass(frozen=True, slots=True)
class Private:
    """An entry with the salt of its commitment, which stands beside the chain and can be erased."""

    entry: Entry
    salt: bytes = field(repr=False)


def private(entry: Entry, detail: bytes) -> Private:
    """Bind an entry to a detail that is too sensitive to stand in it."""
    salt = os.urandom(SALT_BYTES)
    return Private(replace(entry, commitment=commit(salt, detail)), salt)


def offsets(taken: Mapping[Place, Sequence[HasOffset]]) -> tuple[str, ...]:
    """The records of a batch, as an entry is about them; the fence has let them through in their order."""
    return tuple(
        about_offsets(str(place.topic_id), place.partition, records[0].offset, records[-1].offset + 1)
        for place, records in sorted(taken.items())
        if records
    )


class Trail:
    """The chain of one service, and what this process has still to add to it."""

    def __init__(self, where: Database) -> None:
        self.service = where.schema
        self._noted: list[Entry] = []
        self._refused_at_the_door = 0
        names = {name: sql.Identifier(where.schema + SUFFIX, name) for name in ("chain", "links", "entries", "salts")}

        def made(text: LiteralString) -> bytes:
            return sql.SQL(text).format(**names).as_bytes(None)

        self._head = made(_HEAD)
        self._add_link = made(_ADD_LINK)
        self._add_entries = made(_ADD_ENTRIES)
        self._add_salts = made(_ADD_SALTS)
        self._erase_salts = made(_ERASE_SALTS)

    async def append(self, connection: Connection, *told: Entry | Private) -> Link | None:
        """Add one link, as the last thing that a transaction does: until it ends, others wait to add theirs.

        Raises:
            BrokenRule: an entry holds something other than codes and handles.
        """
        if not told:
            return None
        _, last, now = await self._locked(connection)
        link, held = extend(last, now, [one.entry if isinstance(one, Private) else one for one in told])
        salts = [(kept.number, one.salt) for kept, one in zip(held, told, strict=True) if isinstance(one, Private)]
        await ask(
            connection,
            (self._add_link, [getattr(link, name) for name in _LINK]),
            (self._add_entries, _columns(map(_row, held))),
            *([(self._add_salts, _columns(salts))] if salts else []),
        )
        return link

    def recorded(
        self, work: Callable[[Connection], Awaitable[T]], entry: Callable[[T], Entry | Private]
    ) -> Callable[[Connection], Awaitable[T]]:
        """Do `work` and record what came of it, in one transaction: what cannot be recorded is not done."""

        async def both(connection: Connection) -> T:
            found = await work(connection)
            await self.append(connection, entry(found))
            return found

        return both

    def note(self, entry: Entry) -> None:
        """Keep what happened outside of any transaction; it is added within a second."""
        self._noted.append(entry)

    def door_tried(self) -> None:
        """Count somebody who was refused because they showed no right to come in."""
        self._refused_at_the_door += 1

    async def add_noted(self, session: Session) -> None:
        """Add what was noted, as one link; nothing when nothing was."""
        refused, self._refused_at_the_door = self._refused_at_the_door, 0
        noted, self._noted = self._noted, []
        if refused:
            noted.append(Entry(Action.DOOR_TRIED, Outcome.DENIED, NOBODY, reasons=("no_right",), count=refused))
        if noted:
            await session.run(lambda connection: self.append(connection, *noted))

    async def checkpoint(self, connection: Connection) -> Checkpoint:
        """Where the chain stands now; no link that is added later is dated before it.

        Raises:
            Misconfigured: there are no tables for it.
        """
        try:
            chain, last, now = await self._locked(connection)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            raise Misconfigured(
                f"The database has no audit for {self.service}: make the schema {self.service}{SUFFIX}, which is not "
                f"this service's own, and apply infra/migrations/audit there."
            ) from None
        return Checkpoint(self.service, chain, last.number, last.hash, max(now, last.at))

    async def forget(self, connection: Connection, entries: Collection[int]) -> None:
        """Erase what would tell which details some entries stand for; the chain stays as it is."""
        await connection.execute(self._erase_salts, [list(entries)])

    async def _locked(self, connection: Connection) -> tuple[str, Link, datetime]:
        _, [(chain, now, *last)] = await ask(connection, (_LOCK, [self.service]), (self._head, None))
        return chain, Link(*last), now


_HEAD = """
    SELECT chain_id, clock_timestamp(), number, at, first_entry, entries, digest, previous, hash
    FROM {links}, {chain} ORDER BY number DESC LIMIT 1"""
_ADD_LINK = """
    INSERT INTO {links} (number, at, first_entry, entries, digest, previous, hash)
    VALUES (%b::bigint, %b::timestamptz, %b::bigint, %b::int, %b::bytea, %b::bytea, %b::bytea)"""
_ADD_ENTRIES = """
    INSERT INTO {entries} (number, link, action, outcome, who, role, about, reasons, count, commitment, digest)
    SELECT number, link, action, outcome, who, role, string_to_array(about, E'\\n'), string_to_array(reasons, E'\\n'),
           count, commitment, digest
    FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                %b::bigint[], %b::bytea[], %b::bytea[])
        AS given (number, link, action, outcome, who, role, about, reasons, count, commitment, digest)"""
_ADD_SALTS = "INSERT INTO {salts} (entry, salt) SELECT * FROM unnest(%b::bigint[], %b::bytea[])"
_ERASE_SALTS = "DELETE FROM {salts} WHERE entry = ANY(%b::bigint[])"


def _row(held: Recorded) -> tuple[object, ...]:
    entry = held.entry
    return (
        held.number,
        held.link,
        entry.action,
        entry.outcome,
        entry.who,
        entry.role,
        _BETWEEN.join(entry.about),
        _BETWEEN.join(entry.reasons),
        entry.count,
        entry.commitment,
        held.digest,
    )


def _columns(rows: Iterable[Sequence[object]]) -> Parameters:
    return [list(column) for column in zip(*rows, strict=True)]
