"""One process of the hub: what it was told, its light and metrics, and an orderly end within 5 s of SIGTERM."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn

import structlog
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from services.core.errors import Misconfigured
from services.runtime import http, logs
from services.runtime.collecting import collect_rarely
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings, load, read_token

# The keeper of the processes kills five seconds after SIGTERM; a process that hangs leaves on its own before that.
_LAST_MOMENT_SECONDS = 4.5
_HARD_EXIT = 70

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Process:
    """What a service's own code is given: settings, light, metrics, and the event that is set when it must stop."""

    settings: Settings
    health: Health
    metrics: Metrics
    stopping: asyncio.Event


def run(main: Callable[[Process], Awaitable[None]]) -> None:
    """Run a service's `main` until it returns; it must return soon after `stopping` is set.

    Raises:
        SystemExit: with status 1 when the process is misconfigured.
    """
    try:
        settings = load(Settings)
        logs.configure(settings.service, settings.log_level)
        collect_rarely()
        asyncio.run(_run(main, settings))
    except (Misconfigured, ExceptionGroup) as error:
        if (reason := _to_mend(error)) is None:
            raise
        sys.exit(f"{reason} Nothing was read or written.")


def _to_mend(error: Exception) -> Misconfigured | None:
    """What a person must mend, also where it ended tasks that ran side by side; None where a fault of ours is there."""
    if isinstance(error, ExceptionGroup):
        reasons = [_to_mend(one) for one in error.exceptions]
        return reasons[0] if all(reasons) else None
    return error if isinstance(error, Misconfigured) else None


async def _run(main: Callable[[Process], Awaitable[None]], settings: Settings) -> None:
    metrics = Metrics()
    process = Process(settings, Health(metrics), metrics, asyncio.Event())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, process, number)
    await main(process)
    log.info("The service has stopped; nothing is left half done.")


def stop(process: Process, number: signal.Signals) -> None:
    """Ask `process` to stop, and make sure that it does."""
    log.info("The service was asked to stop.", signal=number.name)
    process.stopping.set()
    process.health.red(Reason.STOPPING)
    asyncio.get_running_loop().call_later(_LAST_MOMENT_SECONDS, leave)


def leave() -> NoReturn:
    """Leave at once: what is not acknowledged will be read again, so a hard end is the safe one."""
    log.critical("The service leaves without finishing; what it had in hand is read again at the next start.")
    os._exit(_HARD_EXIT)


@asynccontextmanager
async def serving(
    process: Process, routes: Sequence[BaseRoute] = (), people: ASGIApp | None = None
) -> AsyncIterator[int]:
    """Serve the process's metrics and light, `routes` for the operator, and `people`, who sign in; gives the port.

    Raises:
        Misconfigured: the port is taken, or there is no operator's token.
    """
    told = process.settings
    app = http.create_app(process.metrics, process.health, read_token(told.operator_token_file), routes, people)
    async with http.serving(app, told.http_host, told.http_port) as port:
        yield port
