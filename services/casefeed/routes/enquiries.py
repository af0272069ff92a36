"""GET /api/enquiries, GET /api/enquiries/{id}, GET /api/answer: adults who ask for a child, and what they are told."""

import re
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.casefeed.access import Who
from services.casefeed.enquirers import Enquirer, find_enquirer, list_enquiries
from services.casefeed.enquiries import AnswerView, EnquiryList, EnquiryView, enquiry_view, stranger_view
from services.casefeed.ladders import ladder_view
from services.casefeed.reading import AmbiguousId
from services.casefeed.routes.answering import NotOne, Window
from services.casefeed.sight import Sight
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.rights import Action
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import by
from services.wire.avro import Schemas

_PAGE = 100
_LARGEST_PAGE = 500

_HANDLE = re.compile("[0-9a-f]{6,32}")

Handle = Annotated[str, Path(description="An adult's handle, or at least its first 6 digits.")]


def enquiry_routes(window: Window, schemas: Schemas) -> APIRouter:
    """The routes that read enquiries, under the rights of who asks."""
    routes = APIRouter()

    @routes.get("/api/answer")
    async def answer_stranger(who: Who) -> AnswerView:
        window.trail.note(by(who.person, Entry(Act.ANSWER_READ, Outcome.ALLOWED)))
        return stranger_view(window.door.now().date())

    @routes.get("/api/enquiries")
    async def list_all(
        who: Who,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> EnquiryList:
        find = partial(_list, schemas=schemas, skip=skip, at_most=at_most)
        return await window.seen(who, find, enquiries_listed, f"enquiries {skip} {at_most}", Action.HANDLE_ENQUIRY)

    @routes.get("/api/enquiries/{handle}")
    async def show(who: Who, handle: Handle) -> EnquiryView:
        find = partial(enquiry_found, schemas=schemas, handle=handle)
        told = partial(enquiry_read, handle=handle)
        found = await window.seen(who, find, told, f"enquiry {handle}", Action.HANDLE_ENQUIRY)
        if isinstance(found, NotOne):
            raise found.refusal("No adult is known to you by this handle.")
        return enquiry_shown(found, window.door.now())

    return routes


async def _list(connection: Connection, sees: Sight, schemas: Schemas, skip: int, at_most: int) -> EnquiryList:
    return await list_enquiries(connection, schemas, sees, skip, at_most)


async def enquiry_found(connection: Connection, sees: Sight, schemas: Schemas, handle: str) -> Enquirer | NotOne:
    """Unknown, not theirs to see, and no handle at all are one answer: whoever asks cannot tell them apart."""
    if not _HANDLE.fullmatch(handle):
        return NotOne.NOT_KNOWN
    try:
        return await find_enquirer(connection, schemas, sees, handle) or NotOne.NOT_KNOWN
    except AmbiguousId:
        return NotOne.SEVERAL


def enquiry_shown(found: Enquirer, now: datetime) -> EnquiryView:
    ladders = [
        ladder_view(case_id, child.subjects, child.said, found.enquirer, now, child.joined_at)
        for case_id, child in sorted(found.cases.items())
    ]
    return enquiry_view(found.enquirer, found.seen, ladders, found.everything, now.date())


def enquiries_listed(found: EnquiryList) -> Entry:
    shown = tuple(about(Kind.ENQUIRER, one.enquirer) for one in found.enquiries)
    return Entry(Act.ENQUIRIES_LISTED, Outcome.ALLOWED, about=shown, count=len(shown))


def enquiry_read(found: Enquirer | NotOne, handle: str) -> Entry:
    if isinstance(found, NotOne):
        return found.entry(Act.ENQUIRY_READ, handle if _HANDLE.fullmatch(handle) else None)
    shown = (about(Kind.ENQUIRER, found.enquirer), *(about(Kind.CASE, case) for case in sorted(found.cases)))
    return Entry(Act.ENQUIRY_READ, Outcome.ALLOWED, about=shown, count=len(found.seen))
