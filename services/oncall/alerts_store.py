"""The tables of alerts, and of the calls of the agencies that must answer them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from services.core.codes import Sector
from services.core.ids import FactId, SubjectId
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import AlertKind, AlertReason, Ending, Severity, State, Why
from services.core.oncall.calls import Call, Chain, Status, Step
from services.runtime.database import Connection, write_rows
from services.runtime.id_arrays import IdArray

_HOLD: LiteralString = """
    SELECT alert_id, subject_id, kind, state, why, severity, reasons, published_at, opened_at, first_answered_at, owner,
           owner_agency, ended_at, ending
    FROM alerts WHERE alert_id = ANY(%b::bytea[]) ORDER BY alert_id FOR NO KEY UPDATE"""
_HOLD_CALLS: LiteralString = """
    SELECT alert_id, agency, status, chain, round, began_at, step, next_at FROM calls
    WHERE alert_id = ANY(%b::bytea[]) ORDER BY alert_id, agency FOR UPDATE"""
HOLD_DUE: LiteralString = """
    SELECT alert_id, subject_id, kind, state, why, severity, reasons, published_at, opened_at, first_answered_at, owner,
           owner_agency, ended_at, ending,
           agency, status, chain, round, began_at, step, next_at
    FROM calls JOIN alerts USING (alert_id)
    WHERE next_at <= %s ORDER BY round <> 1 OR step <> 0, next_at LIMIT %s FOR UPDATE OF calls SKIP LOCKED"""
_OWNED_BY_OTHERS: LiteralString = """
    SELECT alert_id, subject_id, kind, state, why, severity, reasons, published_at, opened_at, first_answered_at, owner,
           owner_agency, ended_at, ending
    FROM alerts WHERE state = 'open' AND first_answered_at IS NULL AND owner_agency = %s AND owner IS DISTINCT FROM %s
    FOR NO KEY UPDATE SKIP LOCKED"""
_ALERT_COLUMNS = 14
_PUT: LiteralString = """
    INSERT INTO alerts (alert_id, subject_id, kind, state, why, severity, reasons, published_at, opened_at,
                        first_answered_at, owner, owner_agency, ended_at, ending)
    SELECT alert_id, subject_id, kind, state, why, severity, string_to_array(reasons, ' '), published_at, opened_at,
           first_answered_at, owner, owner_agency, ended_at, ending
    FROM unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::bytea[], %b::text[], %b::timestamptz[],
                %b::text[])
        AS given (alert_id, subject_id, kind, state, why, severity, reasons, published_at, opened_at,
                  first_answered_at, owner, owner_agency, ended_at, ending)
    ON CONFLICT (alert_id) DO UPDATE SET
        (kind, state, why, severity, reasons, opened_at, first_answered_at, owner, owner_agency, ended_at, ending)
      = (excluded.kind, excluded.state, excluded.why, excluded.severity, excluded.reasons, excluded.opened_at,
         excluded.first_answered_at, excluded.owner, excluded.owner_agency, excluded.ended_at, excluded.ending)"""
_PUT_CALLS: LiteralString = """
    INSERT INTO calls (alert_id, agency, status, chain, round, began_at, step, next_at)
    SELECT * FROM unnest(%b::bytea[], %b::text[], %b::text[], %b::jsonb[], %b::int[], %b::timestamptz[], %b::int[],
                         %b::timestamptz[])
    ON CONFLICT (alert_id, agency) DO UPDATE SET
        (status, chain, round, began_at, step, next_at)
      = (excluded.status, excluded.chain, excluded.round, excluded.began_at, excluded.step, excluded.next_at)"""


CallsOf = Mapping[FactId, Mapping[Sector, Call]]


async def hold_alerts(connection: Connection, ids: Collection[str]) -> tuple[dict[FactId, Alert], CallsOf]:
    """These alerts with their calls, locked until the transaction ends: alerts first, whoever locks both."""
    cursor = await connection.execute(_HOLD, [IdArray(ids)], binary=True)
    alerts = {alert.alert_id: alert for alert in [alert_of(*row) for row in await cursor.fetchall()]}
    cursor = await connection.execute(_HOLD_CALLS, [IdArray(ids)], binary=True)
    calls: dict[FactId, dict[Sector, Call]] = {alert_id: {} for alert_id in alerts}
    for alert_id, *row in await cursor.fetchall():
        call = call_of(*row)
        calls[FactId(alert_id.hex())][call.agency] = call
    return alerts, calls


async def hold_due(connection: Connection, now: datetime, at_most: int) -> list[tuple[Alert, Call]]:
    """Calls of which a page is due, locked; those that another worker holds are its own affair.

    A child of whom an agency was told nothing yet goes before one of whom it is told again.
    """
    cursor = await connection.execute(HOLD_DUE, [now, at_most], binary=True)
    return [(alert_of(*row[:_ALERT_COLUMNS]), call_of(*row[_ALERT_COLUMNS:])) for row in await cursor.fetchall()]


async def owned_by_others(connection: Connection, agency: Sector, person: str) -> list[Alert]:
    """Open alerts that nobody has answered yet, and that somebody of the agency other than this person owns."""
    cursor = await connection.execute(_OWNED_BY_OTHERS, [agency, bytes.fromhex(person)], binary=True)
    return [alert_of(*row) for row in await cursor.fetchall()]


async def put(connection: Connection, *kept: tuple[Alert, Iterable[Call]]) -> None:
    """Save alerts, each with these of its calls, whether they are new or not."""
    await write_rows(connection, _PUT, list({alert.alert_id: _row(alert) for alert, _ in kept}.values()))
    await put_calls(connection, ((alert.alert_id, call) for alert, calls in kept for call in calls))


async def put_calls(connection: Connection, calls: Iterable[tuple[str, Call]]) -> None:
    """Save calls of several alerts at once."""
    rows = {(alert_id, call.agency): _call_row(alert_id, call) for alert_id, call in calls}
    await write_rows(connection, _PUT_CALLS, list(rows.values()))


def alert_of(alert_id: bytes, subject_id: bytes | None, *row: Any) -> Alert:  # noqa: ANN401 - a row
    """The alert of a row of `_ALERT`'s columns."""
    kind, state, why, severity, reasons, published_at, opened_at, answered_at, owner, agency, ended_at, ending = row
    return Alert(
        FactId(alert_id.hex()),
        SubjectId(subject_id.hex()) if subject_id else None,
        AlertKind(kind),
        State(state),
        Why(why),
        Severity(severity),
        tuple(AlertReason(reason) for reason in reasons),
        published_at,
        opened_at,
        answered_at,
        owner.hex() if owner else None,
        Sector(agency) if agency else None,
        ended_at,
        Ending(ending) if ending else None,
    )


def call_of(agency: str, status: str, chain: Any, *row: Any) -> Call:  # noqa: ANN401 - a row
    """The call of a row of `_CALL`'s columns."""
    steps = tuple(Step(timedelta(seconds=after), level) for after, level in chain["steps"])
    copied = Chain(steps, timedelta(seconds=chain["repeat"]))
    return Call(Sector(agency), Status(status), copied, *row)


def _row(alert: Alert) -> list[object]:
    subject = bytes.fromhex(alert.subject_id) if alert.subject_id else None
    owner = bytes.fromhex(alert.owner) if alert.owner else None
    said = (alert.kind, alert.state, alert.why, alert.severity, " ".join(alert.reasons))
    times = alert.published_at, alert.opened_at, alert.first_answered_at
    return [
        bytes.fromhex(alert.alert_id),
        subject,
        *said,
        *times,
        owner,
        alert.owner_agency,
        alert.ended_at,
        alert.ending,
    ]


def _call_row(alert_id: str, call: Call) -> list[object]:
    head = bytes.fromhex(alert_id), call.agency, call.status, Jsonb(_chain_json(call.chain))
    return [*head, call.round, call.began_at, call.step, call.next_at]


def _chain_json(chain: Chain) -> dict[str, Any]:
    return {
        "steps": [[step.after.total_seconds(), step.level] for step in chain.steps],
        "repeat": chain.repeat.total_seconds(),
    }
