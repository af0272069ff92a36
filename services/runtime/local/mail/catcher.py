"""Takes mail over SMTP, keeps it, and tells on-call that it was delivered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from services.runtime.http import listen
from services.runtime.local.mail.inbox import Inbox
from services.runtime.tls import trusted

LARGEST_BYTES = 1 << 16
WAITING_RECEIPTS = 1000
TOLD_AT_ONCE = 100
_ASK_SECONDS = 5.0
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Told:
    """Whom to tell what was delivered."""

    url: str
    token: SecretStr


class Catcher:
    """The handler of one SMTP server."""

    def __init__(self, inbox: Inbox, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._now = now
        self.delivered: asyncio.Queue[str] = asyncio.Queue(WAITING_RECEIPTS)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keep a message before it is acknowledged."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        await asyncio.to_thread(self._inbox.keep, content, self._now())  # it waits for the disk, one for each message
        with contextlib.suppress(asyncio.QueueFull):
            self.delivered.put_nowait(str(message_from_bytes(content)["message-id"] or ""))
        return "250 Kept on this machine; it goes no further."

    async def tell(self, told: Told, pause_seconds: float = _PAUSE_SECONDS) -> None:
        """Tell on-call of the messages, those together that wait, in order and for as long as it takes."""
        async with httpx.AsyncClient(timeout=_ASK_SECONDS, trust_env=False, verify=trusted()) as client:
            while True:
                waiting = [await self.delivered.get()]
                while len(waiting) < TOLD_AT_ONCE and not self.delivered.empty():
                    waiting.append(self.delivered.get_nowait())
                await _until_taken(client, told, waiting, pause_seconds)


async def _until_taken(client: httpx.AsyncClient, told: Told, messages: Sequence[str], pause_seconds: float) -> None:
    receipts = [{"message_id": one, "rung": "delivered"} for one in messages]
    taken = await _taken(client, told, receipts)
    while not taken:
        await asyncio.sleep(pause_seconds)
        taken = await _taken(client, told, receipts)


async def _taken(client: httpx.AsyncClient, told: Told, receipts: list[dict[str, str]]) -> bool:
    try:
        bearer = {"Authorization": f"Bearer {told.token.get_secret_value()}"}
        answer = await client.post(told.url, json=receipts, headers=bearer)
    except httpx.TransportError:
        return False
    return answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR


@contextlib.asynccontextmanager
async def catching(catcher: object, host: str, port: int) -> AsyncIterator[int]:
    """Serve SMTP to a handler such as `Catcher`; gives the port.

    Raises:
        Misconfigured: the port is taken.
    """
    listener = listen(host, port)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, hostname="lantern.localdomain", data_size_limit=LARGEST_BYTES, loop=loop), sock=listener
    )
    async with server:
        yield int(listener.getsockname()[1])
