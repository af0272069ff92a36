"""Which records are worth comparing: those that share a key. Keys are short texts, made to be indexed.

A key is a function of one record and of the weights alone, never of how many others hold it, so that who is compared
with whom does not depend on who came first. It holds as much as a score must agree in before anybody is asked: parts
of a name that are rare enough, with the day of birth or without. Few children of a million share one.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations, product

from services.core.matching.dates import Agreement, born
from services.core.matching.name_forms import FORMS
from services.core.matching.names import Likeness, Part, part_of
from services.core.matching.scoring import Profile, rarity
from services.core.matching.weights import AGREES, BIRTH, LANGUAGE, NAME, NATIONALITY, SEX, Weights

MOST_KEYS = 64
_MOST_PARTS = 4  # in one key; of a longer name each four that are rare enough together are one
_WHOLE = (Likeness.SAME, Likeness.SAME_FORMS, Likeness.CONTAINED)
_BY_DAY = frozenset({Agreement.SAME_DAY, Agreement.SWAPPED})


def keys(of: Profile, weights: Weights) -> frozenset[str]:
    """The keys of a record, at most `MOST_KEYS`.

    Two records of which the score under these weights says anything but "apart" share one, unless a part of the name is
    misspelt and the day of birth does not agree, or two parts are misspelt.
    """
    return frozenset(list(dict.fromkeys(_all(of, weights)))[:MOST_KEYS])


def _all(of: Profile, weights: Weights) -> Iterator[str]:
    with_day, without = _enough(weights)
    days = [day for birth in of.births if (day := _day(birth))]
    written = [parts for name in of.names for parts in _written(name, weights)]
    for origin, parts in product(sorted(_origins(of, weights)), written):
        rare = [rarity(NAME, part.form, weights) for part in parts]
        for some in _fewest([_sound(part) for part in parts], rare, with_day - origin) if days else ():
            yield from (f"d:{day}+{'+'.join(some)}" for day in days)
        for some in _fewest([part.form for part in parts], rare, without - origin):
            yield f"n:{'+'.join(some)}"


def _enough(weights: Weights) -> tuple[float, float]:
    """The bits that parts must bring with the day of birth, and without, where the sex agrees and nothing is misspelt.

    With the day one part may be misspelt: it may be as rare as any, and the others bring what is left.
    """
    bits = weights.bits
    left = weights.ask_at - max(bits[SEX][AGREES], 0.0)
    whole = left - max(bits[NAME][likeness] for likeness in _WHOLE)
    day = max(bits[BIRTH][agreement] for agreement in _BY_DAY)
    other = max(0.0, *(said for agreement, said in bits[BIRTH].items() if agreement not in _BY_DAY))
    misspelt = left - bits[NAME][Likeness.ALIKE] - rarity(NAME, "", weights)
    return min(whole, misspelt) - day, whole - other


def _origins(of: Profile, weights: Weights) -> set[float]:
    """The bits of each nationality and language, in which another record may agree, and those of none.

    Each gives keys of its own, so that two records that agree in one have its keys in common.
    """
    codes = [(NATIONALITY, code) for code in of.nationalities] + [(LANGUAGE, code) for code in of.languages]
    bits = (weights.bits[field][AGREES] + rarity(field, code, weights) for field, code in codes)
    return {0.0, *(max(said, 0.0) for said in bits)}


def _written(name: tuple[Part, ...], weights: Weights) -> Iterator[Sequence[Part]]:
    """The parts of a name, and again with two as one where they then are a name that the weights know.

    "Abdi Rahman" is "Abdirahman" to the next clerk.
    """
    yield name
    for first, second in permutations(range(len(name)), 2):
        letters = name[first].letters + name[second].letters
        whole = part_of(letters)
        if letters in FORMS or whole.form in weights.shares[NAME]:
            yield [part for place, part in enumerate(name) if place not in {first, second}] + [whole]


def _fewest(texts: Sequence[str], rare: Sequence[float], enough: float) -> Iterator[tuple[str, ...]]:
    """The fewest parts that are rare enough together, each as its text; in every order of a name the same."""
    named = sorted(zip(texts, rare, strict=True))
    yield from ((text,) for text, bits in named if bits >= enough)
    left = [(text, bits) for text, bits in named if bits < enough]
    if sum(bits for _, bits in left) < enough:
        return
    taken: list[set[int]] = []
    for size in range(2, _MOST_PARTS + 1):
        for some in combinations(range(len(left)), size):
            if sum(left[place][1] for place in some) >= enough and not any(less <= set(some) for less in taken):
                taken.append(set(some))
                yield tuple(left[place][0] for place in some)


def _day(birth: str) -> str:
    """A day of birth, in whatever order day and month stand; nothing for less than a day, and for 1 January."""
    bounds = born(birth)
    if not bounds.is_a_day or bounds.is_first_of_january:
        return ""
    low, high = sorted((bounds.earliest.month, bounds.earliest.day))
    return f"{bounds.earliest.year}-{low}-{high}"


def _sound(part: Part) -> str:
    """How a part sounds, or its usual form where its consonants say too little."""
    return part.skeleton if len(part.skeleton) > 1 else part.form
