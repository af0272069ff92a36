"""The HTTP side of every service: /metrics, /healthz and /readyz open, the rest for the operator, or who signs in.

Where people come, who comes from elsewhere sees /metrics with the operator's token alone: a count that moves tells that
a child's address was corrected, and time that is spent whether a child is known.
"""

import asyncio
import contextlib
import hmac
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from services.core.errors import Misconfigured
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics

_STOP_SECONDS = 2
_TICK_SECONDS = 1
_OK = 200
_UNAVAILABLE = 503
_UNAUTHORISED = 401
_NEEDS_TOKEN = {"error": "This needs the operator's token."}
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_SPEAKS_FOR_OTHERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
# What keeps a process from being ready, while the process itself is well: its liveness is not to blame.
_NOT_READY = frozenset({Reason.STARTING, Reason.STOPPING})
# What people must mend, and what no other process waits for.
_READY_ALL_THE_SAME = frozenset(
    {
        Reason.KAFKA_BYTES_CORRUPT,
        Reason.KAFKA_LOST_RECORDS,
        Reason.PAGES_NOT_SENT,
        Reason.PAGES_LOST,
        Reason.HEARTBEAT_NOT_SENT,
    }
)


def create_app(
    metrics: Metrics,
    health: Health,
    token: SecretStr,
    routes: Sequence[BaseRoute] = (),
    people: ASGIApp | None = None,
) -> Starlette:
    """Make the service's web application; `routes` stand behind the operator's token, `people` sign in to theirs."""
    operators = OperatorOnly(Router(routes), token, people)

    async def show_metrics(request: Request) -> Response:
        if people is not None and not (_is_from_here(request) or operators.is_operator(request.scope)):
            return JSONResponse(_NEEDS_TOKEN, _UNAUTHORISED)
        return Response(generate_latest(metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def show_health(_: Request) -> Response:
        return _light([reason for reason in health.reasons if reason not in _NOT_READY])

    async def show_readiness(_: Request) -> Response:
        return _light([reason for reason in health.reasons if reason not in _READY_ALL_THE_SAME])

    return Starlette(
        routes=[
            Route("/metrics", show_metrics),
            Route("/healthz", show_health),
            Route("/readyz", show_readiness),
            Mount("/", operators),
        ]
    )


def _is_from_here(request: Request) -> bool:
    """Whether a request comes from this very machine, and from no proxy on it that speaks for others."""
    peer = request.client.host if request.client else None
    through_a_proxy = any(name in request.headers for name in _SPEAKS_FOR_OTHERS)
    return {peer, request.url.hostname} <= _THIS_MACHINE and not through_a_proxy


def _light(reasons: Sequence[Reason]) -> Response:
    body = {"light": "red" if reasons else "green", "reasons": list(reasons)}
    return JSONResponse(body, _UNAVAILABLE if reasons else _OK, {"cache-control": "no-store"})


class Refusal:
    """What everybody but the operator is answered where nobody signs in; `heard` is called for each of them."""

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self._heard = heard
        self._answer = JSONResponse(_NEEDS_TOKEN, _UNAUTHORISED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._heard()
        await self._answer(scope, receive, send)


class OperatorOnly:
    """Lets a request through to `app` only with `Authorization: Bearer <operator's token>`; the rest go to `others`."""

    def __init__(self, app: ASGIApp, token: SecretStr, others: ASGIApp | None = None) -> None:
        self.app = app
        self._others = others or Refusal()
        self._expected = f"Bearer {token.get_secret_value()}".encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = scope["type"] == "http" and self.is_operator(scope)
        await (self.app if allowed else self._others)(scope, receive, send)

    def is_operator(self, scope: Scope) -> bool:
        """Whether a request bears the operator's token."""
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0], self._expected)


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to the service, and does not look ten times a second whether it must end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._over = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        while not self._over.is_set():
            await self.on_tick(0)  # puts the date of the answers forward
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._over.wait()

    def end(self) -> None:
        self.should_exit = True
        self._over.set()


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app` beside the service's own work, in its event loop; gives the port.

    Raises:
        Misconfigured: the port is taken.
    """
    listener = listen(host, port)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=_STOP_SECONDS
    )
    server = _QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.end()
        await task


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send what they have at once.

    Raises:
        Misconfigured: the port is taken.
    """
    try:
        listener = socket.create_server((host, port))
    except OSError:
        raise Misconfigured(f"Port {port} is taken: stop what holds it, or start with another --port-base.") from None
    # asyncio asks for it only on sockets that name their protocol: without it every answer waits 40 ms for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
