"""What happens to alerts, written beside what it changes and told to others once Kafka takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from services.core.audit import Action, Entry, Kind, about
from services.core.codes import Sector
from services.core.oncall.alerts import AlertKind, AlertReason, Answer, Happening, Severity
from services.core.oncall.pages import Way
from services.runtime.audit import Trail
from services.runtime.database import Connection, write_rows
from services.wire.avro import Record, Schemas

ALERT_HAPPENED = "AlertHappened"

_ACTIONS = {
    Happening.OPENED: Action.ALERT_OPENED,
    Happening.OPENED_AGAIN: Action.ALERT_OPENED,
    Happening.WITHDRAWN: Action.ALERT_WITHDRAWN,
    Happening.PAGED: Action.PAGE_SENT,
    Happening.PAGING_FAILED: Action.PAGE_FAILED,
}

_WRITE: LiteralString = """
    INSERT INTO happenings (alert_id, at, frame) SELECT * FROM unnest(%b::bytea[], %b::timestamptz[], %b::bytea[])"""
_UNTOLD: LiteralString = """
    SELECT number, alert_id, frame FROM happenings WHERE told_at IS NULL ORDER BY number LIMIT %s"""
_TOLD: LiteralString = "UPDATE happenings SET told_at = %s WHERE number = ANY(%b::bigint[])"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened; `person` is who was paged, who answered or who owns the alert now.

    `way` is the one by which a page left; None where nobody knows any more whether it left before.
    """

    alert_id: str
    at: datetime
    what: Happening
    kind: AlertKind
    severity: Severity
    reasons: tuple[AlertReason, ...] = ()
    agency: Sector | None = None
    person: str | None = None
    answer: Answer | None = None
    next_check_at: datetime | None = None
    page_key: str | None = None
    way: Way | None = None

    @property
    def record(self) -> Record:
        """The lantern.AlertHappened of it."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return {**said, "reasons": list(self.reasons)}

    @property
    def entry(self) -> Entry:
        """The audit's word on it: about which alert and whom, and by codes what happened, which agency, which way."""
        told = (about(Kind.ALERT, self.alert_id), *([about(Kind.PERSON, self.person)] if self.person else []))
        codes = (self.what, self.kind, self.agency, self.way)
        action = _ACTIONS.get(self.what, Action.ALERT_CHANGED)
        return Entry(action, about=told, reasons=tuple(code.value for code in codes if code))


@dataclass(frozen=True, slots=True)
class Untold:
    """What Kafka does not have yet."""

    number: int
    alert_id: str
    frame: bytes


class Chronicle:
    """Writes what happened, within the transaction in which it happens."""

    def __init__(self, schemas: Schemas, trail: Trail) -> None:
        self._schemas = schemas
        self._trail = trail

    async def write(self, connection: Connection, *happened: Happened) -> None:
        rows = [
            (bytes.fromhex(one.alert_id), one.at, self._schemas.encode(ALERT_HAPPENED, one.record)) for one in happened
        ]
        await write_rows(connection, _WRITE, rows)

    async def record(self, connection: Connection, *happened: Happened) -> None:
        """Write it, and audit it in one link: the last thing that a transaction does where nobody else audits it."""
        await self.write(connection, *happened)
        await self._trail.append(connection, *(one.entry for one in happened))


async def untold(connection: Connection, at_most: int) -> list[Untold]:
    """What others are to be told next, in the order in which it happened."""
    cursor = await connection.execute(_UNTOLD, [at_most], binary=True)
    return [Untold(number, alert.hex(), frame) for number, alert, frame in await cursor.fetchall()]


async def note_told(connection: Connection, numbers: Sequence[int], now: datetime) -> None:
    """Kafka has these; what it had and we do not know of is told again."""
    await connection.execute(_TOLD, [now, list(numbers)])
