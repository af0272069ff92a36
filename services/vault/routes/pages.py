"""The vault's own page: a decision opened by its number, attested, seen once within its lease, and gone."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.core.rights import Action
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn, TooLongAgo
from services.vault.deciding import Answer, Attestation, Deciding
from services.vault.decisions import Decision, is_over
from services.vault.routes.asking import NEEDS, act_of, done, expect, number_of, seen, soon, who_may
from services.vault.routes.pacing import began, no_sooner, paced
from services.vault.routes.refusing import Refused, known
from services.vault.views import decision_view, hint

_SEE_OTHER = 303
_HERE = Path(__file__).parents[1]
_POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class PageRoutes:
    """The pages, for people who are signed in with a browser."""

    def __init__(self, deciding: Deciding, door: Doorkeeper, pages: Environment) -> None:
        self._deciding = deciding
        self._door = door
        self._show = Pages(pages, door)

    @property
    def routes(self) -> list[BaseRoute]:
        decision = "/decisions/{decision_id}"
        return [
            Route("/", self.home),
            Route("/over", self.over),
            Route(decision, paced(self.decision)),
            Route(f"{decision}/look", self.look, methods=["POST"]),
            Route(f"{decision}/{{act}}", paced(self.act), methods=["POST"]),
            Route("/vault.css", style),
        ]

    async def home(self, request: Request) -> Response:
        who = await who_may(self._door, request, Action.REQUEST_LOCATION, Action.APPROVE_LOCATION)
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


async def style(_: Request) -> Response:
    return FileResponse(_HERE / "static" / "vault.css", media_type="text/css")


class Pages:
    """Renders for one person; only `_location` is given anything that is not public."""

    def __init__(self, pages: Environment, door: Doorkeeper) -> None:
        self._pages = pages
        self._door = door

    def page(self, name: str, who: SignedIn, status: int = 200, **more: object) -> Response:
        return HTMLResponse(self._rendered(name, who, **more), status)

    def decision(self, who: SignedIn, decision: Decision, told: str | None) -> Response:
        """How a decision stands, and what this person can do about it."""
        now, number = self._door.now(), decision.asked.decision_id
        view = decision_view(decision, who.person, now)
        return self.page(
            "decision.html", who, decision=view, hint=told, fresh=not is_stale(who, now), step_up=anew(number)
        )

    def looked_at(self, who: SignedIn, answer: Answer, now: datetime) -> Response:
        """What a look came to: the location, or how the decision of this person stands.

        Raises:
            Refused: it is not theirs, or why it is denied says something of the child.
        """
        if answer.shown is not None:
            return self._location(who, answer, now)
        told = hint(answer.reasons)
        if answer.decision.asked.by != who.person.handle or not (told or is_over(answer.decision, now)):
            raise Refused
        return self.decision(who, answer.decision, told)

    def _location(self, who: SignedIn, answer: Answer, now: datetime) -> Response:
        decision, nonce = answer.decision, secrets.token_urlsafe(16)
        until = decision.lease_until or now
        text = self._rendered(
            "location.html",
            who,
            decision_id=decision.asked.decision_id,
            places=answer.shown,
            until=until,
            seconds_left=max(1, int((until - now).total_seconds())),
            nonce=nonce,
        )
        return HTMLResponse(text, headers={"content-security-policy": _POLICY.format(nonce=nonce)})

    def _rendered(self, name: str, who: SignedIn, **more: object) -> str:
        role = who.person.role.replace("_", " ")
        return self._pages.get_template(name).render(
            role=role, invented=self._door.invented, csrf=who.csrf or "", **more
        )


def is_stale(who: SignedIn, now: datetime) -> bool:
    """Whether this person must show anew who they are before they see a location."""
    try:
        who.expect_fresh(now)
    except TooLongAgo:
        return True
    return False


def anew(number: str) -> str:
    """Where they show it, and from which they come back to the decision."""
    return f"/signin?anew&next={quote(f'/decisions/{number}')}"
