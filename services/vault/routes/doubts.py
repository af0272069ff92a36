"""For the operator: GET /doubts, and POST /doubts/settled {"until": TIME} once somebody has looked into them."""

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from services.core.audit import OPERATOR, Action, Entry, Outcome
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.metrics import Metrics
from services.vault.doubts import Settled, list_doubts, settle

_UNPROCESSABLE = 422


class _Looked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    until: AwareDatetime


def doubt_routes(session: Session, trail: Trail, metrics: Metrics, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """The two routes; they say where a record stands, never what is in it, and who asked is on record."""

    async def show(_: Request) -> Response:
        found = await session.run(trail.recorded(list_doubts, lambda doubts: _entry(Action.DOUBTS_LISTED, len(doubts))))
        return JSONResponse({"doubts": found}, headers={"cache-control": "no-store"})

    async def settled(request: Request) -> Response:
        try:
            looked = _Looked.model_validate_json(await request.body())
        except ValidationError:
            return JSONResponse({"error": 'Say until when: {"until": a time with its zone}.'}, _UNPROCESSABLE)

        async def work(connection: Connection) -> Settled:
            return await settle(connection, looked.until, clock())

        done = await session.run(
            trail.recorded(work, lambda done: _entry(Action.DOUBTS_SETTLED, done.letters + done.holes))
        )
        metrics.dead_letters.dec(done.letters)
        return JSONResponse({"settled": done.letters + done.holes})

    return [Route("/doubts", show), Route("/doubts/settled", settled, methods=["POST"])]


def _entry(action: Action, count: int) -> Entry:
    return Entry(action, Outcome.ALLOWED, OPERATOR, count=count)
