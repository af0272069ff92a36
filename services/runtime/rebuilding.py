"""POST /rebuild and GET /rebuild of every service with a projection: one rebuild at a time, in the background."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.core.errors import LanternError
from services.runtime.database import Database, connect
from services.runtime.process import Process
from services.runtime.rebuild import Phase, Progress, Projection, Rebuild

_ACCEPTED, _CONFLICT, _UNPROCESSABLE = 202, 409, 422
_ALONE = "SELECT pg_try_advisory_lock(hashtextextended('rebuild in ' || current_schema(), 0))"

log = structlog.get_logger()


class AnotherIsUnderWay(LanternError):
    """Another worker of this service rebuilds: nothing was begun; wait until it is done."""


class Asked(BaseModel):
    """What a rebuild is asked to do; `verify`: compare only."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    verify: bool


class Rebuilder:
    """Does one rebuild at a time, and remembers how the last one ended."""

    def __init__(self, process: Process, where: Database, projection: Projection) -> None:
        self._process = process
        self._where = where
        self._projection = projection
        self._task: asyncio.Task[Phase] | None = None
        self.progress = Progress()

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/rebuild", self._asked, methods=["POST"]),
            Route("/rebuild", self._told, methods=["GET"]),
        ]

    async def close(self) -> None:
        """Leave off a rebuild that is under way; its shadow is emptied by the next one."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _asked(self, request: Request) -> Response:
        try:
            asked = Asked.model_validate_json(await request.body())
        except ValidationError:
            return JSONResponse({"error": 'Ask with {"verify": true} or {"verify": false}.'}, _UNPROCESSABLE)
        if self._task and not self._task.done():
            return JSONResponse({"error": "A rebuild is under way. See how far it is with GET /rebuild."}, _CONFLICT)
        self.progress = Progress(asked.verify, Phase.READING)
        self._task = asyncio.create_task(self._rebuild(self.progress))
        self._task.add_done_callback(partial(_ended, self.progress))
        return JSONResponse(asdict(self.progress), _ACCEPTED)

    async def _told(self, _: Request) -> Response:
        return JSONResponse(asdict(self.progress), headers={"cache-control": "no-store"})

    async def _rebuild(self, progress: Progress) -> Phase:
        rebuild = Rebuild(self._process, self._where, self._projection, progress)
        try:
            async with await connect(self._where) as alone:
                if await (await alone.execute(_ALONE)).fetchone() != (True,):
                    raise AnotherIsUnderWay
                return await rebuild.run()
        finally:
            await rebuild.close()


def _ended(progress: Progress, task: asyncio.Task[Phase]) -> None:
    if task.cancelled():
        return
    if error := task.exception():
        progress.phase, progress.reason = Phase.FAILED, type(error).__name__
        log.error("A rebuild failed; the live tables are as they were.", exc_info=error)
    else:
        progress.phase = task.result()


@asynccontextmanager
async def rebuilder(process: Process, where: Database, projection: Projection) -> AsyncIterator[Rebuilder]:
    """Give a rebuilder; what it has under way ends with the process."""
    made = Rebuilder(process, where, projection)
    try:
        yield made
    finally:
        await made.close()
