"""GET /api/waiting: the decisions at the vault that wait for somebody who may answer for a colleague's."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.casefeed.routes.answering import answer
from services.casefeed.waiting import WaitingList, list_waiting
from services.core.rights import Action, reach
from services.runtime.database import Session
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn


def waiting_routes(session: Session, door: Doorkeeper) -> APIRouter:
    """The one route; to anybody else nothing waits."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/waiting")
    async def waiting(who: Who) -> WaitingList:
        if reach(who.person, Action.APPROVE_LOCATION) is None:
            return WaitingList(waiting=[])
        return await answer(session, lambda connection: list_waiting(connection, door.now()))

    return routes
