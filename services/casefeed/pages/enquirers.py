"""GET /enquirers, /enquirers/{handle} and /counter: adults who ask for a child, and what is said to them."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.casefeed.access import signed_in
from services.casefeed.enquirers import find_enquirer, list_enquiries
from services.casefeed.enquiries import EnquiryView, stranger_view
from services.casefeed.pages.routing import number, routed
from services.casefeed.pages.shell import Shell
from services.casefeed.routes.answering import NotOne, Window
from services.casefeed.routes.enquiries import enquiry_found, enquiry_read, enquiry_shown
from services.casefeed.sight import Sight
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.denials import RESTS_ON
from services.core.rights import Action
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import by
from services.wire.avro import Schemas

_PAGE = 20


class EnquirerPages:
    """The pages of enquirers, under the rights of who asks; the script at the counter is for everybody."""

    def __init__(self, window: Window, schemas: Schemas, shell: Shell) -> None:
        self._window = window
        self._schemas = schemas
        self._shell = shell

    @property
    def routes(self) -> APIRouter:
        pages = {"/enquirers": self.board, "/enquirers/{handle}": self.one, "/counter": self.counter}
        return routed(pages)

    async def board(self, request: Request) -> Response:
        who, skip = signed_in(request), number(request, "skip") or 0
        find = partial(self._board, skip=skip)
        found = await self._window.seen(who, find, _listed, f"enquiries {skip} {_PAGE}", Action.HANDLE_ENQUIRY)
        more = skip + _PAGE if len(found) == _PAGE else None
        return self._shell.page(request, "enquirers.html", who, {"found": found, "more": more})

    async def one(self, request: Request) -> Response:
        """Everything that is shown of one adult: approaches, ladders, and the letters that are due."""
        who, handle = signed_in(request), request.path_params["handle"]
        find = partial(enquiry_found, schemas=self._schemas, handle=handle)
        told = partial(enquiry_read, handle=handle)
        found = await self._window.seen(who, find, told, f"enquiry {handle}", Action.HANDLE_ENQUIRY)
        if isinstance(found, NotOne):
            raise found.refusal("No adult is known to you by this handle.")
        view = enquiry_shown(found, self._window.door.now())
        return self._shell.page(request, "enquirer.html", who, {"enquiry": view, "rests_on": RESTS_ON})

    async def counter(self, request: Request) -> Response:
        """An adult is here now: the same words for everybody who reads them, whoever stands there."""
        who = signed_in(request)
        self._window.trail.note(by(who.person, Entry(Act.ANSWER_READ, Outcome.ALLOWED)))
        answer = stranger_view(self._window.door.now().date())
        return self._shell.page(request, "counter.html", who, {"answer": answer})

    async def _board(self, connection: Connection, sees: Sight, skip: int) -> Sequence[EnquiryView]:
        listed = await list_enquiries(connection, self._schemas, sees, skip, _PAGE)
        found = [await find_enquirer(connection, self._schemas, sees, one.enquirer) for one in listed.enquiries]
        return [enquiry_shown(one, self._window.door.now()) for one in found if one is not None]


def _listed(found: Sequence[EnquiryView]) -> Entry:
    shown = tuple(about(Kind.ENQUIRER, one.enquirer) for one in found)
    return Entry(Act.ENQUIRIES_LISTED, Outcome.ALLOWED, about=shown, count=len(shown))
