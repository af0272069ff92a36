"""GET /api/cases, GET /api/cases/{id}: what the person who asks sees; for the operator, GET /digests."""

import re
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.casefeed.access import Who
from services.casefeed.reading import FOREVER, AmbiguousId, Known, digests, find_case, list_cases, read_case
from services.casefeed.routes.answering import NotOne, Window, cases_listed
from services.casefeed.sight import Sight
from services.casefeed.views import CaseList, CaseView, case_view
from services.core.audit import OPERATOR, Action, Entry, Kind, Outcome, about
from services.core.case import CaseStatus
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.digests import digests_as_json
from services.runtime.moments import Moment
from services.wire.avro import Schemas

_PAGE = 100
_LARGEST_PAGE = 1_000

_DIGITS = re.compile("[0-9a-f]{6,32}")
Id = Annotated[str, Path(pattern="^[0-9a-f]{6,32}$", description="A subject id, or at least its first 6 digits.")]


def case_routes(window: Window, schemas: Schemas) -> APIRouter:
    """The routes that read cases, under the rights of who asks."""
    routes = APIRouter()

    @routes.get("/api/cases")
    async def list_all(
        who: Who,
        status: CaseStatus | None = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> CaseList:
        find = partial(list_cases, status=status, cursor=cursor, at_most=at_most)
        return await window.seen(who, find, case_listed, f"cases {status} {cursor} {at_most}")

    @routes.get("/api/cases/{case_id}")
    async def show(who: Who, case_id: Id, as_known_at: Moment | None = None) -> CaseView:
        known_by = as_known_at or FOREVER
        find = partial(known_case, schemas=schemas, digits=case_id, known_by=known_by)
        known = await window.seen(
            who, find, partial(case_read, digits=case_id), f"case {case_id} {known_by.isoformat()}"
        )
        if isinstance(known, NotOne):
            raise known.refusal("No case was known by this id at this time.")
        return case_view(known.case_id, known.subjects, known.entries, as_known_at and known_by)

    return routes


def digest_route(session: Session, schemas: Schemas, trail: Trail) -> Route:
    """The digest of every case, for the operator."""
    entry = Entry(Action.DIGESTS_READ, Outcome.ALLOWED, OPERATOR)

    async def show_digests(_: Request) -> Response:
        await session.run(lambda connection: trail.append(connection, entry))
        found = digests_as_json(session.where, lambda connection: digests(connection, schemas))
        return StreamingResponse(found, media_type="application/json", headers={"cache-control": "no-store"})

    return Route("/digests", show_digests)


async def known_case(
    connection: Connection, sees: Sight, schemas: Schemas, digits: str, known_by: datetime
) -> Known | NotOne:
    try:
        case_id = await find_case(connection, sees, digits, known_by)
    except AmbiguousId:
        return NotOne.SEVERAL
    if case_id is None:
        return NotOne.NOT_KNOWN
    return await read_case(connection, schemas, sees, case_id, known_by)


def case_listed(found: CaseList) -> Entry:
    return cases_listed(case.case_id for case in found.cases)


def case_read(found: Known | NotOne, digits: str) -> Entry:
    if isinstance(found, NotOne):
        return found.entry(Action.CASE_READ, digits if _DIGITS.fullmatch(digits) else None)
    shown = (about(Kind.CASE, found.case_id), *(about(Kind.RECORD, one) for one in found.subjects))
    return Entry(Action.CASE_READ, Outcome.ALLOWED, about=shown, count=len(found.entries))
