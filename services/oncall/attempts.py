"""Pages as rows: written before they are sent, sent again under the same key if nobody knows what became of them."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import LiteralString

from services.core.codes import Sector
from services.core.ids import EventId
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.calls import Paging
from services.core.oncall.pages import Page, reference_of
from services.oncall.duty import Place
from services.runtime.database import Connection, write_rows

LEASE = timedelta(seconds=10)
"""So long one worker has for sending a page; then it is anybody's again, under the same key."""

_KEY_DIGITS = 32
_WRITE: LiteralString = """
    INSERT INTO attempts (key, alert_id, agency, kind, severity, round, step, level, recipient, reference, due_at,
                          written_at, lease_until, tries, state)
    SELECT *, 'written' FROM unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[], %b::int[], %b::int[],
        %b::int[], %b::bytea[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::int[])
    ON CONFLICT DO NOTHING"""
CLAIM: LiteralString = """
    UPDATE attempts SET lease_until = %(leased)s, tries = tries + 1
    FROM alerts WHERE alerts.alert_id = attempts.alert_id
    AND key = ANY(
        ARRAY(SELECT key FROM attempts WHERE state = 'written' AND recipient IS NOT NULL AND lease_until <= %(now)s
              ORDER BY lease_until LIMIT %(at_most)s FOR UPDATE SKIP LOCKED)
        || ARRAY(SELECT key FROM unnest(%(agencies)s::text[], %(levels)s::int[]) AS staffed (agency, level)
                 CROSS JOIN LATERAL (
                     SELECT key FROM attempts WHERE (agency, level) = (staffed.agency, staffed.level)
                     AND state = 'written' AND recipient IS NULL LIMIT %(at_most)s FOR UPDATE SKIP LOCKED) AS stranded
                 LIMIT %(at_most)s))
    RETURNING key, attempts.alert_id, agency, attempts.kind, attempts.severity, round, step, level, recipient,
              reference, due_at, written_at, lease_until, tries,
              CASE WHEN (round, step) = (1, 0) THEN published_at END"""
_FIND: LiteralString = """
    SELECT key, alert_id, agency, kind, severity, round, step, level, recipient, reference, due_at,
           written_at, lease_until, tries
    FROM attempts WHERE key = %s"""
_WITHDRAWN: LiteralString = """
    SELECT alert_id, ended_at FROM alerts WHERE alert_id = ANY(%b::bytea[]) AND ending = 'withdrawn'"""
_SENT: LiteralString = "UPDATE attempts SET state = 'sent', sent_at = %s WHERE key = ANY(%b::bytea[])"
_ADDRESS: LiteralString = "UPDATE attempts SET (recipient, lease_until, tries) = (%s, %s, %s) WHERE key = %s"
IN_VAIN: LiteralString = """
    SELECT (SELECT true FROM attempts WHERE state = 'written' AND recipient IS NULL LIMIT 1) IS NOT NULL
        OR (%s AND (SELECT true FROM attempts WHERE state = 'written' AND tries > 0 LIMIT 1) IS NOT NULL)"""
_VOID: LiteralString = """
    UPDATE attempts SET state = 'void' WHERE alert_id = %s AND state = 'written'
    AND (%s::text IS NULL OR (agency = %s AND kind <> 'sighting'))"""
_PAGED: LiteralString = """
    SELECT DISTINCT agency, recipient FROM attempts
    WHERE alert_id = %s AND state = 'sent' AND recipient IS NOT NULL AND kind <> 'withdrawn'
    ORDER BY agency, recipient"""
# OFFSET 0 keeps PostgreSQL from reading every page that waits for each of these, on the night when thousands do; what
# is found is locked, so that it is still so when it is written by its key alone.
OLDER: LiteralString = """
    SELECT older.key
    FROM unnest(%b::bytea[], %b::text[], %b::int[], %b::bytea[]) AS newer (alert_id, agency, level, key)
    CROSS JOIN LATERAL (
        SELECT key FROM attempts
        WHERE (alert_id, agency, level) = (newer.alert_id, newer.agency, newer.level)
        AND key <> newer.key AND state = 'written' AND kind <> 'sighting' FOR UPDATE OFFSET 0) AS older"""
_SUPERSEDE: LiteralString = "UPDATE attempts SET state = 'superseded' WHERE key = ANY(%b::bytea[])"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A page that is to be sent; `recipient` is None while nobody is on duty, and `tries` counts beginnings.

    `published_at` is when the hub first held what an alert's very first page is about.
    """

    key: str
    alert_id: str
    agency: Sector
    kind: AlertKind
    severity: Severity
    paging: Paging
    recipient: str | None
    reference: str
    written_at: datetime
    lease_until: datetime
    tries: int
    published_at: datetime | None = None

    def page(self, recipient: str) -> Page:
        """What is sent."""
        return Page(recipient, self.severity, self.kind, self.reference, drill=self.kind is AlertKind.DRILL)


def attempt(alert: Alert, agency: Sector, paging: Paging, recipient: str | None, now: datetime) -> Attempt:
    """The page that a step of the plan owes, in the hands of whoever writes it."""
    key = _digits("page", alert.alert_id, agency, str(paging.round), str(paging.step))
    written = _attempt(key, alert, agency, _kind(alert), paging, recipient, now)
    is_first = (paging.round, paging.step) == (1, 0)
    return replace(written, published_at=alert.published_at if is_first else None)


async def write(connection: Connection, attempts: Iterable[Attempt]) -> None:
    """Write pages before they are sent; what went to the same place in vain before need not be tried any more."""
    attempts = tuple(attempts)
    await write_rows(connection, _WRITE, [_row(one) for one in attempts])
    newer = [(bytes.fromhex(one.alert_id), one.agency, one.paging.level, bytes.fromhex(one.key)) for one in attempts]
    if older := [key for (key,) in await write_rows(connection, OLDER, newer)]:
        await connection.execute(_SUPERSEDE, [older])


async def write_to_owner(connection: Connection, alert: Alert, kind: AlertKind, about: EventId, now: datetime) -> None:
    """Write a page to whoever owns an alert, about something that was heard; the next worker that looks sends it."""
    if alert.owner_agency is not None:
        key = _digits("owner", alert.alert_id, kind, about)
        paging = Paging(0, 0, 0, now)
        one = _attempt(key, alert, alert.owner_agency, kind, paging, alert.owner, now, lease=timedelta())
        await write_rows(connection, _WRITE, [_row(one)])


async def write_to_all_paged(connection: Connection, alert: Alert, now: datetime) -> None:
    """Write a page to everybody who was paged about an alert, for it is withdrawn; what was not sent yet never is."""
    await void(connection, alert.alert_id)
    cursor = await connection.execute(_PAGED, [bytes.fromhex(alert.alert_id)], binary=True)
    told = [(Sector(agency), recipient.hex()) for agency, recipient in await cursor.fetchall()]
    pages = [_withdrawal(alert.alert_id, alert.severity, *one, now, now) for one in told]
    await write_rows(connection, _WRITE, [_row(page) for page in pages])


async def write_to_paged_since(connection: Connection, left: Collection[Attempt], now: datetime) -> None:
    """Write the same to those whose page was on its way when their alert was withdrawn: of these nobody knew then."""
    told = [one for one in left if one.kind is not AlertKind.WITHDRAWN and one.recipient is not None]
    rows = await write_rows(
        connection, _WITHDRAWN, [(bytes.fromhex(alert_id),) for alert_id in {one.alert_id for one in told}]
    )
    withdrawn = {alert_id.hex(): ended_at for alert_id, ended_at in rows}
    pages = [
        _withdrawal(one.alert_id, one.severity, one.agency, one.recipient, withdrawn[one.alert_id], now)
        for one in told
        if one.alert_id in withdrawn
    ]
    await write_rows(connection, _WRITE, [_row(page) for page in pages])


async def claim(connection: Connection, now: datetime, at_most: int, staffed: Collection[Place]) -> list[Attempt]:
    """Take pages that nobody is sending: written and left, tried in vain, or for a place that is `staffed` by now."""
    agencies, levels = zip(*staffed, strict=True) if staffed else ((), ())
    asked = {"now": now, "leased": now + LEASE, "at_most": at_most, "agencies": list(agencies), "levels": list(levels)}
    cursor = await connection.execute(CLAIM, asked, binary=True)
    return [_read(*row) for row in await cursor.fetchall()]


async def any_in_vain(connection: Connection, *, tried: bool) -> bool:
    """Whether a page found nobody on duty, or, where `tried` is asked too, was tried and has not left."""
    row = await (await connection.execute(IN_VAIN, [tried])).fetchone()
    return bool(row and row[0])


async def find(connection: Connection, key: str) -> Attempt | None:
    """The page of this key."""
    row = await (await connection.execute(_FIND, [bytes.fromhex(key)], binary=True)).fetchone()
    return None if row is None else _read(*row)


async def note_sent(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    """These have left the hub."""
    await connection.execute(_SENT, [now, [bytes.fromhex(key) for key in keys]])


async def address(connection: Connection, one: Attempt, recipient: str, now: datetime) -> Attempt:
    """Somebody is on duty now to whom a page can go that found nobody: for them it is the first try."""
    found = replace(one, recipient=recipient, lease_until=now + LEASE, tries=1)
    row = [bytes.fromhex(recipient), found.lease_until, found.tries, bytes.fromhex(one.key)]
    await connection.execute(_ADDRESS, row)
    return found


async def void(connection: Connection, alert_id: str, agency: Sector | None = None) -> None:
    """Send nothing more of an alert that has ended, or to an agency that has answered."""
    await connection.execute(_VOID, [bytes.fromhex(alert_id), agency, agency])


def _kind(alert: Alert) -> AlertKind:
    return AlertKind.DEBRIEF if alert.state == "debrief" else alert.kind


def _attempt(  # noqa: PLR0913, PLR0917 - what a page is made of
    key: str,
    alert: Alert,
    agency: Sector,
    kind: AlertKind,
    paging: Paging,
    recipient: str | None,
    now: datetime,
    lease: timedelta = LEASE,
) -> Attempt:
    said = agency, kind, alert.severity, paging, recipient, _reference(key)
    return Attempt(key, alert.alert_id, *said, now, now + lease, tries=1 if lease else 0)


def _withdrawal(  # noqa: PLR0913, PLR0917 - what it is made of
    alert_id: str, severity: Severity, agency: Sector, person: str | None, withdrawn_at: datetime, now: datetime
) -> Attempt:
    key = _digits("withdrawn", alert_id, agency, person or "", withdrawn_at.isoformat())
    said = agency, AlertKind.WITHDRAWN, severity, Paging(0, 0, 0, now), person, _reference(key)
    return Attempt(key, alert_id, *said, now, now, tries=0)


def _reference(key: str) -> str:
    return reference_of(hashlib.sha256(f"reference\n{key}".encode()).digest())


def _digits(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_KEY_DIGITS]


def _row(one: Attempt) -> tuple[object, ...]:
    recipient = bytes.fromhex(one.recipient) if one.recipient else None
    plan = one.paging.round, one.paging.step, one.paging.level
    times = one.paging.due_at, one.written_at, one.lease_until
    ids = bytes.fromhex(one.key), bytes.fromhex(one.alert_id)
    return *ids, one.agency, one.kind, one.severity, *plan, recipient, one.reference, *times, one.tries


def _read(  # noqa: PLR0913, PLR0917 - a row
    key: bytes,
    alert_id: bytes,
    agency: str,
    kind: str,
    severity: str,
    number: int,
    step: int,
    level: int,
    recipient: bytes | None,
    reference: str,
    due_at: datetime,
    written_at: datetime,
    lease_until: datetime,
    tries: int,
    published_at: datetime | None = None,
) -> Attempt:
    said = Sector(agency), AlertKind(kind), Severity(severity), Paging(number, step, level, due_at)
    to = recipient.hex() if recipient else None
    return Attempt(key.hex(), alert_id.hex(), *said, to, reference, written_at, lease_until, tries, published_at)
