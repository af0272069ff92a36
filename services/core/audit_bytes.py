"""The bytes that an audit's links and entries are hashed from: one encoding of everything, and no two of one thing."""

import hashlib
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def hashed(domain: bytes, *parts: bytes) -> bytes:
    """32 bytes over all parts; `domain` says what they are, so that no two kinds of thing hash alike."""
    return hashlib.sha256(joined(domain, *parts)).digest()


def joined(*parts: bytes) -> bytes:
    """One encoding, in which no two lists of parts are the same."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def number_bytes(number: int) -> bytes:
    return number.to_bytes(9, "big", signed=True)


def time_bytes(at: datetime) -> bytes:
    """Microseconds since 1970."""
    return number_bytes((at - _EPOCH) // _MICROSECOND)
