"""Which records are worth comparing: those that share a key. Keys are short texts, made to be indexed.

A key is a function of one record and of the weights alone, never of how many others hold it, so that who is compared
with whom does not depend on who came first. It holds as much as a score must agree in before anybody is asked: parts
of a name that are rare enough, with the day of birth, with the year, or alone. Few children of a million share one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations, product

from services.core.matching.dates import Agreement, Born, born
from services.core.matching.name_forms import FORMS
from services.core.matching.names import Likeness, Part, part_of
from services.core.matching.scoring import Profile, rarity
from services.core.matching.weights import AGREES, BIRTH, LANGUAGE, NAME, NATIONALITY, SEX, Weights

MOST_KEYS = 64
_FEW_WEIGHTS = 4
_MOST_PARTS = 4  # in one key; of a longer name each four that are rare enough together are one
_WHOLE = (Likeness.SAME, Likeness.SAME_FORMS, Likeness.CONTAINED)
_BY_DAY = frozenset({Agreement.SAME_DAY, Agreement.SWAPPED})
_BY_YEAR = frozenset({Agreement.ONE_DIGIT, Agreement.SAME_MONTH, Agreement.SAME_YEAR})
_APART = frozenset(Agreement) - _BY_DAY - _BY_YEAR
_MOST_YEARS = 5  # an age in place of a date says two
_Named = tuple[float, Sequence[Part], Sequence[float]]
"""The bits of an origin with one way to write a name: its parts, and the bits of each."""


def keys(of: Profile, weights: Weights) -> frozenset[str]:
    """The keys of a record, at most `MOST_KEYS`.

    Two records of which the score under these weights says anything but "apart" share one, unless a part of the name is
    misspelt and the day of birth does not agree, or two parts are misspelt, or a birth may lie in many years.
    """
    births, named, enough = [born(birth) for birth in of.births], tuple(_named(of, weights)), _enough(weights)
    found = *_likely(births, named, enough), *_rivals(births, named, enough)
    return frozenset(list(dict.fromkeys(found))[:MOST_KEYS])


def _likely(births: Sequence[Born], named: Sequence[_Named], enough: "_Enough") -> Iterator[str]:
    days, near = [day for birth in births for day in _day(birth)], [text for birth in births for text in _near(birth)]
    for origin, parts, rare in named:
        sounds, forms = [_sound(part) for part in parts], [part.form for part in parts]
        yield from _joined("d", days, _fewest(sounds, rare, enough.with_day - origin) if days else ())
        yield from _joined("y", near, _fewest(forms, rare, enough.with_year - origin) if near else ())
        yield from _joined("n", [""], _fewest(forms, rare, enough.alone - origin))


def _rivals(births: Sequence[Born], named: Sequence[_Named], enough: "_Enough") -> Iterator[str]:
    """By these a child is found whose date of birth is another but for one digit; swapped days are one key anyway."""
    slips = [text for birth in births for text in _but_for_a_digit(birth)]
    for origin, parts, rare in named if slips else ():
        forms = [part.form for part in parts]
        yield from _joined("s", slips, _fewest(forms, rare, enough.to_join_on_a_day - origin))


def _named(of: Profile, weights: Weights) -> Iterator[_Named]:
    written = [parts for name in of.names for parts in _written(name, weights)]
    for origin, parts in product(sorted(_origins(of, weights)), written):
        yield origin, parts, [rarity(NAME, part.form, weights) for part in parts]


def _joined(kind: str, dates: Sequence[str], names: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from (f"{kind}:{day}+{'+'.join(some)}" for some in names for day in dates)


@dataclass(frozen=True, slots=True)
class _Enough:
    """The bits that parts of a name must bring, where the sex agrees."""

    with_day: float
    with_year: float
    alone: float
    to_join_on_a_day: float


@lru_cache(_FEW_WEIGHTS)
def _enough(weights: Weights) -> _Enough:
    """With the day one part may be misspelt: it may be as rare as any, and the others bring what is left."""
    bits = weights.bits
    left = weights.ask_at - max(bits[SEX][AGREES], 0.0)
    whole = left - max(bits[NAME][likeness] for likeness in _WHOLE)
    misspelt = left - bits[NAME][Likeness.ALIKE] - rarity(NAME, "", weights)
    day, year, other = (
        max(said for agreement, said in bits[BIRTH].items() if agreement in those)
        for those in (_BY_DAY, _BY_YEAR, _APART)
    )
    joined = whole - weights.ask_at + weights.link_at - bits[BIRTH][Agreement.SAME_DAY]
    return _Enough(min(whole, misspelt) - day, whole - max(year, 0.0), whole - max(other, 0.0), joined)


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
        if letters in FORMS or letters in weights.shares[NAME]:
            yield [part for place, part in enumerate(name) if place not in {first, second}] + [part_of(letters)]


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


def _day(birth: Born) -> Iterator[str]:
    """A day of birth, in whatever order day and month stand; nothing for less than a day, and for 1 January."""
    if birth.is_a_day and not birth.is_first_of_january:
        yield f"{birth.earliest.year}-{_of_the_year(birth)}"


def _near(birth: Born) -> Iterator[str]:
    """The years in which a birth may lie, if they are few, and its day in any year, of which a digit may be wrong."""
    first, last = birth.earliest.year, birth.latest.year
    if last - first < _MOST_YEARS:
        yield from (str(year) for year in range(first, last + 1))
    if birth.is_a_day and not birth.is_first_of_january:
        yield _of_the_year(birth)


def _but_for_a_digit(birth: Born) -> Iterator[str]:
    """A day of birth without its day, without its month and without its year: one of them is as it is in a slip's."""
    if birth.is_a_day and not birth.is_first_of_january:
        day = birth.earliest
        yield from (f"{day:%Y-%m}-", f"{day:%Y}--{day:%d}", f"-{day:%m-%d}")


def _of_the_year(birth: Born) -> str:
    low, high = sorted((birth.earliest.month, birth.earliest.day))
    return f"{low}-{high}"


def _sound(part: Part) -> str:
    """How a part sounds, or its usual form where its consonants say too little."""
    return part.skeleton if len(part.skeleton) > 1 else part.form
