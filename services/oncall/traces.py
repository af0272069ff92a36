"""What became of each page of an alert, way by way, as colleagues see it: codes, times and handles."""

from datetime import datetime
from typing import LiteralString

from services.core.ids import FactId
from services.core.oncall.pages import NotSent, Way
from services.core.oncall.receipts import Rung, Trace, stands
from services.oncall.views import AlertView, Handle, View
from services.runtime.database import Connection

_TRACES: LiteralString = """
    SELECT recipient, sends.way, sends.tries, begun_at, promised,
           array_remove(array_agg(rung ORDER BY rung), NULL), array_remove(array_agg(at ORDER BY rung), NULL),
           max(reason)
    FROM sends JOIN attempts USING (key)
    LEFT JOIN receipts AS said ON (said.key, said.way, said.try) = (sends.key, sends.way, sends.tries)
    WHERE alert_id = %b AND (%b OR agency = %b)
    GROUP BY sends.key, sends.way, recipient ORDER BY begun_at, sends.key, sends.way"""


class TraceView(View):
    """One page by one way: where it stands, and when what was said of it; `tries` counts repeats under its key."""

    recipient: Handle | None
    way: Way
    tries: int
    begun_at: datetime
    stands: Rung
    said: dict[Rung, datetime]
    reason: NotSent | None


class TraceList(View):
    """Every page of an alert, the earliest first; when it opened and the first agency answered."""

    alert_id: FactId
    opened_at: datetime
    answered_at: datetime | None
    traces: list[TraceView]


async def list_traces(
    connection: Connection, alert: AlertView, agency: str, now: datetime, *, every_agency: bool
) -> TraceList:
    """The pages of an alert to one agency, or to all."""
    given = [bytes.fromhex(alert.alert_id), every_agency, agency]
    cursor = await connection.execute(_TRACES, given, binary=True)
    traces = [_trace(now, *row) for row in await cursor.fetchall()]
    times = {"opened_at": alert.opened_at, "answered_at": alert.first_answered_at}
    return TraceList(alert_id=alert.alert_id, **times, traces=traces)


def _trace(  # noqa: PLR0913, PLR0917 - a row
    now: datetime,
    recipient: bytes | None,
    way: str,
    tries: int,
    begun_at: datetime,
    promised: bool,  # noqa: FBT001 - as above
    rungs: list[str],
    times: list[datetime],
    reason: str | None,
) -> TraceView:
    said = {Rung(rung): at for rung, at in zip(rungs, times, strict=True)}
    standing = stands(Way(way), Trace(begun_at, frozenset(said), promised), now)
    told = Handle(recipient.hex()) if recipient else None
    return TraceView(
        recipient=told, way=Way(way), tries=tries, begun_at=begun_at, stands=standing, said=said,
        reason=NotSent(reason) if reason else None,
    )  # fmt: skip
