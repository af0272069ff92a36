"""The vault's own page: a decision opened by its number, attested, seen once within its lease, and gone."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.core.rights import Action
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn
from services.vault.deciding import Attestation, Deciding
from services.vault.pages import Pages, anew, is_stale
from services.vault.routes.asking import NEEDS, act_of, done, expect, number_of, seen, soon, who_may
from services.vault.routes.pacing import began, no_sooner, paced
from services.vault.routes.refusing import known
from services.vault.views import decision_view

_SEE_OTHER = 303


class DecisionRoutes:
    """The pages, for people who are signed in with a browser."""

    def __init__(self, deciding: Deciding, door: Doorkeeper, pages: Pages) -> None:
        self._deciding = deciding
        self._door = door
        self._show = pages

    @property
    def routes(self) -> list[BaseRoute]:
        decision = "/decisions/{decision_id}"
        return [
            Route("/", self.home),
            Route("/over", self.over),
            Route(decision, paced(self.decision)),
            Route(f"{decision}/look", self.look, methods=["POST"]),
            Route(f"{decision}/{{act}}", paced(self.act), methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        who = await who_may(
            self._door, request, Action.REQUEST_LOCATION, Action.APPROVE_LOCATION, Action.LOOK_UP_COLLEAGUE
        )
        now = self._door.now()
        own = await soon(self._deciding.own(who.person, now))
        return self._show.page("home.html", who, decisions=[decision_view(one, who.person, now) for one in own])

    async def over(self, request: Request) -> Response:
        return self._show.page("over.html", await who_may(self._door, request, *Action))

    async def decision(self, request: Request) -> Response:
        who = await who_may(self._door, request, Action.REQUEST_LOCATION, Action.APPROVE_LOCATION)
        return self._show.decision(who, await seen(self._deciding, number_of(request), who), None)

    async def look(self, request: Request) -> Response:
        who, fields = await self._form(request, Action.OPEN_LOCATION)
        number, now = number_of(request), self._door.now()
        if is_stale(who, now):
            return RedirectResponse(anew(number), _SEE_OTHER)
        attestation = Attestation(fields.get("attested") == "yes", who.token)
        answer = await soon(self._deciding.look(number, who.person, now, attestation))
        if answer.shown is None:
            await no_sooner(request)
        return self._show.looked_at(who, answer, now)

    async def act(self, request: Request) -> Response:
        act = act_of(request)
        who, _ = await self._form(request, NEEDS[act])
        decision = done(await soon(self._deciding.act(number_of(request), act, who.person, self._door.now())), act)
        return self._show.decision(who, decision, None)

    async def _form(self, request: Request, action: Action) -> tuple[SignedIn, Mapping[str, str]]:
        """Who sends a form of ours, if they may do this at all, and its fields."""
        began(request)
        who, fields = await self._door.form(request)
        expect(known(request, who), action)
        return who, fields
