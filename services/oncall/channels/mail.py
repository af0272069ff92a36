"""E-mail over SMTP: the key is the message's own id, so that a repeat is seen to be one."""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime

import aiosmtplib

from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.oncall.channels.carriers import CARRIED_WITHIN_SECONDS, Message, NotTaken, in_time
from services.oncall.channels.connections import Connections, Mailed
from services.runtime.paging_settings import MailSettings, Security
from services.runtime.settings import read_token


class Mail:
    """Hands pages to the mail server of the settings; `now` dates them."""

    way = Way.EMAIL

    def __init__(
        self, settings: MailSettings, now: Callable[[], datetime], within_seconds: float = CARRIED_WITHIN_SECONDS
    ) -> None:
        self.promises = settings.mail_receipts
        self._settings = settings
        self._now = now
        self._within_seconds = within_seconds
        self._password = settings.smtp_password_file and read_token(settings.smtp_password_file, "the mail password")
        self._tls = None if settings.smtp_security is Security.NONE else ssl.create_default_context()
        self._as_it_crosses = compat32.clone(linesep="\r\n")
        self._connections = Connections(self._client, settings.smtp_connections)

    async def carry(self, message: Message) -> Sent | Failed:
        """Hand one page over to the mail server."""
        return await in_time(lambda: self._hand_over(message), self._within_seconds)

    async def _hand_over(self, message: Message) -> None:
        sender = self._settings.mail_from
        with _told_apart():
            content = written(message, sender, self._now()).as_bytes(policy=self._as_it_crosses)
            await self._connections.send(Mailed(sender, message.address.get_secret_value(), content))

    def _client(self) -> aiosmtplib.SMTP:
        told = self._settings
        return aiosmtplib.SMTP(
            hostname=told.smtp_host,
            port=told.smtp_port,
            username=told.smtp_user,
            password=self._password.get_secret_value() if self._password else None,
            use_tls=told.smtp_security is Security.TLS,
            start_tls=told.smtp_security is Security.STARTTLS,
            tls_context=self._tls,
            local_hostname=_domain(told.mail_from),
            timeout=self._within_seconds,
        )


def written(message: Message, sender: str, at: datetime) -> MIMEText:
    """The e-mail of one page: its words, and headers that depend on the key and the moment alone.

    Of the older of Python's two kinds, which takes an address as it is: a contact's shape is checked when it is kept.
    """
    mail = MIMEText(message.words.body)
    mail["From"] = sender
    mail["To"] = message.address.get_secret_value()
    mail["Subject"] = message.words.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message.key}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Importance"] = "high"
    return mail


def key_of(message_id: str) -> str:
    """The key in a Message-ID of ours."""
    return message_id.strip().removeprefix("<").partition("@")[0]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    """Of a library's error keep what kind it is: its words repeat the address."""
    try:
        yield
    except (aiosmtplib.SMTPTimeoutError, TimeoutError):
        reason = NotSent.TIMED_OUT
    except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPNotSupported):
        reason = NotSent.REFUSED
    except (aiosmtplib.SMTPException, OSError):
        reason = NotSent.UNAVAILABLE
    else:
        return
    raise NotTaken(reason)
