"""Several services of a test at once, which begin and end beside each other."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from services.runtime.http import serving


@asynccontextmanager
async def serving_each(apps: Mapping[str, ASGIApp]) -> AsyncIterator[dict[str, int]]:
    """Serve every app, each at a port of its own; gives the ports by the apps' names."""
    ports: dict[str, int] = {}
    begun, over = asyncio.Barrier(len(apps) + 1), asyncio.Event()

    async def serve(name: str, app: ASGIApp) -> None:
        async with serving(app, "127.0.0.1", 0) as ports[name]:
            await begun.wait()
            await over.wait()

    async with asyncio.TaskGroup() as tasks:
        for name, app in apps.items():
            tasks.create_task(serve(name, app))
        await begun.wait()
        try:
            yield ports
        finally:
            over.set()
