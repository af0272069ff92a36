"""A page to send, and servers of every temper that take it or do not."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.pages import Page
from services.core.oncall.wording import words
from services.oncall.channels.carriers import Message

AT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
KEY = "00112233445566778899aabbccddeeff"
LINK = "https://lantern.example/signin"
ADDRESS = "duty.officer@invented-force.example"
LONG_SECONDS = 60.0
"""So long a busy machine may take for what is no question of time."""
PAGE = Page("a" * 32, Severity.CRITICAL, AlertKind.MISSING, "0123ABCD")


def message(address: str = ADDRESS, key: str = KEY) -> Message:
    return Message(SecretStr(address), words(PAGE, LINK), key)


class Taking:
    """Takes every mail and shows it to the test."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.envelopes.append(envelope)
        return "250 Taken"


class Refusing:
    """Refuses whoever it is for."""

    async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's
        return "550 Nobody of this name"


class Full:
    """Takes everything but the content."""

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's
        return "452 No room"


class Slow:
    """Does not answer until the test is over."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's
        await self.over.wait()
        return "250 At last"


class Lines(logging.Handler):
    """Everything that any library logs, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
