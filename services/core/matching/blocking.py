"""Which records are worth comparing: those that share a key. Keys are short texts, made to be indexed.

Two records of one child share one unless both the name and the date of birth are mistaken in more than one way.
"""

from collections.abc import Iterator
from itertools import combinations, product

from services.core.matching.dates import born
from services.core.matching.names import Part
from services.core.matching.scoring import Profile

MOST_KEYS = 64


def keys(of: Profile) -> frozenset[str]:
    """The keys of a record, at most `MOST_KEYS`: each two parts of a name, and each part with the day of birth."""
    found = dict.fromkeys((*_of_names(of), *_of_births(of)))
    return frozenset(list(found)[:MOST_KEYS])


def _of_names(of: Profile) -> Iterator[str]:
    for name in of.names:
        for two in combinations(sorted(_sound(part) for part in name), 2):
            yield "n:" + "+".join(two)


def _of_births(of: Profile) -> Iterator[str]:
    for birth, name in product(of.births, of.names):
        bounds = born(birth)
        if bounds.is_a_day and not bounds.is_first_of_january:
            low, high = sorted((bounds.earliest.month, bounds.earliest.day))
            yield from (f"b:{bounds.earliest.year}-{low}-{high}+{_sound(part)}" for part in name)


def _sound(part: Part) -> str:
    """How a part sounds, or its usual form where its consonants say too little."""
    return part.skeleton if len(part.skeleton) > 1 else part.form
