"""Which version of the weights holds: the one last adopted, whatever the order in which one hears of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.core.matching.weights import Weights

FIRST = "1"
"""The version by which records are compared until another is adopted."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """Weights, and the SHA-256 of the file that holds them."""

    weights: Weights
    sha256: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """That records are to be compared by a version from then on; `sha256` is of its file."""

    version: str
    sha256: str
    adopted_at: datetime


def last_adopted(adopted: Iterable[Adopted]) -> Adopted | None:
    """The one that holds; None while none was adopted."""
    return max(adopted, key=lambda one: (one.adopted_at, one.version, one.sha256), default=None)
