"""GET /oncall and POST /oncall/{alert}: who is on duty, whom nobody has found, and what the reader's agency does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

import psycopg
import structlog
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from services.casefeed.access import signed_in
from services.casefeed.oncall import Alert, Duty, NotTold, OnCall, Why
from services.casefeed.pages.pressing import Place, page_behind, read_place
from services.casefeed.pages.routing import routed
from services.casefeed.pages.shell import Shell
from services.casefeed.reading import cases_of
from services.casefeed.routes.answering import Window, cases_listed
from services.casefeed.sight import Sight
from services.core.audit import Entry
from services.core.errors import LanternError
from services.core.ids import CaseId, SubjectId
from services.core.oncall.alerts import Answer
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn

log = structlog.get_logger()

_SEE_OTHER = 303
_CHECKS_MINUTES = (15, 30, 60, 120)
NOTHING_TYPED: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Board:
    """What the page shows, and why it cannot show more; `cases`: of those records whose cases the reader sees.

    `alerts` are a page of `total`, behind the place `after`; the next one begins behind `more` (None: there is none).
    """

    alerts: Sequence[Alert] = ()
    total: int = 0
    after: Place | None = None
    more: Place | None = None
    cases: Mapping[SubjectId, CaseId] = field(default_factory=dict)
    duty: list[Duty] = field(default_factory=list)
    why_not: Why | None = None


class OnCallPages:
    """The page of who is on call; each look at alerts and each answer is judged and recorded by on-call itself."""

    def __init__(self, window: Window, oncall: OnCall, shell: Shell) -> None:
        self._window = window
        self._oncall = oncall
        self._shell = shell

    @property
    def routes(self) -> APIRouter:
        routes = routed({"/oncall": self.board})
        routes.include_router(routed({"/oncall/{alert}": self.answered}, "POST"))
        return routes

    async def board(self, request: Request) -> Response:
        return await self._board(request, signed_in(request), Board())

    async def answered(self, request: Request) -> Response:
        """Say what is done and when it is looked at again; what was not taken is told, and can be said again."""
        who, fields = await self._window.door.form(request)
        try:
            said, minutes = Answer(fields.get("answer", "")), int(fields.get("minutes", ""))
            await self._say(who, request.path_params["alert"], said, minutes)
        except ValueError:
            return await self._board(request, who, Board(), typed={**fields, "alert": request.path_params["alert"]})
        except NotTold as error:
            typed = {**fields, "alert": request.path_params["alert"], "sent": "yes"}
            return await self._board(request, who, Board(why_not=error.why), typed=typed)
        after = read_place(request.query_params.get("after", ""))
        return RedirectResponse(f"/oncall?after={quote(str(after))}" if after else "/oncall", _SEE_OTHER)

    async def _say(self, who: SignedIn, alert: str, said: Answer, minutes: int) -> None:
        if minutes not in _CHECKS_MINUTES or not alert.isalnum():
            raise ValueError
        await self._oncall.answer(who.token, alert, said, self._next_check(minutes))

    def _next_check(self, minutes: int) -> datetime:
        return self._window.door.now() + timedelta(minutes=minutes)

    async def _board(
        self, request: Request, who: SignedIn, board: Board, *, typed: Mapping[str, str] = NOTHING_TYPED
    ) -> Response:
        """The page; `typed` is what was asked in vain, and of which alert, to be asked again."""
        try:
            board.duty = await self._oncall.duty(who.token)
            alerts = await self._oncall.alerts(who.token)
            board.total, board.after = len(alerts), read_place(request.query_params.get("after", ""))
            board.alerts, board.more = page_behind(alerts, who.person.sector, board.after)
            board.cases = await self._cases(who, board.alerts)
        except NotTold as error:
            board.why_not = error.why
        told = {"board": board, "answers": list(Answer), "checks": _CHECKS_MINUTES, "typed": typed}
        return self._shell.page(request, "oncall.html", who, told)

    async def _cases(self, who: SignedIn, alerts: Sequence[Alert]) -> Mapping[SubjectId, CaseId]:
        """The case by which each child is called elsewhere; where it cannot be looked up, alerts are shown without."""
        subjects = {SubjectId(alert.subject_id) for alert in alerts if alert.subject_id}
        if not subjects:
            return {}

        async def find(connection: Connection, sees: Sight) -> Mapping[SubjectId, CaseId]:
            return await cases_of(connection, sees, subjects)

        try:
            return await self._window.seen(who, find, _cases_named, "cases of alerts")
        except (HTTPException, LanternError, psycopg.Error):
            log.exception("The cases of alerts could not be looked up; the alerts are shown without them.")
            return {}


def _cases_named(found: Mapping[SubjectId, CaseId]) -> Entry:
    return cases_listed(sorted(set(found.values())))
