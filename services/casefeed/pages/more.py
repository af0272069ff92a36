"""GET /more: the pages that the navigation has no room for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.casefeed.access import signed_in
from services.casefeed.pages.routing import routed
from services.casefeed.pages.shell import FURTHER, Shell, led_to


class MorePages:
    """The one page."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    @property
    def routes(self) -> APIRouter:
        return routed({"/more": self.more})

    async def more(self, request: Request) -> Response:
        who = signed_in(request)
        return self._shell.page(request, "more.html", who, {"further": led_to(FURTHER, who)})
