"""The calls on every agency that were decided: kept, so that whoever ends one can name it."""

import secrets
from datetime import datetime
from typing import LiteralString

from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.broadcast import Broadcast, Call, decide, take_back
from services.core.rights import Person
from services.oncall.views import AlertView
from services.runtime.database import Connection

_ID_BYTES = 16
_KEEP: LiteralString = """
    INSERT INTO broadcasts (identifier, alert_id, severity, drill, decided_at, decided_by, takes_back)
    VALUES (%b, %b, %b, %b, %b, %b, %b)"""
_STANDING: LiteralString = """
    SELECT identifier, severity, drill, decided_at FROM broadcasts AS made
    WHERE alert_id = %b AND takes_back IS NULL
    AND NOT EXISTS (SELECT FROM broadcasts AS over WHERE over.takes_back = made.identifier)
    ORDER BY decided_at DESC LIMIT 1 FOR UPDATE"""


async def call(connection: Connection, alert: AlertView, who: Person, now: datetime) -> Broadcast:
    """Call on every agency about an alert.

    Raises:
        NotThePolices: the person is no duty officer of a police force; nothing was kept.
    """
    made = decide(who, secrets.token_hex(_ID_BYTES), alert.severity, now, drill=alert.kind is AlertKind.DRILL)
    await _keep(connection, alert, who, made)
    return made


async def end(connection: Connection, alert: AlertView, who: Person, now: datetime) -> Broadcast | None:
    """End the call about an alert; None where there is none.

    Raises:
        NotThePolices: the person is no duty officer of a police force; nothing was kept.
    """
    found = await connection.execute(_STANDING, [bytes.fromhex(alert.alert_id)], binary=True)
    row = await found.fetchone()
    if row is None:
        return None
    identifier, severity, drill, decided_at = row
    of = Broadcast(identifier.hex(), Call.ALERT, Severity(severity), decided_at, drill)
    made = take_back(who, secrets.token_hex(_ID_BYTES), of, now)
    await _keep(connection, alert, who, made)
    return made


async def _keep(connection: Connection, alert: AlertView, who: Person, made: Broadcast) -> None:
    taken_back = bytes.fromhex(made.of.identifier) if made.of else None
    ids = bytes.fromhex(made.identifier), bytes.fromhex(alert.alert_id)
    said = *ids, made.severity, made.drill, made.decided_at, bytes.fromhex(who.handle), taken_back
    await connection.execute(_KEEP, said, binary=True)
