"""Connections to one mail server: at most so many at once, and each takes page after page while others wait."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import aiosmtplib

AT_MOST = 20
"""Mail servers count connections, and refuse whoever has too many."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """One e-mail as it crosses."""

    sender: str
    to: str
    content: bytes


class Connections:
    """`new` makes a connection that is not open yet; none stays open when nobody waits for it."""

    def __init__(self, new: Callable[[], aiosmtplib.SMTP], at_most: int = AT_MOST) -> None:
        self._new = new
        self._turns = asyncio.Semaphore(at_most)
        self._waiting = 0
        self._passed_on: list[aiosmtplib.SMTP] = []

    async def send(self, mail: Mailed) -> None:
        """Hand an e-mail over, on a new connection if the one that was passed on does not take it.

        Raises:
            aiosmtplib.SMTPException, OSError: the server does not take it, or does not answer.
        """
        used = await self._turn()
        try:
            await self._by(used, mail)
        finally:
            self._turns.release()

    async def _turn(self) -> aiosmtplib.SMTP | None:
        self._waiting += 1
        try:
            await self._turns.acquire()
            return self._passed_on.pop() if self._passed_on else None
        finally:
            self._waiting -= 1
            while len(self._passed_on) > self._waiting:
                self._passed_on.pop().close()

    async def _by(self, used: aiosmtplib.SMTP | None, mail: Mailed) -> None:
        if used is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                return await self._over(used, mail)
        new = self._new()
        return await self._over(new, mail)

    async def _over(self, client: aiosmtplib.SMTP, mail: Mailed) -> None:
        try:
            if not client.is_connected:
                await client.connect()
            await client.sendmail(mail.sender, mail.to, mail.content)
        except BaseException:
            client.close()
            raise
        if len(self._passed_on) < self._waiting:
            self._passed_on.append(client)
        else:  # not its good-bye: a server that has taken a page, or does not answer, would be waited for
            client.close()
