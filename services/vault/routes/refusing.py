"""One refusal for everything that somebody has no right to: the same status, words, length and time (design 6.5)."""

import asyncio

from jinja2 import Template
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.vault.views import REFUSED

_STATUS = 403
_NO_SUCH = frozenset({404, 405})
_NO_SOONER_SECONDS = 0.15
"""No refusal comes back sooner than this after its request: what was looked up for it does not show."""


class Refused(Exception):
    """This person may not do this, or there is no such thing: nobody is told which."""


class Refusing:
    """Answers every refusal alike."""

    def __init__(self, page: Template) -> None:
        self._page = page.render(role=None, invented=False)

    async def refused(self, request: Request, _: Exception) -> Response:
        """Answer no sooner than any other refusal."""
        await asyncio.sleep(began(request) + _NO_SOONER_SECONDS - asyncio.get_running_loop().time())
        if request.url.path.startswith("/api/"):
            return JSONResponse(REFUSED, _STATUS)
        return HTMLResponse(self._page, _STATUS)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Answer what the framework or the tables object to; an address that is none is refused like all else."""
        if not isinstance(error, HTTPException) or error.status_code in _NO_SUCH:
            return await self.refused(request, error)
        return JSONResponse({"error": error.detail}, error.status_code)


def began(request: Request) -> float:
    """When work on this request began, on the event loop's clock."""
    if not hasattr(request.state, "began"):
        request.state.began = asyncio.get_running_loop().time()
    moment: float = request.state.began
    return moment
