"""For the operator: GET /doubts, and POST /doubts/settled {"until": TIME} once somebody has looked into them."""

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from services.runtime.database import Session
from services.runtime.metrics import Metrics
from services.vault.doubts import list_doubts, settle

_UNPROCESSABLE = 422


class _Looked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    until: AwareDatetime


def doubt_routes(session: Session, metrics: Metrics, clock: Callable[[], datetime]) -> list[BaseRoute]:
    """The two routes; they say where a record stands, never what is in it."""

    async def show(_: Request) -> Response:
        return JSONResponse({"doubts": await session.run(list_doubts)}, headers={"cache-control": "no-store"})

    async def settled(request: Request) -> Response:
        try:
            looked = _Looked.model_validate_json(await request.body())
        except ValidationError:
            return JSONResponse({"error": 'Say until when: {"until": a time with its zone}.'}, _UNPROCESSABLE)
        done = await session.run(lambda connection: settle(connection, looked.until, clock()))
        metrics.dead_letters.dec(done.letters)
        return JSONResponse({"settled": done.letters + done.holes})

    return [Route("/doubts", show), Route("/doubts/settled", settled, methods=["POST"])]
