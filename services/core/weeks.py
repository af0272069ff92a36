"""Weekly key pairs: which one seals, which ones still open, and what is due at a time (design 2, 6.1).

A pair belongs to a week (ISO, from Monday 00:00 UTC) and is published one week ahead. It seals in its week, and in the
one after it where nothing newer is known; its private half is held until its topics have forgotten what it opens.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

WEEK = timedelta(days=7)
AHEAD = WEEK
LATE = WEEK
"""How long after its week a pair may still seal, where its owner was down and published nothing newer."""
RETENTION = timedelta(days=7)
"""How long a topic keeps what is sealed; a test holds topics/ to it."""
SLACK = timedelta(days=1)

_KEY_ID = re.compile(r"(?P<owner>[a-z][a-z_.]{0,40})-(?P<year>[0-9]{4})W(?P<week>[0-9]{2})")


class MalformedKeyId(ValueError):
    """This is not the name of a weekly key pair: owner, year and week, as in vault-2026W48."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an owner does now, in this order: each step may be the last one before a crash."""

    make: tuple[str, ...]
    publish: tuple[str, ...]
    withdraw: tuple[str, ...]
    destroy: tuple[str, ...]


def key_id(owner: str, at: datetime) -> str:
    """Name the pair of the week of `at`."""
    return f"{owner}-{at.astimezone(UTC):%GW%V}"


def owner_of(name: str) -> str:
    """Raises MalformedKeyId."""
    return _parts(name)["owner"]


def begins(name: str) -> datetime:
    """The moment from which a pair may seal.

    Raises:
        MalformedKeyId: there is no such week, or no week is named.
    """
    parts = _parts(name)
    try:
        monday = date.fromisocalendar(int(parts["year"]), int(parts["week"]), 1)
    except ValueError:
        raise MalformedKeyId from None
    return datetime.combine(monday, time(), UTC)


def seals_until(name: str) -> datetime:
    """The moment from which nobody may seal to a pair any more."""
    return begins(name) + WEEK + LATE


def needed_until(name: str) -> datetime:
    """The moment from which no topic holds anything that was sealed to a pair."""
    return seals_until(name) + RETENTION + SLACK


def to_seal_with(names: Iterable[str], now: datetime) -> str | None:
    """The newest pair whose week has begun and that may still seal; where there is none, nothing is sealed."""
    usable = [name for name in names if begins(name) <= now < seals_until(name)]
    return max(usable, key=begins, default=None)


def is_of_this_week(name: str, now: datetime) -> bool:
    """Whether a pair is the one to seal with, and no newer one need be looked for."""
    return begins(name) <= now < begins(name) + WEEK


def due(owner: str, held: Collection[str], published: Collection[str], now: datetime) -> Due:
    """Compare the private halves that are held and the public ones that are published with what must be at `now`."""
    make = [name for name in (key_id(owner, now), key_id(owner, now + AHEAD)) if name not in held]
    destroy = [name for name in held if needed_until(name) <= now]
    sealable = {name for name in (*held, *make) if now < seals_until(name)}
    return Due(
        make=tuple(make),
        publish=tuple(sorted(sealable - {*published})),
        withdraw=tuple(sorted(name for name in published if seals_until(name) <= now)),
        destroy=tuple(sorted(destroy)),
    )


def _parts(name: str) -> dict[str, str]:
    found = _KEY_ID.fullmatch(name)
    if found is None:
        raise MalformedKeyId
    return found.groupdict()
