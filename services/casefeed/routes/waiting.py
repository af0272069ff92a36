"""GET /api/waiting: the decisions at the vault that wait for somebody who may answer for a colleague's."""

from functools import partial

from fastapi import APIRouter

from services.casefeed.access import Who
from services.casefeed.routes.answering import Window
from services.casefeed.sight import Sight
from services.casefeed.waiting import WaitingList, list_waiting
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.rights import Action, reach
from services.runtime.database import Connection


def waiting_routes(window: Window) -> APIRouter:
    """The one route; to anybody else nothing waits."""
    routes = APIRouter()

    @routes.get("/api/waiting")
    async def waiting(who: Who) -> WaitingList:
        may = reach(who.person, Action.APPROVE_LOCATION) is not None

        async def find(connection: Connection, _: Sight) -> WaitingList:
            return await list_waiting(connection, window.door.now()) if may else WaitingList(waiting=[])

        return await window.seen(who, find, partial(waiting_listed, allowed=may), "waiting", Action.APPROVE_LOCATION)

    return routes


def waiting_listed(found: WaitingList, *, allowed: bool) -> Entry:
    shown = tuple(about(Kind.DECISION, one.decision_id) for one in found.waiting)
    if not allowed:
        return Entry(Act.WAITING_LISTED, Outcome.DENIED, reasons=("no_right",), count=0)
    return Entry(Act.WAITING_LISTED, Outcome.ALLOWED, about=shown, count=len(shown))
