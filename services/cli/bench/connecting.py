"""Generated input on its way through the connectors, and a watcher of the feed that only counts."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
from rich.progress import Progress

from services.cli import signed_in
from services.cli.bench import generating
from services.cli.bench.target import Target
from services.cli.client import Failed
from services.cli.publish import USUAL_KIND, Sender, published
from services.core.codes import Sector

PATIENCE_SECONDS = 60.0
_ENTRY = b"\nevent: entry\n"


async def publish(target: Target, files: Mapping[Sector, bytes]) -> int:
    """Send each agency's file through its connector, all at once; the number of events that were shared.

    Raises:
        Failed: a record was not taken.
        Unavailable: the hub made no progress for a minute.
    """
    with tempfile.TemporaryDirectory() as folder:
        sent = await asyncio.gather(
            *(_publish(target, Path(folder), agency, content) for agency, content in files.items())
        )
    return sum(sent)


async def _publish(target: Target, folder: Path, agency: Sector, content: bytes) -> int:
    path = folder / f"{agency.value}.jsonl"
    path.write_bytes(content)
    sender = Sender(agency, generating.organisation(agency), USUAL_KIND[agency])
    with Progress(disable=True) as silent:
        summary = await published(sender, [path], target.clients, PATIENCE_SECONDS, wait=False, progress=silent)
    if summary.unanswered or summary.refused or summary.held_back:
        raise Failed(
            f"The {agency.value} processor did not share everything that was generated: {summary.unanswered} records "
            f"are not answered, {summary.refused} refused, {summary.held_back} held back. See `lantern status`."
        )
    return len(summary.event_ids)


class Counter:
    """Counts the entries that the feed sends from now on."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""
        self.seen = 0

    async def until(self, count: int) -> None:
        """Return when `count` entries have come.

        Raises:
            Failed: nothing came for a minute.
        """
        try:
            while self.seen < count:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    self._count(await anext(self._pieces))
        except TimeoutError:
            raise Failed(f"Only {self.seen} of {count} events reached the case feed: see `lantern status`.") from None

    def _count(self, piece: bytes) -> None:
        heard = self._rest + piece
        self.seen += heard.count(_ENTRY)
        self._rest = heard[-(len(_ENTRY) - 1) :]


@contextlib.asynccontextmanager
async def watcher(target: Target) -> AsyncIterator[Counter]:
    """Follow the case feed from now on."""
    settings = signed_in.settings(target.clients, "casefeed") | {"timeout": httpx.Timeout(PATIENCE_SECONDS)}
    async with httpx.AsyncClient(**settings) as api, api.stream("GET", "/api/feed") as response:
        pieces = response.aiter_raw()
        await anext(pieces)  # where the feed is
        yield Counter(pieces)
