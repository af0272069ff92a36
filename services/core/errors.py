"""The error tree. Each class's docstring is what a person reads.

LanternError
|- BadData                bad input: refused with an answer to its agency, then acknowledged
|  |- UnreadableBytes     the bytes are not what their schema says
|- Unavailable            a store or broker does not answer: wait in place, health light red
|- BrokenRule             a rule of our own is broken: dead letter, page the owner
|- Misconfigured          the process cannot start as it is set up
"""

from enum import StrEnum


class LanternError(Exception):
    """Something in the hub went wrong."""


class BadData(LanternError):
    """The input does not say what it must: it was refused and answered; nothing else was affected."""


class Unreadable(StrEnum):
    """Why bytes could not be read; never the bytes themselves."""

    NOT_FRAMED = "not_framed"
    UNKNOWN_SCHEMA = "unknown_schema"
    UNEXPECTED_SCHEMA = "unexpected_schema"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    TRAILING_BYTES = "trailing_bytes"
    NOT_CANONICAL = "not_canonical"
    UNKNOWN_VALUE = "unknown_value"
    OTHER_KEY = "other_key"
    NOT_AUTHENTIC = "not_authentic"


class UnreadableBytes(BadData):
    """These bytes are not one whole record of their schema: nothing was taken from them."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(
            f"These bytes are not one whole record of their schema ({reason}): nothing was taken from them."
        )
        self.reason = reason


class Unavailable(LanternError):
    """A store or broker does not answer: the work waits where it is and is tried again."""


class BrokenRule(LanternError):
    """A rule that the hub itself must keep is broken: the work stopped and its owner is paged."""


class Misconfigured(LanternError):
    """The process cannot start as it is set up: nothing was read or written."""
