"""The mail catcher: real SMTP, everything kept for its owner alone, and each delivery told until it is heard."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.runtime.http import serving
from services.runtime.local.mail.catcher import LARGEST_BYTES, TOLD_AT_ONCE, Catcher, Told, catching
from services.runtime.local.mail.inbox import Inbox

AT = datetime(2026, 11, 22, 23, 0, 0, 123456, tzinfo=UTC)
BODY = "An alert waits for your answer.\n"
WAIT_SECONDS = 20


def mail(number: int = 0, body: str = BODY) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "lantern@lantern.example", "duty@example.org", f"Alert {number}"
    made["Message-ID"] = f"<{number:032x}@lantern.example>"
    made.set_content(body)
    return made


@asynccontextmanager
async def caught_in(folder: Path) -> AsyncIterator[tuple[Catcher, int]]:
    catcher = Catcher(Inbox(folder), lambda: AT)
    async with catching(catcher, "127.0.0.1", 0) as port:
        yield catcher, port


async def send(port: int, *messages: EmailMessage) -> None:
    for message in messages:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False, timeout=WAIT_SECONDS)


async def test_what_is_sent_is_kept_as_it_was(tmp_path: Path) -> None:
    async with caught_in(tmp_path / "mail") as (_, port):
        await send(port, mail(7))
    (caught,) = Inbox(tmp_path / "mail").messages()
    assert (caught.caught_at, caught.to, caught.subject) == (AT, "duty@example.org", "Alert 7")
    assert (caught.message_id, caught.body) == (f"<{7:032x}@lantern.example>", BODY)


async def test_mail_stands_in_the_order_in_which_it_came_repeats_too(tmp_path: Path) -> None:
    async with caught_in(tmp_path) as (_, port):
        await send(port, mail(2), mail(1), mail(2))
    assert [caught.subject for caught in Inbox(tmp_path).messages()] == ["Alert 2", "Alert 1", "Alert 2"]


async def test_nobody_else_on_this_machine_can_read_it(tmp_path: Path) -> None:
    async with caught_in(tmp_path / "mail") as (_, port):
        await send(port, mail())
    paths = [tmp_path / "mail", *(tmp_path / "mail").iterdir()]
    assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths] == [0, 0]


async def test_what_is_larger_than_any_page_is_refused(tmp_path: Path) -> None:
    async with caught_in(tmp_path) as (_, port):
        with pytest.raises(aiosmtplib.SMTPResponseException):
            await send(port, mail(body="x" * (LARGEST_BYTES + 1)))
    assert list(Inbox(tmp_path).messages()) == []


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, kept=3)
    for number in range(5):
        inbox.keep(mail(number).as_bytes(), AT + timedelta(seconds=number))
    assert [caught.subject for caught in inbox.messages()] == ["Alert 2", "Alert 3", "Alert 4"]


async def test_each_delivery_is_told_until_it_is_heard(tmp_path: Path) -> None:
    heard: asyncio.Queue[tuple[str, list[str]]] = asyncio.Queue()
    answers = iter([503])

    async def take(request: Request) -> Response:
        told = [one["message_id"] for one in await request.json()]
        await heard.put((request.headers["authorization"], told))
        return Response(status_code=next(answers, 204))

    app = Starlette(routes=[Route("/receipts/mail", take, methods=["POST"])])
    async with serving(app, "127.0.0.1", 0) as told_at, caught_in(tmp_path) as (catcher, port):
        told = Told(f"http://127.0.0.1:{told_at}/receipts/mail", SecretStr("word"))
        telling = asyncio.create_task(catcher.tell(told, pause_seconds=0))
        await send(port, mail(1), mail(2))
        async with asyncio.timeout(WAIT_SECONDS):
            refused = await heard.get()
            got = [await heard.get()]
            while message_id(2) not in got[-1][1]:
                got.append(await heard.get())
        telling.cancel()
    assert refused == got[0]
    assert [(word, one) for word, ids in got for one in ids] == [("Bearer word", message_id(n)) for n in (1, 2)]


async def test_what_was_delivered_meanwhile_is_told_together(tmp_path: Path) -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()

    async def take(request: Request) -> Response:
        await heard.put(len(await request.json()))
        return Response(status_code=204)

    app = Starlette(routes=[Route("/receipts/mail", take, methods=["POST"])])
    async with serving(app, "127.0.0.1", 0) as told_at, caught_in(tmp_path) as (catcher, port):
        await send(port, *map(mail, range(TOLD_AT_ONCE + 1)))
        told = Told(f"http://127.0.0.1:{told_at}/receipts/mail", SecretStr("word"))
        telling = asyncio.create_task(catcher.tell(told, pause_seconds=0))
        async with asyncio.timeout(WAIT_SECONDS):
            got = [await heard.get() for _ in range(2)]
        telling.cancel()
    assert got == [TOLD_AT_ONCE, 1]


def message_id(number: int) -> str:
    return f"<{number:032x}@lantern.example>"
