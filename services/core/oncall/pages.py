"""What a page says, and what came of sending it: nothing that tells of a child can be put in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.core.oncall.alerts import AlertKind, Severity


@dataclass(frozen=True, slots=True)
class Page:
    """A call to sign in: to whom (a person's handle), how grave, about what kind of thing.

    `reference` is this recipient's own and proves nothing to whoever reads it over a shoulder.
    """

    recipient: str
    severity: Severity
    kind: AlertKind
    reference: str
    drill: bool = False


class NotSent(StrEnum):
    """Why a page did not leave."""

    NO_CHANNEL = "no_channel"
    NOBODY_ON_DUTY = "nobody_on_duty"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Sent:
    """The page left the hub."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The page did not leave; the same key is tried again."""

    reason: NotSent


class Channel(Protocol):
    """A way to a person: never raises, and answers within five seconds."""

    async def send(self, page: Page, key: str) -> Sent | Failed:
        """Send a page; one with a key (32 hexadecimal digits) that was sent before is the same page."""
