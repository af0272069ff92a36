"""GET /cases, /cases/{id} and /missing: the cases in sight, one of them as known at a time, and who is missing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.casefeed.pages.board import Card, cards, urgency
from services.casefeed.pages.shell import Shell
from services.casefeed.pages.words import UK
from services.casefeed.reading import FOREVER, list_cases
from services.casefeed.routes.answering import NotOne, Window
from services.casefeed.routes.cases import Id, case_read, known_case
from services.casefeed.sight import MISSING, Sight
from services.casefeed.views import CaseView, TimelineEntry, case_view
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.case import CaseStatus
from services.core.claims import Subject
from services.core.codes import Role, Sector
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn
from services.wire.avro import Schemas

_PAGE = 50
_MOST_MISSING = 500
_MOST_MOMENTS = 500


def case_pages(window: Window, schemas: Schemas, shell: Shell) -> APIRouter:
    """The pages of cases, under the rights of who asks."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(window.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/cases", response_class=HTMLResponse)
    async def listed(
        request: Request, who: Who, status: str = "", cursor: Annotated[str | None, Query(max_length=200)] = None
    ) -> Response:
        wanted = CaseStatus(status) if status in set(CaseStatus) else None
        find = partial(_page, schemas=schemas, status=wanted, cursor=cursor)
        found, following = await window.seen(who, find, _page_read, f"cases {wanted} {cursor} {_PAGE}")
        told = {"found": found, "next": following, "status": wanted, "statuses": list(CaseStatus)}
        return shell.page(request, "cases.html", who, told)

    @routes.get("/cases/{case_id}", response_class=HTMLResponse)
    async def shown(request: Request, who: Who, case_id: Id, as_known_at: str = "") -> Response:
        asked = moment(as_known_at)
        known_by = asked or FOREVER
        find = partial(known_case, schemas=schemas, digits=case_id, known_by=known_by)
        read = partial(case_read, digits=case_id)
        known = await window.seen(who, find, read, f"case {case_id} {known_by.isoformat()}")
        if isinstance(known, NotOne):
            raise known.refusal("No case was known by this id at this time.")
        view = case_view(known.case_id, known.subjects, known.entries, asked)
        told = {"case": view, "days": days(view), "claims": claims(view), "moments": moments(view)}
        return shell.page(request, "case.html", who, {**told, "asked": asked, "people": people(view)})

    @routes.get("/missing", response_class=HTMLResponse)
    async def missing(request: Request, who: Who) -> Response:
        find = partial(_missing, schemas=schemas)
        found = await window.seen(who, find, _board_read, "missing board")
        return shell.page(request, "missing.html", who, {"cards": found})

    return routes


async def _page(
    connection: Connection, sees: Sight, schemas: Schemas, status: CaseStatus | None, cursor: str | None
) -> tuple[Sequence[Card], str | None]:
    found = await list_cases(connection, sees, status, cursor, _PAGE)
    return await cards(connection, schemas, found.cases), found.next


def _page_read(found: tuple[Sequence[Card], str | None]) -> Entry:
    return _board_read(found[0])


async def _missing(connection: Connection, sees: Sight, schemas: Schemas) -> Sequence[Card]:
    found = [
        case
        for status in sorted(MISSING)
        for case in (await list_cases(connection, sees, status, None, _MOST_MISSING)).cases
    ]
    return sorted(await cards(connection, schemas, found), key=urgency)


def _board_read(found: Sequence[Card]) -> Entry:
    shown = tuple(about(Kind.CASE, card.case.case_id) for card in found)
    return Entry(Act.CASES_LISTED, Outcome.ALLOWED, about=shown, count=len(shown))


def moment(text: str) -> datetime | None:
    """A time as an address spells it, in UK time if it names no zone; None for what is no time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UK)).astimezone(UTC)


def days(case: CaseView) -> list[tuple[datetime | None, list[TimelineEntry]]]:
    """The timeline by day, the latest day first; what nobody dated stands last."""
    grouped = groupby(case.entries, key=lambda entry: entry.occurred_at and entry.occurred_at.astimezone(UK).date())
    held = [list(entries) for _, entries in grouped]
    return [(entries[0].occurred_at, entries[::-1]) for entries in reversed(held)]


def claims(case: CaseView) -> list[tuple[TimelineEntry, Subject]]:
    """What each record claims about the child, each different claim once, by who said it first; corrected ones not."""
    seen: dict[Subject, TimelineEntry] = {}
    for entry in sorted(case.entries, key=lambda one: one.known_at):
        if entry.superseded_by is None and entry.claims != Subject():
            seen.setdefault(entry.claims, entry)
    return [(entry, subject) for subject, entry in seen.items()]


def moments(case: CaseView) -> list[datetime]:
    """When the hub learnt something of the case, the latest at most, to go back to."""
    return sorted({entry.known_at for entry in case.entries})[-_MOST_MOMENTS:]


def people(case: CaseView) -> list[tuple[Sector, Role]]:
    """Who has spoken of the child, by sector and role: colleagues appear in no other way."""
    return sorted({(entry.sector, entry.role) for entry in case.entries})
