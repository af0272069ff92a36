"""Connections to one mail server: at most so many at once, and each takes page after page while others wait."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

import aiosmtplib


@dataclass(frozen=True, slots=True)
class Mailed:
    """One e-mail as it crosses; its address is shown in no text."""

    sender: str
    to: str = field(repr=False)
    content: bytes = field(repr=False)


class Connections:
    """`new` makes a connection that is not open yet; none stays open when nobody waits for it.

    Mail servers count connections, and refuse whoever has too many.
    """

    def __init__(self, new: Callable[[], aiosmtplib.SMTP], at_most: int) -> None:
        self._new = new
        self._turns = asyncio.Semaphore(at_most)
        self._waiting = 0
        self._passed_on: list[aiosmtplib.SMTP] = []

    async def send(self, mail: Mailed) -> None:
        """Hand an e-mail over; on a new connection if the server has had enough of the one that was passed on.

        One that breaks when it has the e-mail may have taken it: two are better than none.

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
                _drop(self._passed_on.pop())

    async def _by(self, used: aiosmtplib.SMTP | None, mail: Mailed) -> None:
        if used is not None:
            with contextlib.suppress(aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPSenderRefused, OSError):
                return await self._over(used, mail)
        return await self._over(self._new(), mail)

    async def _over(self, client: aiosmtplib.SMTP, mail: Mailed) -> None:
        try:
            if not client.is_connected:
                await client.connect()
            await client.sendmail(mail.sender, mail.to, mail.content)
        except BaseException:
            _drop(client)
            raise
        if len(self._passed_on) < self._waiting:
            self._passed_on.append(client)
        else:
            _drop(client)


def _drop(client: aiosmtplib.SMTP) -> None:
    """Not its good-bye, nor that of TLS: a server that has taken a page, or does not answer, would be waited for."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()
    client.close()
