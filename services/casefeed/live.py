"""Brings every committed event from the feed's table into memory, whichever process projected it."""

from datetime import datetime
from typing import LiteralString, NoReturn

from services.casefeed.feed import Feed, Item, encode
from services.casefeed.reading import FEED_BY_NOW
from services.casefeed.telling import BELL, ENDED
from services.casefeed.views import FeedEntry
from services.core.errors import BrokenRule
from services.runtime.database import Connection, Database, connect, until_it_answers
from services.runtime.health import Health, Reason

_PAGE = 500
_AS_THEY_CAME: LiteralString = """
    SELECT sequence, case_id, event_id, type, sector, occurred_at, precision, known_at, status
    FROM feed WHERE sequence > %s ORDER BY sequence LIMIT %s"""
# A record may since have been found to be another child's, and a child may no longer be missing.
_AS_THEY_ARE: LiteralString = f"""
    SELECT feed.sequence, coalesce(now_of.case_id, feed.case_id), feed.event_id, feed.type, feed.sector,
           feed.occurred_at, feed.precision, feed.known_at, coalesce(cases.status, feed.status)
    FROM {FEED_BY_NOW}
    WHERE feed.sequence > %s ORDER BY feed.sequence LIMIT %s"""  # noqa: S608 - written here and in reading.py
# OFFSET 0 keeps PostgreSQL from going through the feed from its first number on until one is late enough.
BEFORE: LiteralString = """
    SELECT coalesce((SELECT min(sequence) - 1 FROM (SELECT sequence FROM feed WHERE known_at >= %s OFFSET 0) AS later),
                    (SELECT sequence FROM feed_head))"""
_LISTEN_SECONDS = 5.0


async def keep_up(feed: Feed, where: Database, health: Health) -> None:
    """Publish every event that is committed after the feed's head, for ever."""
    await until_it_answers(lambda: _listen(feed, where, health), health)


async def _listen(feed: Feed, where: Database, health: Health) -> NoReturn:
    async with await connect(where) as connection:
        await connection.execute(f"LISTEN {BELL}")
        health.green(Reason.DATABASE_UNAVAILABLE)
        while True:
            while items := await items_after(connection, feed.head):
                feed.publish(items)
            if ENDED in await _bell(connection):
                feed.forget_rights()


async def _bell(connection: Connection) -> set[str]:
    """What PostgreSQL rang with, once it has."""
    rung = {bell.payload async for bell in connection.notifies(timeout=_LISTEN_SECONDS, stop_after=1)}
    if not rung:
        await connection.execute("SELECT")  # a connection that died without a word is noticed here
    return rung


async def items_after(connection: Connection, sequence: int) -> list[Item]:
    """A page of items after `sequence`, encoded, each with its case and that case's status when it came.

    Raises:
        BrokenRule: the numbers have a hole.
    """
    return await _page(connection, _AS_THEY_CAME, sequence)


async def items_again(connection: Connection, sequence: int) -> list[Item]:
    """The same for who comes back: each with its case and that case's status by now.

    Raises:
        BrokenRule: the numbers have a hole.
    """
    return await _page(connection, _AS_THEY_ARE, sequence)


async def _page(connection: Connection, question: LiteralString, sequence: int) -> list[Item]:
    found = await connection.execute(question, [sequence, _PAGE], binary=True)
    items = [_item(*row) for row in await found.fetchall()]
    if [item.sequence for item in items] != list(range(sequence + 1, sequence + 1 + len(items))):
        raise BrokenRule("The feed's numbers have a hole: nothing was sent from there on. Rebuild the case feed.")
    return items


async def head(connection: Connection) -> int:
    """The number of the latest item; 0 when there is none."""
    row = await (await connection.execute("SELECT sequence FROM feed_head")).fetchone()
    return int(row[0]) if row else 0


async def before(connection: Connection, since: datetime) -> int:
    """The number before the first item that was known at `since` or later."""
    row = await (await connection.execute(BEFORE, [since])).fetchone()
    return int(row[0]) if row else 0


def _item(sequence: int, case_id: bytes, event_id: bytes, *said: object) -> Item:
    names = ("type", "sector", "occurred_at", "precision", "known_at", "status")
    entry = FeedEntry.model_validate(
        {"case_id": case_id.hex(), "event_id": event_id.hex(), **dict(zip(names, said, strict=True))}
    )
    encoded = encode(sequence, entry.model_dump_json())
    return Item(sequence, encoded, entry.case_id, entry.status, entry.type)
