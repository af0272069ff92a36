"""A page: a severity, whether it is a drill, and a reference of its own a recipient; it has no room for words."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.core.ids import well_formed
from services.core.oncall.alerts import AlertKind, Severity

REFERENCE_BYTES = 5
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTER_BITS = 5
_REFERENCE = re.compile(rf"[{_LETTERS}]{{8}}")


class NotAPage(ValueError):
    """What a page is made of is a closed list: this was something else, and is not repeated here."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one person is told: that something waits for them, or no longer does; nothing else of the kind is sent.

    `recipient` is a person's handle; `reference` proves nothing to whoever reads it over a shoulder (design section 8).

    Raises:
        NotAPage, MalformedId: something else was put in.
    """

    recipient: str
    severity: Severity
    kind: AlertKind
    reference: str
    drill: bool = False

    def __post_init__(self) -> None:
        well_formed(self.recipient)
        closed = ((self.severity, Severity), (self.kind, AlertKind), (self.drill, bool))
        if not all(isinstance(value, of) for value, of in closed) or not _REFERENCE.fullmatch(self.reference):
            raise NotAPage


def reference_of(drawn: bytes) -> str:
    """Spell 5 bytes drawn by chance as 8 letters and digits that nobody mistakes for one another (Crockford's)."""
    number = int.from_bytes(drawn[:REFERENCE_BYTES])
    places = range(REFERENCE_BYTES * 8 - _LETTER_BITS, -1, -_LETTER_BITS)
    return "".join(_LETTERS[number >> place & 31] for place in places)


class Way(StrEnum):
    """By which a page travels."""

    EMAIL = "email"
    NOTIFY_SMS = "notify_sms"
    NOTIFY_EMAIL = "notify_email"
    CHAT = "chat"
    WEBHOOK = "webhook"


class NotSent(StrEnum):
    """Why a page did not leave."""

    NO_CHANNEL = "no_channel"
    NOBODY_ON_DUTY = "nobody_on_duty"
    NO_ADDRESS = "no_address"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Sent:
    """Somebody who carries messages took the page over; `way` is None where it left before."""

    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Nobody took it over; it is owed still."""

    reason: NotSent


def is_told(tries: int) -> bool:
    """Whether it is put on record that a page failed again: its first, second, fourth, eighth try, and so on.

    Thousands of pages that wait for an hour would otherwise write so much that they hold up those that can leave.
    """
    return tries & (tries - 1) == 0


class Channel(Protocol):
    """What hands pages on. `send` never raises and ends within 5 s; `key` (32 hex) is the same for the same page."""

    async def send(self, page: Page, key: str) -> Sent | Failed: ...
