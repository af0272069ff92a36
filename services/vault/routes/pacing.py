"""No sooner than a fixed while: what was looked up for an answer does not show in how long it took (design 6.5)."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

NO_SOONER_SECONDS = 0.15

Handler = Callable[[Request], Awaitable[Response]]


def began(request: Request) -> float:
    """When work on this request began, on the event loop's clock."""
    if not hasattr(request.state, "began"):
        request.state.began = asyncio.get_running_loop().time()
    moment: float = request.state.began
    return moment


async def no_sooner(request: Request) -> None:
    """Wait until an answer may leave."""
    await asyncio.sleep(began(request) + NO_SOONER_SECONDS - asyncio.get_running_loop().time())


def paced(handler: Handler) -> Handler:
    """The same, with every answer no sooner than any other."""

    async def later(request: Request) -> Response:
        began(request)
        answer = await handler(request)
        await no_sooner(request)
        return answer

    return later
