"""GET /api/patterns: one adult around several children, for coordinators (design 6.7)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.casefeed.patterns import PatternList, list_patterns
from services.casefeed.routes.answering import seen
from services.core.rights import Action
from services.runtime.database import Session
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn

_PAGE = 100
_LARGEST_PAGE = 500


def pattern_routes(session: Session, door: Doorkeeper) -> APIRouter:
    """The route that reads patterns through `session`, under the rights of who asks."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/patterns")
    async def list_all(
        who: Who,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> PatternList:
        return await seen(
            session,
            door,
            who,
            lambda connection, sees: list_patterns(connection, sees, skip, at_most),
            Action.READ_PATTERNS,
        )

    return routes
