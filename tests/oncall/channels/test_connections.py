"""Connections to a real mail server: few at once, each for many pages, and none that is left open."""

import asyncio
from collections import Counter
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.oncall.channels.connections import Connections, Mailed
from services.runtime.local.mail.catcher import catching
from tests.oncall.channels.messages import LONG_SECONDS, Refusing, Slow

AT_MOST, PAGES = 4, 30
SENDER = "pages@lantern.example"


class Counting:
    """Takes every mail, a little later each; `most` by one connection, which is told that this was enough."""

    def __init__(self, most: int = PAGES) -> None:
        self.taken: list[str] = []
        self.sessions: Counter[str] = Counter()
        self._most = most

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.sessions[str(session.peer)] >= self._most:
            return "421 Enough of you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        await asyncio.sleep(0.001)
        self.sessions[str(session.peer)] += 1
        self.taken += envelope.rcpt_tos
        return "250 Taken"


class Busy(Slow):
    """Answers nobody, and says when there are as many as there may be."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = asyncio.Event()
        self._here = 0

    async def handle_DATA(self, *given: Any) -> str:  # noqa: N802 - aiosmtpd's
        self._here += 1
        if self._here == AT_MOST:
            self.busy.set()
        return await super().handle_DATA(*given)


class Watched:
    """Connections whose clients the test can count."""

    def __init__(self, port: int) -> None:
        self.made: list[aiosmtplib.SMTP] = []
        self._port = port
        self.all = Connections(self._new, AT_MOST)

    def _new(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._port, timeout=LONG_SECONDS, start_tls=False)
        self.made.append(client)
        return client

    @property
    def open(self) -> int:
        return sum(client.is_connected for client in self.made)

    async def send(self, number: int) -> None:
        await self.all.send(Mailed(SENDER, address(number), b"Subject: One\r\n\r\nOne.\r\n"))


def address(number: int) -> str:
    return f"person-{number}@lantern.example"


def everybody() -> list[str]:
    return sorted(map(address, range(PAGES)))


async def test_many_pages_share_few_connections_and_leave_none_open() -> None:
    server = Counting()
    async with catching(server, "127.0.0.1", 0) as port:
        watched = Watched(port)
        await asyncio.gather(*map(watched.send, range(PAGES)))
        assert sorted(server.taken) == everybody()
        assert len(watched.made) == AT_MOST
        assert watched.open == 0


def test_an_e_mails_address_is_in_no_text() -> None:
    assert address(7) not in repr(Mailed(SENDER, address(7), address(7).encode()))


async def test_a_page_alone_leaves_no_connection_open() -> None:
    async with catching(Counting(), "127.0.0.1", 0) as port:
        watched = Watched(port)
        for number in range(3):
            await watched.send(number)
            assert watched.open == 0


async def test_a_server_that_has_enough_of_a_connection_has_every_page_by_new_ones() -> None:
    server = Counting(most=2)
    async with catching(server, "127.0.0.1", 0) as port:
        watched = Watched(port)
        await asyncio.gather(*map(watched.send, range(PAGES)))
        assert sorted(server.taken) == everybody()
        assert watched.open == 0


async def test_who_is_refused_is_not_tried_again() -> None:
    async with catching(Refusing(), "127.0.0.1", 0) as port:
        watched = Watched(port)
        sent = await asyncio.gather(*map(watched.send, range(PAGES)), return_exceptions=True)
        assert all(isinstance(one, aiosmtplib.SMTPRecipientsRefused) for one in sent)
        assert len(watched.made) == PAGES
        assert watched.open == 0


async def test_who_does_not_wait_any_more_holds_no_connection() -> None:
    server = Busy()
    async with catching(server, "127.0.0.1", 0) as port:
        watched = Watched(port)
        sending = [asyncio.create_task(watched.send(number)) for number in range(2 * AT_MOST)]
        await asyncio.wait_for(server.busy.wait(), LONG_SECONDS)
        for task in sending:
            task.cancel()
        gone: list[Any] = await asyncio.gather(*sending, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in gone)
        assert watched.open == 0
        server.over.set()


@pytest.mark.parametrize("waiting", [0, 1, AT_MOST])
async def test_a_connection_is_passed_on_to_those_alone_who_still_wait(waiting: int) -> None:
    server = Counting()
    async with catching(server, "127.0.0.1", 0) as port:
        watched = Watched(port)
        first = [asyncio.create_task(watched.send(number)) for number in range(AT_MOST)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(watched.send(number)) for number in range(AT_MOST, AT_MOST + waiting)]
        await asyncio.sleep(0)
        for task in others[1:]:
            task.cancel()
        await asyncio.gather(*first, *others, return_exceptions=True)
        assert watched.open == 0
        assert len(server.taken) == AT_MOST + min(waiting, 1)
