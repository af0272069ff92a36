"""The commands ask the case feed's API and nobody else, and say what it says."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.casefeed.views import CaseSummary, State
from services.cli import signed_in
from services.cli.__main__ import commands
from services.cli.cases import as_last_read
from services.cli.client import Failed
from services.cli.signed_in import NotSignedIn, SignedIn
from services.core.case import CaseState, visible
from services.core.ids import CaseId, SubjectId
from services.runtime.http import serving
from tests.builders import an_id, day
from tests.cli.terminal import somebody


def summary(number: int, status: str) -> dict[str, object]:
    state = State.model_validate({**visible(CaseState()), "status": status})
    known = CaseSummary(
        case_id=CaseId(an_id(number)), subjects=[SubjectId(an_id(number))], known_at=day(1), state=state
    )
    return dict(json.loads(known.model_dump_json()))


def paged(cases: dict[str, list[int]]) -> Callable[[Request], Response]:
    """A case feed with these cases of each status, one on a page, for whoever is signed in at the terminal."""

    def answer(request: Request) -> Response:
        shown = request.headers["authorization"].removeprefix("Bearer ")
        if "Familyname" not in SignedIn(shown).claims["name"]:
            return JSONResponse({"error": "No."}, 401)
        status, at = request.query_params["status"], int(request.query_params.get("cursor", "0"))
        numbers = cases.get(status, [])
        more = str(at + 1) if at + 1 < len(numbers) else None
        return JSONResponse({"cases": [summary(number, status) for number in numbers[at : at + 1]], "next": more})

    return answer


def refusing(_: Request) -> Response:
    return JSONResponse({"error": "Several cases begin with these digits. Give more of them."}, 409)


@asynccontextmanager
async def edition(folder: Path, answer: Callable[[Request], Response]) -> AsyncIterator[Path]:
    """The data folder of an edition whose case feed answers so."""
    app = Starlette(routes=[Route("/api/cases", answer), Route("/api/cases/{case}", answer)])
    async with serving(app, "127.0.0.1", 0) as port:
        somebody(folder)
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": {"casefeed": port}}))
        yield folder


async def lantern(data: Path, *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, commands(), [*words, "--data", str(data)])


async def test_every_page_is_read_and_who_is_missing_stands_first(tmp_path: Path) -> None:
    async with edition(tmp_path, paged({"known": [1, 2, 3], "missing": [4], "away": [5]})) as data:
        done = await lantern(data, "cases", "--json")
    assert [case["case_id"] for case in json.loads(done.stdout)] == [an_id(number) for number in (4, 5, 1, 2, 3)]


async def test_one_status_can_be_asked_for(tmp_path: Path) -> None:
    async with edition(tmp_path, paged({"known": [1], "missing": [4]})) as data:
        done = await lantern(data, "cases", "--status", "missing")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["Case", an_id(4)[:8]]


async def test_nobody_is_told_that_there_are_no_cases_where_there_are_none_that_they_see(tmp_path: Path) -> None:
    async with edition(tmp_path, paged({})) as data:
        done = await lantern(data, "cases")
    assert done.stdout == "There is no case that you see.\n"


async def test_nobody_is_told_that_no_child_is_missing_where_they_see_none(tmp_path: Path) -> None:
    async with edition(tmp_path, paged({})) as data:
        done = await lantern(data, "cases", "--status", "missing")
    assert done.stdout == "There is no case of this status that you see.\n"


async def test_nobody_who_is_not_signed_in_asks(tmp_path: Path) -> None:
    async with edition(tmp_path, paged({"known": [1]})) as data:
        signed_in.forget(data)
        done = await lantern(data, "cases")
    assert isinstance(done.exception, NotSignedIn)


async def test_a_refusal_is_told_in_the_services_own_sentence(tmp_path: Path) -> None:
    async with edition(tmp_path, refusing) as data:
        done = await lantern(data, "case", an_id(1))
    assert isinstance(done.exception, Failed)
    assert "Give more of them." in str(done.exception)


@pytest.mark.parametrize("wrong", ["", "12345", "xyzxyz", "1" * 33, "../digests"])
async def test_what_is_no_id_is_wrong_usage(tmp_path: Path, wrong: str) -> None:
    assert (await lantern(tmp_path, "case", wrong)).exit_code == 2


def a_case(case_id: str, status: str) -> dict[str, object]:
    return {"case_id": case_id, "state": {"status": status}}


def test_a_child_who_goes_missing_while_the_list_is_read_stands_first_in_it() -> None:
    read = [
        a_case("1", "missing"),
        a_case("2", "away"),
        a_case("3", "known"),
        a_case("1", "missing"),
        a_case("3", "missing"),
    ]
    assert [(case["case_id"], case["state"]["status"]) for case in as_last_read(read)] == [
        ("1", "missing"), ("3", "missing"), ("2", "away"),
    ]  # fmt: skip
