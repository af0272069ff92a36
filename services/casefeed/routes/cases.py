"""GET /api/cases, GET /api/cases/{id}, GET /digests."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, status
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from services.casefeed.reading import FOREVER, Known, digests, find_case, list_cases, read_case
from services.casefeed.routes.answering import answer
from services.casefeed.views import CaseList, CaseView, case_view
from services.core.case import CaseStatus
from services.runtime.database import Connection, Session
from services.runtime.digests import digests_as_json
from services.wire.avro import Schemas

_PAGE = 100
_LARGEST_PAGE = 1_000

Id = Annotated[str, Path(pattern="^[0-9a-f]{6,32}$", description="A subject id, or at least its first 6 digits.")]


def case_routes(session: Session, schemas: Schemas) -> APIRouter:
    """The routes that read cases through `session`."""
    routes = APIRouter()

    @routes.get("/api/cases")
    async def list_all(
        status: CaseStatus | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> CaseList:
        return await answer(session, lambda connection: list_cases(connection, status, cursor, at_most))

    @routes.get("/api/cases/{case_id}")
    async def show(case_id: Id, as_known_at: AwareDatetime | None = None) -> CaseView:
        known_by = as_known_at.astimezone(UTC) if as_known_at else FOREVER
        known = await answer(session, lambda connection: _known(connection, schemas, case_id, known_by))
        return case_view(known.case_id, known.subjects, known.entries, as_known_at and known_by)

    @routes.get("/digests", response_class=StreamingResponse)
    async def show_digests() -> StreamingResponse:
        found = digests_as_json(session.where, lambda connection: digests(connection, schemas))
        return StreamingResponse(found, media_type="application/json")

    return routes


async def _known(connection: Connection, schemas: Schemas, digits: str, known_by: datetime) -> Known:
    case_id = await find_case(connection, digits, known_by)
    if case_id is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No case was known by this id at this time.")
    return await read_case(connection, schemas, case_id, known_by)
