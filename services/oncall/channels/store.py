"""Which way each page went and what was said of it: rows that are written before anything is sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.pages import NotSent, Page, Way
from services.core.oncall.receipts import Receipt, Rung, Trace
from services.runtime.database import Connection, ask, columns_of
from services.runtime.together import NotNow

Question = tuple[LiteralString, list[object]]
_Row = tuple[bytes, Way, Rung, datetime, NotSent | None]

# Whoever writes anything of pages holds them first, and leaves for later what another worker holds: a frozen one stops
# its own pages alone.
_KEEP: LiteralString = """
    INSERT INTO carried (key, recipient, severity, kind, reference, drill, first_at)
    SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[], %b::boolean[], %b::timestamptz[])
        AS given (key) ORDER BY given.key
    ON CONFLICT DO NOTHING"""
_HOLD: LiteralString = """
    SELECT key, recipient, severity, kind, reference, drill FROM carried WHERE key = ANY(%b::bytea[])
    ORDER BY key FOR UPDATE SKIP LOCKED"""
_KNOWN: LiteralString = "SELECT key FROM carried WHERE key = ANY(%b::bytea[])"
_TRACES: LiteralString = """
    SELECT key, way, begun_at, promised,
           array(SELECT rung FROM receipts AS said
                 WHERE (said.key, said.way, said.try) = (sends.key, sends.way, sends.tries))
    FROM sends WHERE key = ANY(%b::bytea[])"""
_SETTLED: LiteralString = "UPDATE sends SET settled = true WHERE key = ANY(%b::bytea[]) AND NOT settled"
_BEGIN: LiteralString = """
    INSERT INTO sends (key, way, tries, promised, begun_at, settled)
    SELECT key, way, 1, promised, begun_at, false
    FROM unnest(%b::bytea[], %b::text[], %b::boolean[], %b::timestamptz[]) AS given (key, way, promised, begun_at)
    ON CONFLICT (key, way) DO UPDATE
    SET (tries, promised, begun_at, settled) = (sends.tries + 1, excluded.promised, excluded.begun_at, false)
    RETURNING key, way, tries"""
# What is told of a page that left before its recipient's address was changed says nothing of the new one.
_SAY: LiteralString = """
    INSERT INTO receipts (key, way, try, rung, at, reason, went_to)
    SELECT key, way, tries, rung, at, reason, CASE WHEN
        (SELECT begun_at < set_at FROM contacts WHERE person = recipient) IS NOT TRUE THEN recipient END
    FROM unnest(%b::bytea[], %b::text[], %b::text[], %b::timestamptz[], %b::text[]) AS said (key, way, rung, at, reason)
    JOIN sends USING (key, way) JOIN carried USING (key)
    ON CONFLICT DO NOTHING RETURNING key, way, rung"""
_SETTLE_SENT: LiteralString = """
    UPDATE sends SET settled = NOT promised FROM unnest(%b::bytea[], %b::text[]) AS gone (key, way)
    WHERE (sends.key, sends.way) = (gone.key, gone.way)"""
# A failure outweighs a delivery, whichever is told first: by a way that failed the page is looked at again.
_UNSETTLE_FAILED: LiteralString = """
    UPDATE sends SET settled = false FROM unnest(%b::bytea[], %b::text[]) AS lost (key, way)
    WHERE (sends.key, sends.way) = (lost.key, lost.way) AND settled
    AND (SELECT true FROM receipts
         WHERE (receipts.key, receipts.way, try, rung) = (sends.key, sends.way, sends.tries, 'failed') LIMIT 1)"""
# Of a page's few receipts all are read: asked for one, PostgreSQL may go through those of every page by its way.
_UNSETTLED: LiteralString = """
    SELECT DISTINCT key FROM sends
    WHERE NOT settled AND (begun_at <= %(silent)b OR (
        SELECT bool_or((way, try, rung) = (sends.way, sends.tries, 'failed') AND at <= %(failed)b)
        FROM receipts WHERE receipts.key = sends.key))
    LIMIT %(at_most)b"""
_LAST_WORDS: LiteralString = """
    SELECT asked.way, last.rung FROM unnest(%b::text[]) AS asked (way) CROSS JOIN LATERAL (
        SELECT rung FROM receipts AS said JOIN sends USING (key, way)
        WHERE said.way = asked.way AND (rung <> 'sent' OR NOT promised) ORDER BY at DESC LIMIT 1) AS last"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A page that is about to go by `way`; `promised`: it is told later that it was delivered."""

    key: str
    way: Way
    promised: bool


async def keep(connection: Connection, pages: Mapping[str, Page], now: datetime) -> dict[str, Page]:
    """Keep pages under their keys and hold them until the transaction ends; gives what each key stands for.

    Those that another worker holds are left out.
    """
    if not pages:
        return {}
    rows = [
        (bytes.fromhex(key), bytes.fromhex(page.recipient), page.severity, page.kind, page.reference, page.drill, now)
        for key, page in pages.items()
    ]
    columns = columns_of(rows)
    _, held = await ask(connection, (_KEEP, columns), (_HOLD, [columns[0]]))
    return {key.hex(): _page(*row) for key, *row in held}


async def hold(connection: Connection, key: str) -> Page | None:
    """Hold a page until the transaction ends; None where it is not known, or another worker holds it."""
    [held] = await ask(connection, (_HOLD, [[bytes.fromhex(key)]]))
    return _page(*held[0][1:]) if held else None


async def traces(connection: Connection, keys: Collection[str]) -> dict[str, dict[Way, Trace]]:
    """What is known of each of these pages by each way that was tried, of the latest try."""
    found: dict[str, dict[Way, Trace]] = {key: {} for key in keys}
    [rows] = await ask(connection, (_TRACES, [list(map(bytes.fromhex, keys))]))
    for key, way, begun_at, promised, said in rows:
        found[key.hex()][Way(way)] = Trace(begun_at, frozenset(map(Rung, said)), promised)
    return found


async def begin(connection: Connection, begun: Collection[Begun], now: datetime) -> dict[tuple[str, Way], int]:
    """Write down that pages are about to go; gives how often each did so by its way, this time included."""
    if not begun:
        return {}
    rows = [(bytes.fromhex(one.key), one.way, one.promised, now) for one in begun]
    columns = columns_of(rows)
    _, tries = await ask(connection, (_SETTLED, [columns[0]]), (_BEGIN, columns))
    return {(key.hex(), Way(way)): int(count) for key, way, count in tries}


async def say(connection: Connection, receipts: Sequence[tuple[str, Receipt]]) -> list[bool | NotNow]:
    """Write down what was said of pages, by key; False where that was known, or no such page went by this way."""
    names = [bytes.fromhex(key) for key, _ in receipts]
    known, held = ({row[0] for row in rows} for rows in await ask(connection, (_KNOWN, [names]), (_HOLD, [names])))
    told = zip(names, (one for _, one in receipts), strict=True)
    rows = [(key, one.way, one.rung, one.at, one.reason) for key, one in told if key in held]
    new = dict.fromkeys(await _said(connection, rows), True)
    return [
        NotNow.HELD if name in known - held else new.pop((name, one.way, one.rung), False)
        for name, (_, one) in zip(names, receipts, strict=True)
    ]


async def _said(connection: Connection, rows: Sequence[_Row]) -> list[tuple[bytes, Way, Rung]]:
    """What was new of it."""
    if not rows:
        return []
    new, *_ = await ask(connection, (_SAY, columns_of(rows)), *_settling(rows))
    return [(key, Way(way), Rung(rung)) for key, way, rung in new]


def _settling(rows: Sequence[_Row]) -> list[Question]:
    """A page that was sent waits for no more where no more is promised; one that arrived, and has not failed, too."""
    gone = [(key, way) for key, way, rung, *_ in rows if rung is Rung.SENT]
    arrived = [(key, way) for key, way, rung, *_ in rows if rung in {Rung.DELIVERED, Rung.READ}]
    doubted = [*arrived, *((key, way) for key, way, rung, *_ in rows if rung is Rung.FAILED)]
    asked: list[Question] = []
    if gone:
        asked.append((_SETTLE_SENT, [*columns_of(gone)]))
    if arrived:
        asked.append((_SETTLED, [[key for key, _ in arrived]]))
    if doubted:
        asked.append((_UNSETTLE_FAILED, [*columns_of(doubted)]))
    return asked


def _page(recipient: bytes, severity: str, kind: str, reference: str, drill: bool) -> Page:  # noqa: FBT001 - a row
    return Page(recipient.hex(), Severity(severity), AlertKind(kind), reference, drill)


async def settle(connection: Connection, key: str) -> None:
    """Nothing more is to be done for a page."""
    await connection.execute(_SETTLED, [[bytes.fromhex(key)]], binary=True)


async def unsettled(connection: Connection, silent: datetime, failed: datetime, at_most: int) -> list[str]:
    """The pages of which nothing was heard since `silent`, or that were said to have failed by `failed`."""
    given = {"silent": silent, "failed": failed, "at_most": at_most}
    cursor = await connection.execute(_UNSETTLED, given, binary=True)
    return [key.hex() for (key,) in await cursor.fetchall()]


async def last_words(connection: Connection, ways: Collection[Way]) -> Mapping[Way, Rung]:
    """What was said last of any page by each way; that it was sent counts only where nothing more is promised."""
    cursor = await connection.execute(_LAST_WORDS, [list(ways)], binary=True)
    return {Way(way): Rung(rung) for way, rung in await cursor.fetchall()}
