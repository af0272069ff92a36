"""How long an answer takes does not tell what was looked up for it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from services.vault.routes.pacing import NO_SOONER_SECONDS, began, paced


def a_request() -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "headers": []})


@paced
async def at_once(_: Request) -> Response:
    return Response("at once")


async def test_an_answer_leaves_no_sooner_than_any_other() -> None:
    request = a_request()
    answer = await at_once(request)
    waited = asyncio.get_running_loop().time() - began(request)
    assert (answer.body, waited >= NO_SOONER_SECONDS) == (b"at once", True)
