"""What on-call is told besides: how pages leave the hub, and who is told that it is alive."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from services.runtime.settings import Environment, Url

LOOPBACK = ("127.0.0.1", "localhost")
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")


class Security(StrEnum):
    """How what is said to a mail server is kept from those between."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _an_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError
    return text


def _hosts(text: str) -> str:
    if not all(_HOST.fullmatch(host) for host in text.split(",") if host):
        raise ValueError
    return text


class PageSettings(Environment):
    """What is in every page, and which ways there are."""

    page_link: Url = Field(description="Where people sign in; it stands in every page, and is the same in each.")
    page_hosts: Annotated[str, AfterValidator(_hosts)] = Field(
        "", description="Hosts to which webhooks and chats may go, separated by commas; none: neither is used."
    )
    receipts_token_file: Path | None = Field(
        None, description="File with the token of whoever brings receipts; without it none is taken."
    )

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts to which webhooks and chats may go."""
        return frozenset(host for host in self.page_hosts.split(",") if host)


class MailSettings(Environment):
    """The mail server that takes the hub's e-mails."""

    smtp_host: str | None = Field(None, description="The mail server; without it no page goes by e-mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Security = Field(Security.STARTTLS, description="starttls, tls, or none on one machine's loopback.")
    smtp_user: str | None = Field(None, description="As whom the hub signs in there, if it must.")
    smtp_password_file: Path | None = Field(None, description="File with the password for it.")
    mail_from: Annotated[str, AfterValidator(_an_address)] = Field(
        "lantern@localhost.localdomain", description="The address from which pages come."
    )
    smtp_connections: int = Field(
        50, ge=1, le=1000, description="At most so many connections to it at once; it may take fewer from one client."
    )
    mail_receipts: bool = Field(
        default=False,
        description="Whether it is told at /receipts/mail what was delivered; what is not, then counts as lost.",
    )

    @field_validator("smtp_security")
    @classmethod
    def _private_on_its_way(cls, security: Security, told: ValidationInfo) -> Security:
        if security is Security.NONE and told.data.get("smtp_host") not in (None, *LOOPBACK):
            raise ValueError
        return security


class NotifySettings(Environment):
    """GOV.UK Notify, which sends text messages and e-mails from templates of its own."""

    notify_url: Url = Field("https://api.notifications.service.gov.uk", description="Where Notify's API is.")
    notify_key_file: Path | None = Field(None, description="File with Notify's API key; without it Notify is not used.")
    notify_sms_template: str | None = Field(
        None, description="Id of the template of text messages: ((words)) and nothing else."
    )
    notify_email_template: str | None = Field(
        None, description="Id of the template of e-mails: subject ((subject)), body ((words))."
    )


class HeartbeatSettings(Environment):
    """The dead-man's switch: who is outside the hub and calls for help when it falls silent."""

    heartbeat_url: Url | None = Field(
        None, description="Address outside the hub that is asked while paging works; it calls when nothing comes."
    )
    heartbeat_seconds: int = Field(60, ge=5, le=3600, description="How often.")
