"""GET /cases, /cases/{id} and /nrm: the cases in sight, and one of them as known at a time."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.casefeed.access import signed_in
from services.casefeed.nrm import NrmReferral, list_nrm
from services.casefeed.pages.board import Card, cards
from services.casefeed.pages.boards import cards_listed
from services.casefeed.pages.routing import code, number, routed
from services.casefeed.pages.shell import Shell
from services.casefeed.pages.words import UK, in_uk
from services.casefeed.reading import FOREVER, Known, list_cases
from services.casefeed.routes.answering import NotOne, Window, cases_listed
from services.casefeed.routes.cases import case_read, known_case
from services.casefeed.sight import Sight
from services.casefeed.views import CaseView, TimelineEntry, case_view
from services.core.audit import Entry
from services.core.case import CaseStatus
from services.core.claims import Subject
from services.core.codes import Role, Sector
from services.runtime.database import Connection
from services.wire.avro import Schemas

_DIGITS = re.compile("[0-9a-f]{6,32}")
_ENTRIES = 100
_PAGE = 50
_MOST_MOMENTS = 100


class CasePages:
    """The pages of cases, under the rights of who asks."""

    def __init__(self, window: Window, schemas: Schemas, shell: Shell) -> None:
        self._window = window
        self._schemas = schemas
        self._shell = shell

    @property
    def routes(self) -> APIRouter:
        return routed({"/cases": self.listed, "/cases/{case_id}": self.shown, "/nrm": self.nrm})

    async def listed(self, request: Request) -> Response:
        who, status = signed_in(request), code(request, "status", CaseStatus)
        cursor = request.query_params.get("cursor")
        find = partial(_page, schemas=self._schemas, status=status, cursor=cursor)
        found, following = await self._window.seen(who, find, _page_read, f"cases {status} {cursor} {_PAGE}")
        told = {"found": found, "next": following, "status": status, "statuses": list(CaseStatus)}
        return self._shell.page(request, "cases.html", who, told)

    async def shown(self, request: Request) -> Response:
        """One case, now or as known at a time."""
        who, digits = signed_in(request), request.path_params["case_id"]
        asked = moment(request.query_params.get("as_known_at", ""))
        known_by = asked or FOREVER
        find = partial(_known, schemas=self._schemas, digits=digits, known_by=known_by)
        question = f"case {digits} {known_by.isoformat()}"
        known = await self._window.seen(who, find, partial(case_read, digits=digits), question)
        if isinstance(known, NotOne):
            raise known.refusal("No case was known by this id at this time.")
        view = case_view(known.case_id, known.subjects, known.entries, asked)
        skip = number(request, "skip") or 0
        earlier = skip + _ENTRIES if len(view.entries) > skip + _ENTRIES else None
        told = {"case": view, "days": days(view, skip), "earlier": earlier, "claims": claims(view)}
        more = {"moments": moments(view), "asked": asked, "people": people(view)}
        return self._shell.page(request, "case.html", who, {**told, **more})

    async def nrm(self, request: Request) -> Response:
        """Children whose referral names the National Referral Mechanism."""
        who = signed_in(request)

        async def find(connection: Connection, sees: Sight) -> Sequence[NrmReferral]:
            return await list_nrm(connection, self._schemas, sees)

        found = await self._window.seen(who, find, _referrals_read, "nrm board")
        return self._shell.page(request, "nrm.html", who, {"found": found})


def _referrals_read(found: Sequence[NrmReferral]) -> Entry:
    return cases_listed(one.case_id for one in found)


async def _known(
    connection: Connection, sees: Sight, schemas: Schemas, digits: str, known_by: datetime
) -> Known | NotOne:
    """The case of these digits; what are no digits are no case either."""
    if not _DIGITS.fullmatch(digits):
        return NotOne.NOT_KNOWN
    return await known_case(connection, sees, schemas, digits, known_by)


async def _page(
    connection: Connection, sees: Sight, schemas: Schemas, status: CaseStatus | None, cursor: str | None
) -> tuple[Sequence[Card], str | None]:
    found = await list_cases(connection, sees, status, cursor, _PAGE)
    return await cards(connection, schemas, found.cases), found.next


def _page_read(found: tuple[Sequence[Card], str | None]) -> Entry:
    return cards_listed(found[0])


def moment(text: str) -> datetime | None:
    """A time as an address spells it, in UK time if it names no zone; None for what is no time."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UK)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def days(case: CaseView, skip: int = 0) -> list[tuple[datetime | None, list[TimelineEntry]]]:
    """A page of the timeline by day, the latest day first; what nobody dated stands last."""
    end = max(0, len(case.entries) - skip)
    grouped = groupby(
        case.entries[max(0, end - _ENTRIES) : end],
        key=lambda entry: entry.occurred_at and in_uk(entry.occurred_at).date(),
    )
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
    """When the hub learnt something of the case, to go back to: the last of each minute, or of each day.

    More are not told apart on the page, and would be most of what it weighs.
    """
    known = sorted({entry.known_at for entry in case.entries})
    minutes = list({at.replace(second=0, microsecond=0): at for at in known}.values())
    if len(minutes) <= _MOST_MOMENTS:
        return minutes
    return list({in_uk(at).date(): at for at in known}.values())[-_MOST_MOMENTS:]


def people(case: CaseView) -> list[tuple[Sector, Role]]:
    """Who has spoken of the child, by sector and role: colleagues appear in no other way."""
    return sorted({(entry.sector, entry.role) for entry in case.entries})
