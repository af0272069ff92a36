"""What is shown of alerts: codes, times and handles; there is no room for words or places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, NewType

from pydantic import BaseModel, ConfigDict

from services.core.codes import Sector
from services.core.ids import FactId, SubjectId, well_formed
from services.core.oncall.alerts import AlertKind, AlertReason, Answer, Ending, Severity, State, Why
from services.core.oncall.calls import Status
from services.core.oncall.pages import Way
from services.core.rights import Person, PersonRole
from services.runtime.database import Connection
from services.runtime.id_arrays import IdArray

Handle = NewType("Handle", str)
"""Of a colleague: a keyed id, 32 hexadecimal digits."""

MOST_ALERTS = 500


class View(BaseModel):
    """What is shown to somebody; nothing can be put into it that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CallView(View):
    """What one agency owes; `next_at`: when it is paged again unless it answers."""

    agency: Sector
    status: Status
    round: int
    next_at: datetime | None
    answer: Answer | None
    answered_by: Handle | None
    answered_at: datetime | None


class PageView(View):
    """A page as it was tried: to whom, when it was planned, when it left; `tries` counts repeats under one key.

    `ways`: those by which it was tried, the first one first.
    """

    agency: Sector
    kind: AlertKind
    level: int
    recipient: Handle | None
    due_at: datetime
    sent_at: datetime | None
    tries: int
    ways: list[Way]


class AlertView(View):
    """An alert; `pages` is filled in where one alert is asked for."""

    alert_id: FactId
    subject_id: SubjectId | None
    kind: AlertKind
    state: State
    why: Why
    severity: Severity
    reasons: list[AlertReason]
    opened_at: datetime
    first_answered_at: datetime | None
    owner: Handle | None
    owner_agency: Sector | None
    ended_at: datetime | None
    ending: Ending | None
    calls: list[CallView]
    pages: list[PageView] = []


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of alerts ended: when its last one was opened, and which it is."""

    opened_at: datetime
    alert_id: FactId

    def __str__(self) -> str:
        return f"{self.opened_at.isoformat()},{self.alert_id}"


def place_of(text: str) -> Place:
    """Read a place as it was told.

    Raises:
        ValueError: it is none.
    """
    opened_at, _, alert_id = text.partition(",")
    return Place(datetime.fromisoformat(opened_at), FactId(well_formed(alert_id)))


class AlertList(View):
    """Alerts, the latest first; `next`: what `after` must be for those that follow, None where none does."""

    alerts: list[AlertView]
    next: str | None = None


_LIST: LiteralString = """
    SELECT alert_id, subject_id, kind, state, why, severity, reasons, opened_at, first_answered_at, owner,
           owner_agency, ended_at, ending
    FROM alerts WHERE (%(every)s OR (
        SELECT true FROM calls WHERE calls.alert_id = alerts.alert_id AND calls.agency = %(agency)s LIMIT 1))
    AND (%(all)s OR state IN ('open', 'debrief'))
    AND (%(at)s::timestamptz IS NULL OR (opened_at, alert_id) < (%(at)s, %(alert)s::bytea))
    ORDER BY opened_at DESC, alert_id DESC LIMIT %(most)s"""
_ONE: LiteralString = """
    SELECT alert_id, subject_id, kind, state, why, severity, reasons, opened_at, first_answered_at, owner,
           owner_agency, ended_at, ending
    FROM alerts WHERE (%(every)s OR (
        SELECT true FROM calls WHERE calls.alert_id = alerts.alert_id AND calls.agency = %(agency)s LIMIT 1))
    AND alert_id = %(alert)s"""
_CALLS: LiteralString = """
    SELECT alert_id, agency, status, round, next_at, answer, answered_by, answered_at FROM calls
    WHERE alert_id = ANY(%b::bytea[]) ORDER BY alert_id, agency"""
_PAGES: LiteralString = """
    SELECT agency, kind, level, recipient, due_at, sent_at, tries,
           array(SELECT way FROM sends WHERE sends.key = attempts.key ORDER BY begun_at, way)
    FROM attempts WHERE alert_id = %s ORDER BY due_at, written_at, key"""


async def list_alerts(
    connection: Connection, who: Person, *, everything: bool, after: Place | None = None, most: int = MOST_ALERTS
) -> AlertList:
    """Those of the agency of `who`, or of all for a coordinator: open ones, or `everything` there is; after a place."""
    at, alert = (after.opened_at, bytes.fromhex(after.alert_id)) if after else (None, None)
    given = {**_seen_by(who), "all": everything, "at": at, "alert": alert, "most": most + 1}
    rows = await _rows(connection, _LIST, given)
    calls = await _calls(connection, [row[0].hex() for row in rows])
    shown = [_alert(row, calls) for row in rows[:most]]
    return AlertList(
        alerts=shown, next=str(Place(shown[-1].opened_at, shown[-1].alert_id)) if len(rows) > most else None
    )


async def show_alert(connection: Connection, who: Person, alert_id: FactId) -> AlertView | None:
    """One alert with its pages; None for one that is not theirs to see."""
    rows = await _rows(connection, _ONE, {**_seen_by(who), "alert": bytes.fromhex(alert_id)})
    if not rows:
        return None
    pages = await (await connection.execute(_PAGES, [bytes.fromhex(alert_id)], binary=True)).fetchall()
    shown = _alert(rows[0], await _calls(connection, [alert_id]))
    return shown.model_copy(update={"pages": [_page(row) for row in pages]})


def _seen_by(who: Person) -> dict[str, object]:
    return {"every": who.role is PersonRole.COORDINATOR, "agency": who.sector}


async def _rows(connection: Connection, text: LiteralString, given: dict[str, object]) -> Sequence[tuple[Any, ...]]:
    return await (await connection.execute(text, given, binary=True)).fetchall()


async def _calls(connection: Connection, ids: Iterable[str]) -> dict[bytes, list[CallView]]:
    found: dict[bytes, list[CallView]] = {}
    cursor = await connection.execute(_CALLS, [IdArray(list(ids))], binary=True)
    for alert_id, *row in await cursor.fetchall():
        named = dict(zip(CallView.model_fields, row, strict=True))
        found.setdefault(alert_id, []).append(CallView.model_validate(_with_handles(named, "answered_by")))
    return found


def _alert(row: tuple[Any, ...], calls: dict[bytes, list[CallView]]) -> AlertView:
    named = dict(zip(list(AlertView.model_fields)[: len(row)], row, strict=True))
    told = _with_handles(named, "alert_id", "subject_id", "owner")
    return AlertView.model_validate({**told, "calls": calls.get(row[0], [])})


def _page(row: tuple[Any, ...]) -> PageView:
    return PageView.model_validate(_with_handles(dict(zip(PageView.model_fields, row, strict=True)), "recipient"))


def _with_handles(named: dict[str, Any], *handles: str) -> dict[str, Any]:
    return {name: value.hex() if name in handles and value else value for name, value in named.items()}
