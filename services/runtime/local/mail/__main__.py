"""`python -m services.runtime.local.mail FOLDER PORT URL TOKEN_FILE` catches mail until it is stopped."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from services.runtime import logs
from services.runtime.local.mail.catcher import Catcher, Told, catching
from services.runtime.local.mail.inbox import Inbox
from services.runtime.local.ports import HOST
from services.runtime.settings import LogLevel, read_token


async def main(folder: str, port: str, url: str, token_file: str) -> None:
    """Catch on the loopback interface, and tell `url` of each message; SIGTERM ends it in good order."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    told = Told(url, read_token(Path(token_file), "the token of receipts"))
    catcher = Catcher(Inbox(Path(folder)), lambda: datetime.now(UTC))
    async with catching(catcher, HOST, int(port)):
        telling = asyncio.create_task(catcher.tell(told))
        await stopping.wait()
        telling.cancel()


if __name__ == "__main__":
    logs.configure("mail", LogLevel.WARNING)
    asyncio.run(main(*sys.argv[1:]))
