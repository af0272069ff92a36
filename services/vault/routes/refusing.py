"""One refusal for everything that somebody has no right to: the same status, words, length and time (design 6.5)."""

from contextlib import suppress
from enum import StrEnum

from jinja2 import Template
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.core.audit import NOBODY, Action, Entry, Kind, Outcome, about
from services.core.ids import MalformedId, well_formed
from services.runtime.audit import Trail
from services.runtime.signin.doorkeeper import SignedIn, by
from services.vault.routes.pacing import no_sooner
from services.vault.views import REFUSED

_STATUS = 403
_NO_SUCH = frozenset({404, 405})


class Why(StrEnum):
    """Why somebody was refused before anything was tried; for the audit alone."""

    NO_RIGHT = "no_right"
    MALFORMED = "malformed"


class Refused(Exception):
    """This person may not do this, or there is no such thing: nobody is told which.

    `why` is recorded; without it, what was tried is on record already.
    """

    def __init__(self, why: Why | None = None) -> None:
        super().__init__()
        self.why = why


class Refusing:
    """Answers every refusal alike."""

    def __init__(self, page: Template, trail: Trail) -> None:
        self._trail = trail
        self._page = page.render(role=None, invented=False)

    async def refused(self, request: Request, error: Exception) -> Response:
        """Answer no sooner than any other refusal."""
        if isinstance(error, Refused) and error.why is not None:
            self._trail.note(_entry(request, error.why))
        await no_sooner(request)
        if request.url.path.startswith("/api/"):
            return JSONResponse(REFUSED, _STATUS)
        return HTMLResponse(self._page, _STATUS)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Answer what the framework or the tables object to; an address that is none is refused like all else."""
        if not isinstance(error, HTTPException) or error.status_code in _NO_SUCH:
            return await self.refused(request, error)
        return JSONResponse({"error": error.detail}, error.status_code)


def known(request: Request, who: SignedIn) -> SignedIn:
    """Remember who asks, for the record of a refusal."""
    request.state.who = who
    return who


def _entry(request: Request, why: Why) -> Entry:
    """That somebody was refused, and what decision they named; what is no decision's number is not repeated."""
    asked: tuple[str, ...] = ()
    with suppress(MalformedId):
        asked = (about(Kind.DECISION, well_formed(request.path_params.get("decision_id", ""))),)
    entry = Entry(Action.LOCATION_REFUSED, Outcome.DENIED, NOBODY, about=asked, reasons=(why.value,))
    who: SignedIn | None = getattr(request.state, "who", None)
    return by(who.person, entry) if who else entry
