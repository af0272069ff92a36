"""GET /api/cases, GET /api/cases/{id}: what the person who asks sees; for the operator, GET /digests."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, status
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.casefeed.reading import FOREVER, Known, digests, find_case, list_cases, read_case
from services.casefeed.routes.answering import seen
from services.casefeed.sight import Sight
from services.casefeed.views import CaseList, CaseView, case_view
from services.core.case import CaseStatus
from services.runtime.database import Connection, Session
from services.runtime.digests import digests_as_json
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn
from services.wire.avro import Schemas

_PAGE = 100
_LARGEST_PAGE = 1_000

Id = Annotated[str, Path(pattern="^[0-9a-f]{6,32}$", description="A subject id, or at least its first 6 digits.")]


def case_routes(session: Session, schemas: Schemas, door: Doorkeeper) -> APIRouter:
    """The routes that read cases through `session`, under the rights of who asks."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/cases")
    async def list_all(
        who: Who,
        status: CaseStatus | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> CaseList:
        return await seen(
            session, door, who, lambda connection, sees: list_cases(connection, sees, status, cursor, at_most)
        )

    @routes.get("/api/cases/{case_id}")
    async def show(who: Who, case_id: Id, as_known_at: AwareDatetime | None = None) -> CaseView:
        known_by = as_known_at.astimezone(UTC) if as_known_at else FOREVER
        known = await seen(
            session, door, who, lambda connection, sees: _known(connection, schemas, sees, case_id, known_by)
        )
        return case_view(known.case_id, known.subjects, known.entries, as_known_at and known_by)

    return routes


def digest_route(session: Session, schemas: Schemas) -> Route:
    """The digest of every case, for the operator."""

    async def show_digests(_: Request) -> Response:
        found = digests_as_json(session.where, lambda connection: digests(connection, schemas))
        return StreamingResponse(found, media_type="application/json", headers={"cache-control": "no-store"})

    return Route("/digests", show_digests)


async def _known(connection: Connection, schemas: Schemas, sees: Sight, digits: str, known_by: datetime) -> Known:
    case_id = await find_case(connection, sees, digits, known_by)
    if case_id is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No case was known by this id at this time.")
    return await read_case(connection, schemas, sees, case_id, known_by)
