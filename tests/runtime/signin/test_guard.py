"""A request under another address, or one that changes something from elsewhere, gets nowhere; no answer is stored."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.runtime.signin.guard import ANSWERS, Guarded

OURS = "https://lantern.example"


async def answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("done", headers={"cache-control": "public, max-age=60"})


async def read(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def application() -> Starlette:
    return Starlette(
        routes=[Route("/", answer, methods=["GET", "POST", "DELETE"]), Route("/read", read, methods=["POST"])]
    )


def client(url: str = OURS) -> httpx.AsyncClient:
    app = Guarded(application(), OURS)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url)


async def test_a_page_of_ours_may_be_read() -> None:
    assert (await client().get("/")).text == "done"


@pytest.mark.parametrize("url", ["https://evil.example", "https://lantern.example:8443", "https://10.0.0.1"])
async def test_under_another_address_nothing_is_told(url: str) -> None:
    assert (await client(url).get("/")).status_code == 421


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "origin",
    [None, "null", "", "https://evil.example", "http://lantern.example", "https://lantern.example.evil.example"],
)
async def test_nothing_is_changed_from_elsewhere(method: str, origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    assert (await client().request(method, "/", headers=headers)).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}])
async def test_without_the_guard_it_would_be_changed(headers: dict[str, str]) -> None:
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url="https://evil.example")
    assert (await bare.post("/", headers=headers)).text == "done"


async def test_a_page_of_ours_may_change_something() -> None:
    assert (await client().post("/", headers={"origin": OURS})).text == "done"


async def test_a_command_with_a_token_comes_from_no_page() -> None:
    assert (await client().post("/", headers={"authorization": "Bearer x"})).text == "done"


@pytest.mark.parametrize("url", [OURS, "https://evil.example"])
async def test_every_answer_says_what_a_browser_must_not_do(url: str) -> None:
    headers = (await client(url).get("/")).headers
    assert {name: headers[name] for name in ANSWERS} == ANSWERS
    assert headers["strict-transport-security"]


def test_no_page_may_run_what_is_not_ours() -> None:
    policy = ANSWERS["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "*" not in policy


async def pieces(count: int) -> AsyncIterator[bytes]:
    """A body of so many pieces of 64 KiB, of a length that nobody announces."""
    for _ in range(count):
        yield bytes(64 * 1024)


@pytest.mark.parametrize(("count", "status"), [(16, 200), (17, 413)])
async def test_a_request_larger_than_any_of_ours_is_read_no_further(count: int, status: int) -> None:
    answer = await client().post("/read", content=pieces(count), headers={"origin": OURS})
    assert answer.status_code == status


async def test_without_the_guard_it_would_be_read_to_its_end() -> None:
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url=OURS)
    assert (await bare.post("/read", content=pieces(17))).text == str(17 * 64 * 1024)
