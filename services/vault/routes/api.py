"""/api/decisions: what `lantern location` asks. A terminal is told how a decision stands, and never a location."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.core.codes import Purpose
from services.core.ids import MalformedId, SubjectId, well_formed
from services.core.rights import Action
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn
from services.vault.deciding import Deciding
from services.vault.deciding import Request as Wish
from services.vault.decisions import Decision, Kind
from services.vault.routes.asking import NEEDS, act_of, done, number_of, seen, soon, who_may
from services.vault.routes.pacing import paced
from services.vault.routes.refusing import Refused, Why
from services.vault.views import decision_view

_MOST_BYTES = 4096
_CREATED = 201


class Asking(BaseModel):
    """What a person asks for; not yet to be trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    subject: str
    purpose: Purpose
    enquirer: str | None = None

    def wish(self) -> Wish:
        """What the vault is asked.

        Raises:
            MalformedId: a handle has another shape.
        """
        release = self.purpose is Purpose.RELEASE_TO_ENQUIRER
        if release is (self.enquirer is None):
            raise MalformedId
        kind = Kind.ENQUIRER_RELEASE if release else Kind.PROTECTIVE_ACCESS
        enquirer = well_formed(self.enquirer) if self.enquirer else None
        return Wish(kind, self.purpose, SubjectId(well_formed(self.subject)), enquirer)


class ApiRoutes:
    """The routes of decisions, for people who are signed in with a command."""

    def __init__(self, deciding: Deciding, door: Doorkeeper) -> None:
        self._deciding = deciding
        self._door = door

    @property
    def routes(self) -> list[BaseRoute]:
        decisions = "/api/decisions"
        return [
            Route(decisions, paced(self.ask), methods=["POST"]),
            Route(f"{decisions}/{{decision_id}}", paced(self.show)),
            Route(f"{decisions}/{{decision_id}}/{{act}}", paced(self.act), methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        who = await who_may(self._door, request, Action.REQUEST_LOCATION)
        now = self._door.now()
        return _told(await soon(self._deciding.ask(await _wish(request), who.person, now)), who, now, status=_CREATED)

    async def show(self, request: Request) -> Response:
        who = await who_may(self._door, request, Action.REQUEST_LOCATION, Action.APPROVE_LOCATION)
        now, decision = self._door.now(), await seen(self._deciding, number_of(request), who)
        return _told(decision, who, now, await soon(self._deciding.assessment(decision, who.person, now)))

    async def act(self, request: Request) -> Response:
        act, now = act_of(request), self._door.now()
        who = await who_may(self._door, request, NEEDS[act])
        return _told(done(await soon(self._deciding.act(number_of(request), act, who.person, now)), act), who, now)


def _told(
    decision: Decision, who: SignedIn, now: datetime, assessment: str | None = None, status: int = 200
) -> Response:
    view = decision_view(decision, who.person, now, assessment)
    return Response(view.model_dump_json(), status, media_type="application/json")


async def _wish(request: Request) -> Wish:
    """What the body asks for.

    Raises:
        Refused: it is nothing that could be asked for.
    """
    try:
        return Asking.model_validate_json(await _body(request)).wish()
    except (ValidationError, MalformedId):
        raise Refused(Why.MALFORMED) from None


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise Refused(Why.MALFORMED)
    return body
