"""The operator's routes to the vault's upkeep: /keys, /erasures, /backup."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from services.core.codes import SealedField
from services.core.errors import LanternError
from services.core.ids import FactId, SubjectId
from services.vault.erasure import ErasureReason, Scope, erasures
from services.vault.upkeep import Upkeep

_ACCEPTED, _CONFLICT, _UNPROCESSABLE = 202, 409, 422
_Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
_Answer = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger()


class ToErase(BaseModel):
    """What somebody wants erased, and why."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    subject_id: _Id | None = None
    fact_id: _Id | None = None
    field: SealedField | None = None
    reason: ErasureReason

    def scope(self) -> Scope:
        """Raises ValueError where it names neither record nor fact."""
        subject = SubjectId(self.subject_id) if self.subject_id else None
        return Scope(subject, FactId(self.fact_id) if self.fact_id else None, self.field)


class Answers:
    """What each route answers."""

    def __init__(self, upkeep: Upkeep) -> None:
        self._upkeep = upkeep

    async def show_keys(self, _: Request) -> Response:
        return JSONResponse(await self._upkeep.standing())

    async def rotate(self, _: Request) -> Response:
        self._upkeep.rotate()
        return JSONResponse(await self._upkeep.standing(), _ACCEPTED)

    async def show_erasures(self, _: Request) -> Response:
        made = await self._upkeep.session.run(erasures)
        return JSONResponse({"erasures": [{**one, "erased_at": str(one["erased_at"])} for one in made]})

    async def erase(self, request: Request) -> Response:
        try:
            wanted = ToErase.model_validate_json(await request.body())
            scope = wanted.scope()
        except ValueError:
            return JSONResponse({"error": "Name a record or a fact, and a reason of the list."}, _UNPROCESSABLE)
        return JSONResponse(asdict(await self._upkeep.erase(scope, wanted.reason)))

    async def save(self, _: Request) -> Response:
        return StreamingResponse(self._upkeep.saved(), media_type="application/octet-stream")

    async def restore(self, request: Request) -> Response:
        end = await self._upkeep.restore(request.stream(), replace=request.query_params.get("replace") == "true")
        return JSONResponse({"rows": dict(end.rows)})


def upkeep_routes(upkeep: Upkeep) -> list[Route]:
    """The operator's routes."""
    answers = Answers(upkeep)
    return [
        Route("/keys", _refusing(answers.show_keys)),
        Route("/keys", _refusing(answers.rotate), methods=["POST"]),
        Route("/erasures", _refusing(answers.show_erasures)),
        Route("/erasures", _refusing(answers.erase), methods=["POST"]),
        Route("/backup", _refusing(answers.save)),
        Route("/backup", _refusing(answers.restore), methods=["PUT"]),
    ]


def _refusing(answer: _Answer) -> _Answer:
    """Let an error of ours be the answer, in its own words."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except LanternError as error:
            return JSONResponse({"error": str(error) or error.__doc__}, _CONFLICT)
        except OSError as error:
            log.warning("The vault's folder of keys cannot be read or written.", exc_info=error)
            return JSONResponse(
                {"error": "The vault's folder of keys cannot be written: nothing was changed."}, _CONFLICT
            )

    return answered
