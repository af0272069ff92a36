"""The data folder of an edition whose on-call answers as the tests say, and remembers what it was asked."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.runtime.http import serving
from tests.cli.terminal import somebody


@dataclass
class House:
    """What is answered to a method and a path, with what is asked for there or whatever is, and what was asked."""

    data: Path
    answers: Mapping[tuple[str, str], tuple[int, Any]]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        said = json.loads(body) if body else dict(request.query_params)
        self.asked.append((request.method, request.url.path, said))
        path, more = request.url.path, request.url.query
        known = [
            asked for asked in ((request.method, f"{path}?{more}"), (request.method, path)) if asked in self.answers
        ]
        status, found = self.answers[known[0]] if known else (404, {"error": "Nothing here."})
        return JSONResponse(found, status)


@asynccontextmanager
async def house(folder: Path, answers: Mapping[tuple[str, str], tuple[int, Any]]) -> AsyncIterator[House]:
    made = House(folder, answers)
    routes = [Route("/{path:path}", made.answer, methods=["GET", "POST", "PUT"])]
    async with serving(Starlette(routes=routes), "127.0.0.1", 0) as port:
        somebody(folder)
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": {"oncall": port}}))
        yield made
