"""GET /more: the pages that the navigation has no room for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.casefeed.pages.shell import FURTHER, Shell, led_to
from services.casefeed.routes.answering import Window
from services.runtime.signin.doorkeeper import SignedIn


def more_pages(window: Window, shell: Shell) -> APIRouter:
    """The one route."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(window.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/more", response_class=HTMLResponse)
    async def more(request: Request, who: Who) -> Response:
        return shell.page(request, "more.html", who, {"further": led_to(FURTHER, who)})

    return routes
