"""/links and /links/{one}/{other}: who is who, two records side by side, for coordinators to decide (¶3.5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType

from fastapi import APIRouter, Request, status
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from services.casefeed.access import signed_in
from services.casefeed.deciding import Deciding, Said, shown
from services.casefeed.link_reading import list_links, read_link
from services.casefeed.links import LinkDetail, standing_of
from services.casefeed.pages.routing import number, routed
from services.casefeed.pages.sent import Sent, sent_in
from services.casefeed.pages.shell import Shell
from services.casefeed.routes.answering import NotOne, Window
from services.casefeed.routes.links import link_read, links_listed
from services.casefeed.sight import Sight
from services.core.codes import LinkGround
from services.core.errors import Unavailable
from services.core.ids import SubjectId
from services.core.matching.components import Verdict
from services.core.matching.groups import Pair, pair_of
from services.core.matching.ways import USUAL_GROUND, Way, ways
from services.core.rights import Action
from services.runtime.audit_reading import Trails
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn
from services.wire.avro import Schemas
from services.wire.seal import NoCurrentKey

_PAGE = 30
_RECORD = re.compile("[0-9a-f]{32}")
LONGEST_BITS = 16.0
"""A weight of so many bits fills its bar."""
LONGEST_NARRATIVE = 5_000
"""So many characters always fit into a form, whatever the script that they are of."""


COMMANDS: Mapping[Verdict, Way] = MappingProxyType({
    Verdict.LINKED: Way.ACCEPT,
    Verdict.UNLINKED: Way.UNDO,
    Verdict.REFUSED: Way.REFUSE,
})  # fmt: skip
"""The command of `lantern links` that says the same."""


_FORM: Mapping[str, object] = MappingProxyType({
    "grounds": list(LinkGround),
    "usual": USUAL_GROUND,
    "longest_narrative": LONGEST_NARRATIVE,
    "commands": COMMANDS,
})  # fmt: skip


class Wrong(StrEnum):
    """Why a decision was not taken as it was sent."""

    NOT_UNDERSTOOD = "not_understood"
    STALE = "stale"
    CHANGED = "changed"
    NO_KEY = "no_key"
    NOT_CONFIRMED = "not_confirmed"


_UNAVAILABLE = {Wrong.NO_KEY, Wrong.NOT_CONFIRMED}


@dataclass(frozen=True, slots=True)
class Before:
    """What went before this page: what was sent, or what was typed in vain and why."""

    sent: Sent | None = None
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    wrong: Wrong | None = None


class LinkPages:
    """The two pages; what a person decides is said by their own agency."""

    def __init__(self, window: Window, schemas: Schemas, shell: Shell, deciding: Deciding) -> None:
        self._window = window
        self._schemas = schemas
        self._shell = shell
        self._deciding = deciding
        self._trails = Trails(window.session.where)

    @property
    def routes(self) -> APIRouter:
        routes = routed({"/links": self.board, "/links/{one}/{other}": self.pair})
        routes.include_router(routed({"/links/{one}/{other}": self.decided}, "POST"))
        return routes

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
        who, pair, now = signed_in(request), pair_in(request), self._window.door.now()
        detail = await self._detail(who, pair, now)
        return self._shown(request, who, detail, Before(sent_in(request.query_params, pair, who)))

    async def decided(self, request: Request) -> Response:
        """Say what a person decides through their agency; what was not taken is told, and what was typed given back."""
        who, fields = await self._window.door.form(request)
        pair, now = pair_in(request), self._window.door.now()
        detail = await self._detail(who, pair, now)
        said = said_in(fields, pair)
        wrong = await self._said(said, who, detail, now)
        if said and not wrong:
            sent = Sent(said.verdict, now).query(pair, who)
            return RedirectResponse(f"/links/{'/'.join(pair)}?{sent}", status.HTTP_303_SEE_OTHER)
        return self._shown(request, who, detail, Before(typed=fields, wrong=wrong))

    async def _said(self, said: Said | None, who: SignedIn, detail: LinkDetail, now: datetime) -> Wrong | None:
        """Say it; why it was not taken, if it was not."""
        wrong = _wrong(said, who, detail, now)
        if said and not wrong:
            try:
                await self._deciding.say(said, who, now)
            except NoCurrentKey:
                wrong = Wrong.NO_KEY
            except (Unavailable, HTTPException):
                wrong = Wrong.NOT_CONFIRMED
        if wrong:
            self._deciding.refused((detail.link.one, detail.link.other), who, wrong)
        return wrong

    async def _detail(self, who: SignedIn, pair: Pair, now: datetime) -> LinkDetail:
        async def find(connection: Connection, sees: Sight) -> LinkDetail | None:
            return await read_link(connection, sees, self._schemas, self._trails, pair, now)

        told = partial(link_read, pair=pair)
        question = f"link {' '.join(pair)}"
        found: LinkDetail | None = await self._window.seen(who, find, told, question, Action.DECIDE_LINK)
        if found is None:
            raise NotOne.NOT_KNOWN.refusal("Nothing speaks for these two records being of one child.")
        return found

    def _shown(self, request: Request, who: SignedIn, detail: LinkDetail, before: Before) -> Response:
        now, standing, sent = self._window.door.now(), standing_of(detail, who.person), before.sent
        told = {
            "detail": detail,
            "shown": shown(detail),
            "longest": LONGEST_BITS,
            "ways": ways(standing),
            "waits": standing.waits,
            "accepted": standing.accepted,
            "fresh": who.is_fresh(now),
            "sent": sent,
            "heard": sent is not None and sent.is_heard(detail),
            "late": sent is not None and sent.is_late(now),
            "again": f"{request.url.path}?{request.url.query}",
            "typed": before.typed,
            "wrong": before.wrong,
        }
        code = status.HTTP_503_SERVICE_UNAVAILABLE if before.wrong in _UNAVAILABLE else status.HTTP_200_OK
        return self._shell.page(request, "link.html", who, {**told, **_FORM}, code)


def pair_in(request: Request) -> Pair:
    """The two records of an address.

    Raises:
        HTTPException: it has not the shape of two.
    """
    given = (request.path_params["one"], request.path_params["other"])
    if not all(map(_RECORD.fullmatch, given)):
        raise NotOne.NOT_KNOWN.refusal("Nothing speaks for these two records being of one child.")
    return pair_of(*map(SubjectId, given))


def said_in(fields: Mapping[str, str], pair: Pair) -> Said | None:
    """What a form says; None for one that leaves something out or says what it does not offer."""
    verdict, ground = fields.get("verdict", ""), fields.get("ground", "")
    narrative = fields.get("narrative", "").replace("\r\n", "\n").strip()
    if verdict not in set(Verdict) or ground not in set(LinkGround) or len(narrative) > LONGEST_NARRATIVE:
        return None
    return Said(pair, Verdict(verdict), LinkGround(ground), narrative, fields.get("shown", ""))


def _wrong(said: Said | None, who: SignedIn, detail: LinkDetail, now: datetime) -> Wrong | None:
    """Why it is not even tried: a screen that was left may be anybody's, and what was shown must be so still."""
    if said is None:
        return Wrong.NOT_UNDERSTOOD
    if not who.is_fresh(now):
        return Wrong.STALE
    changes = said.verdict in ways(standing_of(detail, who.person)).values()
    return None if changes and said.shown == shown(detail) else Wrong.CHANGED
