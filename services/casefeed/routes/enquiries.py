"""GET /api/enquiries, GET /api/enquiries/{id}, GET /api/answer: adults who ask for a child, and what they are told."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, status

from services.casefeed.enquirers import Enquirer, find_enquirer, list_enquiries
from services.casefeed.enquiries import AnswerView, EnquiryList, EnquiryView, enquiry_view, stranger_view
from services.casefeed.ladders import ladder_view
from services.casefeed.routes.answering import seen
from services.casefeed.sight import Sight
from services.core.rights import Action
from services.runtime.database import Connection, Session
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn
from services.wire.avro import Schemas

_PAGE = 100
_LARGEST_PAGE = 500

_HANDLE = re.compile("[0-9a-f]{6,32}")

Handle = Annotated[str, Path(description="An adult's handle, or at least its first 6 digits.")]


def enquiry_routes(session: Session, schemas: Schemas, door: Doorkeeper) -> APIRouter:
    """The routes that read enquiries through `session`, under the rights of who asks."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/answer")
    async def answer_stranger(_: Who) -> AnswerView:
        return stranger_view(door.now().date())

    @routes.get("/api/enquiries")
    async def list_all(
        who: Who,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> EnquiryList:
        return await seen(
            session,
            door,
            who,
            lambda connection, sees: list_enquiries(connection, schemas, sees, skip, at_most),
            Action.HANDLE_ENQUIRY,
        )

    @routes.get("/api/enquiries/{handle}")
    async def show(who: Who, handle: Handle) -> EnquiryView:
        found = await seen(
            session,
            door,
            who,
            lambda connection, sees: _found(connection, schemas, sees, handle),
            Action.HANDLE_ENQUIRY,
        )
        now = door.now()
        ladders = [
            ladder_view(case_id, child.subjects, child.said, found.enquirer, now)
            for case_id, child in sorted(found.cases.items())
        ]
        return enquiry_view(found.enquirer, found.seen, ladders, found.everything, now.date())

    return routes


async def _found(connection: Connection, schemas: Schemas, sees: Sight, handle: str) -> Enquirer:
    """Unknown, not theirs to see, and no handle at all are one answer: whoever asks cannot tell them apart."""
    found = await find_enquirer(connection, schemas, sees, handle) if _HANDLE.fullmatch(handle) else None
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No adult is known to you by this handle.")
    return found
