"""Reads a service's audit back: pages of the whole chain for whoever verifies it, and what an auditor asks for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from services.core.audit import Entry, Link, Recorded
from services.runtime.audit import SUFFIX
from services.runtime.database import Connection, Database, ask

_COLUMNS = "number, link, action, outcome, who, role, about, reasons, count, commitment, digest"
_LEAST = -(2**63)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a chain goes: the numbers of its last link and entry; rows that belong to no link count too."""

    chain: str
    last_link: int
    last_entry: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of whom, what was done, with which outcome, about which handle, when (UTC), after which number."""

    who: str | None = None
    action: str | None = None
    outcome: str | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = -1
    at_most: int = 100


class Trails:
    """Reads the chain of one service."""

    def __init__(self, where: Database) -> None:
        names = {name: sql.Identifier(where.schema + SUFFIX, name) for name in ("chain", "links", "entries")}
        self._names = names
        self._extent, self._links, self._entries, self._search = (
            sql.SQL(text).format(**names, columns=sql.SQL(_COLUMNS)) for text in (_EXTENT, _LINKS, _ENTRIES, _SEARCH)
        )

    async def extent(self, connection: Connection) -> Extent:
        """How far the chain goes."""
        [[(chain, links, of_entries, entries)]] = await ask(connection, (self._extent, None))
        return Extent(chain, max(links, of_entries), entries)

    async def page(self, connection: Connection, after: int, before: int) -> tuple[list[Link], list[Recorded]]:
        """The links from number `after` to before `before`, and the entries that name them; from -1 on: all before."""
        start = _LEAST if after < 0 else after
        links, entries = await ask(connection, (self._links, [start, before]), (self._entries, [start, before]))
        return [Link(*row) for row in links], [_recorded(row) for row in entries]

    async def search(self, connection: Connection, wanted: Wanted) -> list[tuple[Recorded, datetime]]:
        """The entries that are wanted, in their order, each with its time."""
        [rows] = await ask(connection, self.question(wanted))
        return [(_recorded(row), at) for *row, at in rows]

    def question(self, wanted: Wanted) -> tuple[sql.Composed, dict[str, Any]]:
        """What is asked of the tables for it."""
        given = {name: value for name, value in asdict(wanted).items() if value is not None}
        conditions = [_CONDITIONS[name].format(**self._names) for name in given if name in _CONDITIONS]
        return sql.SQL(" ").join([self._search, sql.SQL(" AND ").join(conditions), _PAGE]), given


_EXTENT = """
    SELECT chain_id, (SELECT coalesce(max(number), -1) FROM {links}), (SELECT coalesce(max(link), -1) FROM {entries}),
           (SELECT coalesce(max(number), -1) FROM {entries})
    FROM {chain}"""
_LINKS = """
    SELECT number, at, first_entry, entries, digest, previous, hash FROM {links}
    WHERE number >= %b AND number < %b ORDER BY number"""
_ENTRIES = "SELECT {columns} FROM {entries} WHERE link >= %b AND link < %b ORDER BY number"
_SEARCH = """
    SELECT {columns}, at FROM {entries} AS entry
    JOIN (SELECT number AS linked, at FROM {links}) AS link ON link.linked = entry.link WHERE"""
_CONDITIONS = {
    "who": sql.SQL("who = %(who)b"),
    "action": sql.SQL("action = %(action)b"),
    "outcome": sql.SQL("outcome = %(outcome)b"),
    # Asked as a condition beside others it would be looked for from the chain's first entry on, through all of them.
    "about": sql.SQL("number = ANY(ARRAY(SELECT number FROM {entries} WHERE about @> ARRAY[%(about)b::text]))"),
    "since": sql.SQL("at >= %(since)b"),
    "until": sql.SQL("at < %(until)b"),
    "after": sql.SQL("number > %(after)b"),
}
_PAGE = sql.SQL("ORDER BY number LIMIT %(at_most)b")


def _recorded(row: Sequence[Any]) -> Recorded:
    number, link, action, outcome, who, role, about, reasons, count, commitment, digest = row
    entry = Entry(action, outcome, who, role, tuple(about), tuple(reasons), count, commitment)
    return Recorded(number, link, entry, digest)
