"""Takes answers for agencies, within one transaction: the alert, the call, who owns it now, and what happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from services.core.codes import Sector
from services.core.ids import FactId
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import AlertKind, Happening, Severity, State
from services.core.oncall.answering import Asked, Refusal, Taken, answer
from services.core.rights import Person
from services.oncall.alerts_store import hold_alerts, put
from services.oncall.attempts import void
from services.oncall.duty import Rota
from services.oncall.happening import Chronicle, Happened
from services.runtime.database import Connection
from services.runtime.metrics import AlertMetrics

LEVELS = range(3)
_FIND: LiteralString = "SELECT alert_id FROM alerts WHERE encode(alert_id, 'hex') LIKE %s LIMIT 2"
_PAGED: LiteralString = """
    SELECT EXISTS (SELECT FROM attempts WHERE alert_id = %s AND agency = %s AND recipient = %s AND state = 'sent')"""
_ANSWERED: LiteralString = """
    UPDATE calls SET (answer, answered_by, answered_at) = (%s, %s, %s) WHERE alert_id = %s AND agency = %s"""
_OWNED: LiteralString = """
    UPDATE alerts SET (owner, owner_agency) = (%s, %s)
    WHERE owner = %s AND owner_agency = %s AND state IN ('open', 'debrief')
    RETURNING alert_id, kind, severity"""


async def find(connection: Connection, digits: str) -> list[FactId]:
    """The alerts whose ids begin so; two if there are several."""
    cursor = await connection.execute(_FIND, [f"{digits}%"])
    return [FactId(alert_id.hex()) for (alert_id,) in await cursor.fetchall()]


class Answers:
    """Takes an answer, or says why not."""

    def __init__(self, rota: Rota, chronicle: Chronicle, metrics: AlertMetrics | None = None) -> None:
        self.chronicle = chronicle
        self._rota = rota
        self._metrics = metrics

    def count(self, taken: Taken, now: datetime) -> None:
        """Count how long an agency's first answer took, once it is committed."""
        if self._metrics is not None and taken.is_first:
            self._metrics.time_to_answer_seconds.observe((now - taken.alert.opened_at).total_seconds())

    async def take(
        self, connection: Connection, alert_id: FactId, asked: Asked, who: Person, now: datetime
    ) -> Taken | Refusal:
        """Answer for the agency of `who`, in the transaction of the caller."""
        alerts, calls = await hold_alerts(connection, [alert_id])
        alert, of_agencies = alerts[alert_id], calls[alert_id]
        stands = await self._stands_for(connection, alert, who, now)
        taken = answer(asked, alert, of_agencies, who, now, stands_for_it=stands)
        if isinstance(taken, Refusal):
            return taken
        await put(connection, (taken.alert, [taken.call]))
        said = [asked.answer, bytes.fromhex(who.handle), now]
        await connection.execute(_ANSWERED, [*said, bytes.fromhex(alert_id), who.sector])
        await void(connection, alert_id, who.sector if taken.alert.state is not State.CLOSED else None)
        await self.chronicle.write(connection, *_happened(alert, taken, asked, who, now))
        return taken

    async def _stands_for(self, connection: Connection, alert: Alert, who: Person, now: datetime) -> bool:
        """Whether they are on duty in their agency, at any level, were paged about this alert, or own it."""
        if who.handle == alert.owner:
            return True
        for level in LEVELS:
            if await self._rota.on_duty(connection, who.sector, now, level) == who.handle:
                return True
        told = [bytes.fromhex(alert.alert_id), who.sector, bytes.fromhex(who.handle)]
        row = await (await connection.execute(_PAGED, told)).fetchone()
        return bool(row and row[0])


async def hand_over_alerts(  # noqa: PLR0913, PLR0917 - who gives what to whom, and where that is written
    connection: Connection, chronicle: Chronicle, giver: str, receiver: str, agency: Sector, now: datetime
) -> int:
    """Make whoever accepted a handover the owner of what the giver owned for this agency; gives of how many alerts."""
    given = [bytes.fromhex(receiver), agency, bytes.fromhex(giver), agency]
    rows = await (await connection.execute(_OWNED, given, binary=True)).fetchall()
    await chronicle.write(connection, *(_handed_over(row, receiver, agency, now) for row in rows))
    return len(rows)


def _handed_over(row: Sequence[Any], receiver: str, agency: Sector, now: datetime) -> Happened:
    alert_id, kind, severity = row[0], row[1], row[2]
    said = Happening.HANDED_OVER, AlertKind(kind), Severity(severity)
    return Happened(alert_id.hex(), now, *said, agency=agency, person=receiver)


def _happened(alert: Alert, taken: Taken, asked: Asked, who: Person, now: datetime) -> list[Happened]:
    said = alert.kind, alert.severity, alert.reasons, who.sector, who.handle
    told = [Happened(alert.alert_id, now, Happening.ANSWERED, *said, asked.answer, taken.next_check_at)]
    if taken.alert.state is State.CLOSED:
        told.append(Happened(alert.alert_id, now, Happening.ENDED, *said))
    return told
