"""Which way each page went and what was said of it: rows that are written before anything is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString

from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.pages import Page, Way
from services.core.oncall.receipts import Receipt, Rung, Trace
from services.runtime.database import Connection, ask

_KEEP: LiteralString = """
    INSERT INTO carried (key, recipient, severity, kind, reference, drill, first_at) VALUES (%b, %b, %b, %b, %b, %b, %b)
    ON CONFLICT DO NOTHING"""
_LOCK: LiteralString = """
    SELECT recipient, severity, kind, reference, drill FROM carried WHERE key = %b FOR UPDATE"""
_TRACES: LiteralString = """
    SELECT way, begun_at, promised,
           array(SELECT rung FROM receipts AS said
                 WHERE (said.key, said.way, said.try) = (sends.key, sends.way, sends.tries))
    FROM sends WHERE key = %b"""
_OTHERS_SETTLED: LiteralString = "UPDATE sends SET settled = true WHERE key = %b AND NOT settled"
_BEGIN: LiteralString = """
    INSERT INTO sends (key, way, tries, promised, begun_at, settled) VALUES (%b, %b, 1, %b, %b, false)
    ON CONFLICT (key, way) DO UPDATE
    SET (tries, promised, begun_at, settled) = (sends.tries + 1, excluded.promised, excluded.begun_at, false)
    RETURNING tries"""
_SAY: LiteralString = """
    INSERT INTO receipts (key, way, try, rung, at, reason)
    SELECT key, way, tries, %(rung)b, %(at)b, %(reason)b FROM sends WHERE (key, way) = (%(key)b, %(way)b)
    ON CONFLICT DO NOTHING RETURNING 1"""
_SETTLE_SENT: LiteralString = "UPDATE sends SET settled = NOT promised WHERE (key, way) = (%b, %b)"
_UNSETTLED: LiteralString = """
    SELECT DISTINCT key FROM sends
    WHERE NOT settled AND (begun_at <= %(silent)b OR EXISTS (
        SELECT FROM receipts AS said WHERE (said.key, said.way, said.try) = (sends.key, sends.way, sends.tries)
        AND rung = 'failed' AND at <= %(failed)b))
    LIMIT %(at_most)b"""
_LAST_WORDS: LiteralString = """
    SELECT asked.way, last.rung FROM unnest(%b::text[]) AS asked (way) CROSS JOIN LATERAL (
        SELECT rung FROM receipts AS said JOIN sends USING (key, way)
        WHERE said.way = asked.way AND (rung <> 'sent' OR NOT promised) ORDER BY at DESC LIMIT 1) AS last"""


async def keep(connection: Connection, page: Page, key: str, now: datetime) -> Page:
    """Keep a page under its key and hold it until the transaction ends; gives the page that the key stands for."""
    name, told = bytes.fromhex(key), (page.severity, page.kind, page.reference, page.drill, now)
    _, [held] = await ask(connection, (_KEEP, [name, bytes.fromhex(page.recipient), *told]), (_LOCK, [name]))
    return _page(*held)


async def hold(connection: Connection, key: str) -> Page | None:
    """Hold a page until the transaction ends, so that no other worker chooses a way for it meanwhile."""
    row = await (await connection.execute(_LOCK, [bytes.fromhex(key)], binary=True)).fetchone()
    return None if row is None else _page(*row)


async def traces(connection: Connection, key: str) -> dict[Way, Trace]:
    """What is known of a page by each way that was tried, of the latest try."""
    cursor = await connection.execute(_TRACES, [bytes.fromhex(key)], binary=True)
    return {
        Way(way): Trace(begun_at, frozenset(map(Rung, said)), promised)
        for way, begun_at, promised, said in await cursor.fetchall()
    }


async def begin(connection: Connection, key: str, way: Way, now: datetime, *, promised: bool) -> int:
    """Write down that a page is about to go by `way`; gives how often it did so, this time included."""
    name = bytes.fromhex(key)
    _, begun = await ask(connection, (_OTHERS_SETTLED, [name]), (_BEGIN, [name, way, promised, now]))
    return int(begun[0][0])


async def say(connection: Connection, key: str, receipt: Receipt) -> bool:
    """Write down what was said of a page; False if that was known, or no such page went by this way."""
    name = bytes.fromhex(key)
    given = {"key": name, "way": receipt.way, "rung": receipt.rung, "at": receipt.at, "reason": receipt.reason}
    new, *_ = await ask(connection, (_SAY, given), *_settling(receipt, name))
    return new != []


def _settling(receipt: Receipt, name: bytes) -> tuple[tuple[LiteralString, list[object]], ...]:
    if receipt.rung is Rung.SENT:
        return ((_SETTLE_SENT, [name, receipt.way]),)
    return ((_OTHERS_SETTLED, [name]),) if receipt.rung in {Rung.DELIVERED, Rung.READ} else ()


def _page(recipient: bytes, severity: str, kind: str, reference: str, drill: bool) -> Page:  # noqa: FBT001 - a row
    return Page(recipient.hex(), Severity(severity), AlertKind(kind), reference, drill)


async def settle(connection: Connection, key: str) -> None:
    """Nothing more is to be done for a page."""
    await connection.execute(_OTHERS_SETTLED, [bytes.fromhex(key)], binary=True)


async def unsettled(connection: Connection, silent: datetime, failed: datetime, at_most: int) -> list[str]:
    """The pages of which nothing was heard since `silent`, or that were said to have failed by `failed`."""
    given = {"silent": silent, "failed": failed, "at_most": at_most}
    cursor = await connection.execute(_UNSETTLED, given, binary=True)
    return [key.hex() for (key,) in await cursor.fetchall()]


async def last_words(connection: Connection) -> Mapping[Way, Rung]:
    """What was said last of any page by each way; that it was sent counts only where nothing more is promised."""
    cursor = await connection.execute(_LAST_WORDS, [list(Way)], binary=True)
    return {Way(way): Rung(rung) for way, rung in await cursor.fetchall()}
