"""E-mail over real SMTP: what each temper of a mail server makes of a page."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.core.errors import Misconfigured
from services.core.oncall.pages import Failed, NotSent, Sent
from services.oncall.channels.mail import Mail, key_of
from services.runtime.local.mail.catcher import catching
from services.runtime.paging_settings import MailSettings, Security
from services.runtime.settings import load
from tests.oncall.channels.messages import ADDRESS, AT, KEY, LINK, LONG_SECONDS, Full, Refusing, Slow, Taking, message

LONG, SHORT = LONG_SECONDS, 0.2


def settings(port: int) -> MailSettings:
    return MailSettings(
        smtp_host="127.0.0.1", smtp_port=port, smtp_security=Security.NONE, mail_from="pages@lantern.example"
    )


@asynccontextmanager
async def mail_to(server: object, within_seconds: float = LONG) -> AsyncIterator[Mail]:
    async with catching(server, "127.0.0.1", 0) as port:
        yield Mail(settings(port), lambda: AT, within_seconds)


async def received(key: str = KEY) -> EmailMessage:
    server = Taking()
    async with mail_to(server) as mail:
        assert await mail.carry(message(key=key)) == Sent()
    (envelope,) = server.envelopes
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content, policy=policy.default)


async def test_a_mail_server_that_takes_a_page_has_it() -> None:
    got = await received()
    body = got.get_body(("plain",))
    assert body is not None
    assert (got["to"], got["from"]) == (ADDRESS, "pages@lantern.example")
    assert got["subject"] == "Lantern: critical alert 0123-ABCD"
    assert LINK in body.get_content()


async def test_the_key_is_the_mails_own_id_so_that_a_repeat_is_one() -> None:
    one, other = await received(), await received()
    assert one["message-id"] == other["message-id"] == f"<{KEY}@lantern.example>"
    assert key_of(one["message-id"]) == KEY


async def test_a_mail_has_these_headers_and_no_others() -> None:
    assert {name.lower() for name in (await received())} == {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "importance", "content-type",
        "content-transfer-encoding", "mime-version",
    }  # fmt: skip


async def test_nothing_in_a_mail_names_this_machine() -> None:
    assert socket.gethostname() not in (await received()).as_string()


@pytest.mark.parametrize("server", [Refusing(), Full()], ids=["refuses", "has no room"])
async def test_a_server_that_does_not_take_a_page_is_said_to_refuse_it(server: object) -> None:
    async with mail_to(server) as mail:
        assert await mail.carry(message()) == Failed(NotSent.REFUSED)


async def test_a_server_that_does_not_answer_in_time_is_not_waited_for() -> None:
    server = Slow()
    async with mail_to(server, SHORT) as mail:
        assert await mail.carry(message()) == Failed(NotSent.TIMED_OUT)
        server.over.set()


async def test_where_no_server_is_a_page_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert await Mail(settings(port), lambda: AT, LONG).carry(message()) == Failed(NotSent.UNAVAILABLE)


async def test_a_server_without_tls_is_not_told_anything_where_tls_is_asked_for() -> None:
    server = Taking()
    async with catching(server, "127.0.0.1", 0) as port:
        asked = settings(port).model_copy(update={"smtp_security": Security.STARTTLS})
        assert isinstance(await Mail(asked, lambda: AT, LONG).carry(message()), Failed)
    assert server.envelopes == []


def test_mail_leaves_this_machine_encrypted_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_SMTP_HOST", "mail.example")
    monkeypatch.setenv("LANTERN_SMTP_SECURITY", "none")
    with pytest.raises(Misconfigured, match="LANTERN_SMTP_SECURITY"):
        load(MailSettings)


def test_a_password_that_is_not_there_stops_the_service(tmp_path: Path) -> None:
    told = settings(25).model_copy(update={"smtp_password_file": tmp_path / "none"})
    with pytest.raises(Misconfigured, match="mail password"):
        Mail(told, lambda: AT)
