"""/api/drills: marked drills of one's own agency on the real path; /api/alerts/{digits}/pages: what became of pages."""

import secrets
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, status

from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.ids import FactId
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import AlertKind, AlertReason, Severity, State, Why
from services.core.rights import Action, Person, PersonRole
from services.oncall.answers import find
from services.oncall.deciding import Decider
from services.oncall.routes.alerts import NOT_YOURS, Digits
from services.oncall.routes.recording import Desk
from services.oncall.traces import TraceList, list_traces
from services.oncall.views import AlertView, show_alert
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn, by

_FOR_DRILLS = "Drills are for coordinators, managers and duty officers, each for their own agency. Nobody was paged."
_FOR_STAFF = "This is for those who can be on duty."
_ID_BYTES = 16

T = TypeVar("T")


class DrillRoutes:
    """Drills, and what became of the pages of any alert; `bell` is rung when there is something to send."""

    def __init__(self, desk: Desk, decider: Decider, bell: Callable[[], None]) -> None:
        self._desk = desk
        self._decider = decider
        self._bell = bell

    async def begun(self, who: Person) -> AlertView:
        """Page whoever is on duty in their agency, as an alert would."""
        self._desk.expect(who, Action.HOLD_DRILL, Act.DRILL_BEGUN, _FOR_DRILLS)
        alert_id = FactId(secrets.token_hex(_ID_BYTES))
        told = about(Kind.ALERT, alert_id)
        view = await self._desk.recorded(
            lambda connection: self._begin(connection, who, alert_id),
            lambda _: by(who, Entry(Act.DRILL_BEGUN, Outcome.ALLOWED, about=(told,))),
        )
        self._bell()
        return view

    async def _begin(self, connection: Connection, who: Person, alert_id: FactId) -> AlertView:
        now = self._desk.door.now()
        said = AlertKind.DRILL, State.OPEN, Why.DRILL, Severity.CRITICAL, (AlertReason.DRILL,)
        await self._decider.open_by_hand(connection, Alert(alert_id, None, *said, now, now), [who.sector])
        return _known(await show_alert(connection, who, alert_id))

    async def traces(self, who: Person, digits: str) -> TraceList:
        """What became of each page of an alert to their agency; a coordinator sees every agency's."""
        self._desk.expect(who, Action.ANSWER_ALERT, Act.ALERT_READ, _FOR_STAFF)
        told = about(Kind.ALERT, digits)
        found = await self._desk.recorded(
            lambda connection: self._traced(connection, who, digits),
            lambda traced: by(who, _read(told, found=traced is not None)),
        )
        return _known(found)

    async def _traced(self, connection: Connection, who: Person, digits: str) -> TraceList | None:
        found = await find(connection, digits)
        alert = await show_alert(connection, who, found[0]) if len(found) == 1 else None
        if alert is None:
            return None
        every, now = who.role is PersonRole.COORDINATOR, self._desk.door.now()
        return await list_traces(connection, alert, who.sector, now, every_agency=every)


def drill_routes(desk: Desk, decider: Decider, bell: Callable[[], None]) -> APIRouter:
    """POST /api/drills and GET /api/alerts/{digits}/pages."""
    routes, drills = APIRouter(), DrillRoutes(desk, decider, bell)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.post("/api/drills", status_code=status.HTTP_201_CREATED)
    async def begun(who: Who) -> AlertView:
        return await drills.begun(who.person)

    @routes.get("/api/alerts/{digits}/pages")
    async def traces(who: Who, digits: Digits) -> TraceList:
        return await drills.traces(who.person, digits)

    return routes


def _known(found: T | None) -> T:
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, NOT_YOURS)
    return found


def _read(told: str, *, found: bool) -> Entry:
    outcome, reasons = (Outcome.ALLOWED, ()) if found else (Outcome.DENIED, ("not_known",))
    return Entry(Act.ALERT_READ, outcome, about=(told,), reasons=reasons)
