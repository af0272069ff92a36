"""POST and DELETE /api/alerts/{digits}/call: the police call on every agency, or end that, as a CAP 1.2 message."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response, status

from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.oncall.broadcast import Broadcast, NotThePolices
from services.core.rights import Action, Person
from services.oncall import broadcasts
from services.oncall.answers import find
from services.oncall.cap import cap
from services.oncall.routes.alerts import NOT_YOURS, Digits
from services.oncall.routes.recording import Desk
from services.oncall.views import AlertView, show_alert
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn, by

CAP_TYPE = "application/cap+xml"
_THE_POLICES = NotThePolices.__doc__ or ""
_NO_CALL = "There is no call about this alert that could be ended. Nothing was sent."
Decides = Callable[[Connection, AlertView, Person, datetime], Awaitable[Broadcast | None]]


@dataclass(frozen=True, slots=True)
class Sender:
    """What every message says of the hub: its own domain name, and where people sign in."""

    domain: str
    link: str


class CallRoutes:
    """What the police decide; every decision and every attempt is recorded."""

    def __init__(self, desk: Desk, sender: Sender) -> None:
        self._desk = desk
        self._sender = sender

    async def decided(self, who: Person, digits: str, decides: Decides) -> Response:
        """The message of a call, or of its end; who has no alerts does not hear whether there is one."""
        self._desk.expect(who, Action.ANSWER_ALERT, Act.CALL_DECIDED, _THE_POLICES)
        now = self._desk.door.now()

        async def work(connection: Connection) -> Broadcast | HTTPException:
            found = await find(connection, digits)
            alert = await show_alert(connection, who, found[0]) if len(found) == 1 else None
            if alert is None:
                return HTTPException(status.HTTP_404_NOT_FOUND, NOT_YOURS)
            try:
                made = await decides(connection, alert, who, now)
            except NotThePolices:
                return HTTPException(status.HTTP_403_FORBIDDEN, _THE_POLICES)
            return made or HTTPException(status.HTTP_409_CONFLICT, _NO_CALL)

        made = await self._desk.recorded(work, lambda found: by(who, _entry(digits, found)))
        if isinstance(made, HTTPException):
            raise made
        return Response(cap(made, self._sender.domain, self._sender.link), media_type=CAP_TYPE)


def call_routes(desk: Desk, sender: Sender) -> APIRouter:
    """The two routes."""
    routes, calls = APIRouter(), CallRoutes(desk, sender)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.post("/api/alerts/{digits}/call")
    async def called(who: Who, digits: Digits) -> Response:
        return await calls.decided(who.person, digits, broadcasts.call)

    @routes.delete("/api/alerts/{digits}/call")
    async def ended(who: Who, digits: Digits) -> Response:
        return await calls.decided(who.person, digits, broadcasts.end)

    return routes


def _entry(digits: str, made: Broadcast | HTTPException) -> Entry:
    told = about(Kind.ALERT, digits)
    if isinstance(made, Broadcast):
        return Entry(Act.CALL_DECIDED, Outcome.ALLOWED, about=(told,), reasons=(made.call.value,))
    return Entry(Act.CALL_DECIDED, Outcome.DENIED, about=(told,), reasons=(_WHY[made.status_code],))


_WHY = {
    status.HTTP_404_NOT_FOUND: "not_known",
    status.HTTP_403_FORBIDDEN: "no_right",
    status.HTTP_409_CONFLICT: "no_call",
}
