"""`lantern patterns` asks page after page, and shows cases and never what matched."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.casefeed.patterns import PatternView
from services.cli.__main__ import commands
from services.core.ids import CaseId
from services.core.radar import PatternKind
from services.runtime.http import serving
from tests.builders import an_id
from tests.cli.terminal import somebody


@asynccontextmanager
async def edition(folder: Path, *numbers: int) -> AsyncIterator[Path]:
    """The data folder of an edition whose case feed gives one of these patterns a page."""
    found = [
        PatternView(
            pattern_id=an_id(number << 100),
            kind=PatternKind.TELEPHONE,
            cases=[CaseId(an_id(1 << 100)), CaseId(an_id(2 << 100))],
        )
        for number in numbers
    ]

    def answer(request: Request) -> Response:
        skip = int(request.query_params["skip"])
        return JSONResponse({"patterns": [json.loads(one.model_dump_json()) for one in found[skip : skip + 1]]})

    async with serving(Starlette(routes=[Route("/api/patterns", answer)]), "127.0.0.1", 0) as port:
        somebody(folder)
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": {"casefeed": port}}))
        yield folder


async def lantern(data: Path, *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, commands(), [*words, "--data", str(data)])


async def test_every_page_is_read(tmp_path: Path) -> None:
    async with edition(tmp_path, 7, 8, 9) as data:
        done = await lantern(data, "patterns", "--json")

    assert [one["pattern_id"] for one in json.loads(done.stdout)] == [an_id(number << 100) for number in (7, 8, 9)]


async def test_a_pattern_is_shown_by_its_kind_and_its_cases(tmp_path: Path) -> None:
    async with edition(tmp_path, 7) as data:
        done = await lantern(data, "patterns")

    _, line = done.stdout.splitlines()
    short = [an_id(number << 100)[:8] for number in (7, 1, 2)]
    assert line.split() == [short[0], "telephone", f"{short[1]},", short[2]]


async def test_no_patterns_are_said_to_be_none(tmp_path: Path) -> None:
    async with edition(tmp_path) as data:
        done = await lantern(data, "patterns")

    assert done.stdout == "There are no patterns for you to see.\n"
