"""Weights of evidence: what each agreement says for or against two records being of one child, in bits.

They are data, pinned and versioned: how often records of one child agree so, and how often those of two children do, as
the logarithm of their ratio to the base of 2 (Fellegi and Sunter). Bits of independent fields add up.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.core.matching.dates import Agreement
from services.core.matching.names import Likeness

NAME, BIRTH, SEX, NATIONALITY, LANGUAGE = "name", "birth", "sex", "nationality", "language"
AGREES, DIFFERS = "agrees", "differs"
LEVELS: dict[str, tuple[str, ...]] = {
    NAME: tuple(likeness for likeness in Likeness if likeness is not Likeness.UNKNOWN),
    BIRTH: tuple(Agreement),
    SEX: (AGREES, DIFFERS),
    NATIONALITY: (AGREES, DIFFERS),
    LANGUAGE: (AGREES, DIFFERS),
}


RARITY = {NAME, NATIONALITY, LANGUAGE}
"""Fields in which it counts how rare that is in which two records agree."""


class UnreadableWeights(ValueError):
    """These are not weights for the fields and levels that are compared: nothing is matched by them."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """One version, and the command that made it. `bits` is by field and level, `link_at` and `ask_at` are bits.

    `shares` says which share of all parts of names, nationalities and languages is this one, and `rarest` what is
    taken for the share of one that is not there: to agree in something rare says more. Two are equal only if they are
    one, so that what is reckoned from one can be remembered.
    """

    version: str
    made_by: str
    bits: Mapping[str, Mapping[str, float]]
    shares: Mapping[str, Mapping[str, float]]
    rarest: Mapping[str, float]
    link_at: float
    ask_at: float


def read_weights(text: str) -> Weights:
    """The weights in a JSON file of them.

    Raises:
        UnreadableWeights: a field or level is missing or unknown, or a number is none.
    """
    try:
        weights = Weights(**json.loads(text))
        numbers = [*weights.rarest.values(), *(share for own in weights.shares.values() for share in own.values())]
        levels = {field: set(by_level) for field, by_level in weights.bits.items()}
        whole = all(0 < share <= 1 for share in numbers) and weights.ask_at <= weights.link_at
        rarities = set(weights.shares) == set(weights.rarest) == RARITY
    except (TypeError, ValueError, AttributeError):
        raise UnreadableWeights from None
    if not (whole and rarities) or levels != {field: set(known) for field, known in LEVELS.items()}:
        raise UnreadableWeights
    return weights
