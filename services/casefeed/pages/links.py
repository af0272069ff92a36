"""GET /links and /links/{one}/{other}: who is who, for coordinators to decide (¶3.5), two records side by side."""

import re
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.casefeed.link_reading import list_links, read_link
from services.casefeed.links import LinkDetail
from services.casefeed.pages.routing import number, routed, signed_in
from services.casefeed.pages.shell import Shell
from services.casefeed.routes.answering import NotOne, Window
from services.casefeed.routes.links import link_read, links_listed
from services.casefeed.sight import Sight
from services.core.ids import SubjectId
from services.core.matching.components import pair_of
from services.core.rights import Action
from services.runtime.audit_reading import Trails
from services.runtime.database import Connection
from services.wire.avro import Schemas

_PAGE = 30
_RECORD = re.compile("[0-9a-f]{32}")
LONGEST_BITS = 16.0
"""A weight of so many bits fills its bar."""


class LinkPages:
    """The two pages; a decision is sent through the coordinator's own agency."""

    def __init__(self, window: Window, schemas: Schemas, shell: Shell) -> None:
        self._window = window
        self._schemas = schemas
        self._shell = shell
        self._trails = Trails(window.session.where)

    @property
    def routes(self) -> APIRouter:
        return routed({"/links": self.board, "/links/{one}/{other}": self.pair})

    async def board(self, request: Request) -> Response:
        who, skip = signed_in(request), number(request, "skip") or 0
        decided = request.query_params.get("decided") == "true"
        find = partial(list_links, schemas=self._schemas, skip=skip, at_most=_PAGE, decided=decided)
        question = f"links {skip} {_PAGE} {decided}"
        found = await self._window.seen(who, find, links_listed, question, Action.DECIDE_LINK)
        told = {"links": found.links, "more": found.next, "decided": decided, "longest": LONGEST_BITS}
        return self._shell.page(request, "links.html", who, told)

    async def pair(self, request: Request) -> Response:
        """Two records, what speaks for their being of one child, and what each decision would change."""
        who, given = signed_in(request), (request.path_params["one"], request.path_params["other"])
        if not all(map(_RECORD.fullmatch, given)):
            raise NotOne.NOT_KNOWN.refusal("Nothing speaks for these two records being of one child.")
        pair = pair_of(*map(SubjectId, given))
        now = self._window.door.now()

        async def find(connection: Connection, sees: Sight) -> LinkDetail | None:
            return await read_link(connection, sees, self._schemas, self._trails, pair, now)

        told = partial(link_read, pair=pair)
        found = await self._window.seen(who, find, told, f"link {' '.join(pair)}", Action.DECIDE_LINK)
        if found is None:
            raise NotOne.NOT_KNOWN.refusal("Nothing speaks for these two records being of one child.")
        return self._shell.page(request, "link.html", who, {"detail": found, "longest": LONGEST_BITS})
