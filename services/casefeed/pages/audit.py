"""GET /audit: what was done and looked at here, for auditors; reading it is recorded in it."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from services.casefeed.access import signed_in
from services.casefeed.pages.routing import routed
from services.casefeed.pages.shell import Shell
from services.casefeed.routes.answering import Window, answer
from services.core.audit import Action as Act
from services.core.audit import Entry, Outcome, Recorded
from services.runtime.audit import private
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.audit_routes import EntriesAsked
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn, by

_PAGE = 50
_ASKED = ("who", "action", "outcome", "about", "after")


class AuditPages:
    """The one page."""

    def __init__(self, window: Window, shell: Shell) -> None:
        self._window = window
        self._shell = shell
        self._trails = Trails(window.session.where)

    @property
    def routes(self) -> APIRouter:
        return routed({"/audit": self.entries})

    async def entries(self, request: Request) -> Response:
        who = signed_in(request)
        typed = {name: request.query_params.get(name, "").strip() for name in _ASKED}
        told = {"typed": typed, "actions": sorted(Act), "outcomes": list(Outcome)}
        asked = {name: value for name, value in typed.items() if value}
        try:
            wanted = EntriesAsked.model_validate({**asked, "at_most": _PAGE})
        except ValidationError as error:
            wrong = sorted({str(problem["loc"][-1]) for problem in error.errors()})
            return self._shell.page(request, "audit.html", who, {**told, "found": (), "more": None, "wrong": wrong})
        found = await self._search(who, wanted)
        more = found[-1][0].number if len(found) == _PAGE else None
        return self._shell.page(request, "audit.html", who, {**told, "found": found, "more": more, "wrong": ()})

    async def _search(self, who: SignedIn, asked: EntriesAsked) -> list[tuple[Recorded, datetime]]:
        """Record that somebody reads, then read."""
        entry = private(by(who.person, Entry(Act.AUDIT_READ, Outcome.ALLOWED)), asked.model_dump_json().encode())

        async def read(connection: Connection) -> list[tuple[Recorded, datetime]]:
            await self._window.trail.append(connection, entry)
            return await self._trails.search(connection, Wanted(**asked.model_dump()))

        return await answer(self._window.session, read)
