"""Which records are worth comparing: those that share a key. Keys are short texts, made to be indexed.

A key is a function of one record and of the weights alone, never of how many others hold it, so that who is compared
with whom does not depend on who came first. It holds as much as a score must agree in before anybody is asked: a part
of a name with the day of birth, or parts so rare that they need no day. Few children of a million share one.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, permutations, product

from services.core.matching.dates import Agreement, born
from services.core.matching.name_forms import FORMS
from services.core.matching.names import Likeness, Part
from services.core.matching.scoring import Profile, rarity
from services.core.matching.weights import AGREES, BIRTH, LANGUAGE, NAME, NATIONALITY, SEX, Weights

MOST_KEYS = 64
_MOST_PARTS = 4  # in one key; of a longer name each four that are rare enough together are one
_WHOLE = (Likeness.SAME, Likeness.SAME_FORMS, Likeness.CONTAINED)
_BY_DAY = frozenset({Agreement.SAME_DAY, Agreement.SWAPPED})


def keys(of: Profile, weights: Weights) -> frozenset[str]:
    """The keys of a record, at most `MOST_KEYS`.

    Two records of which the score under these weights says anything but "apart" share one, unless a day of birth does
    not agree and a part of the name is misspelt, or written as two that the weights do not know as one.
    """
    found = dict.fromkeys((*_of_days(of), *_of_names(of, weights)))
    return frozenset(list(found)[:MOST_KEYS])


def _of_days(of: Profile) -> Iterator[str]:
    """Each part of a name, as it sounds, with each day of birth, in whatever order day and month stand."""
    for birth, name in product(of.births, of.names):
        bounds = born(birth)
        if bounds.is_a_day and not bounds.is_first_of_january:
            low, high = sorted((bounds.earliest.month, bounds.earliest.day))
            yield from (f"d:{bounds.earliest.year}-{low}-{high}+{_sound(part)}" for part in name)


def _of_names(of: Profile, weights: Weights) -> Iterator[str]:
    """The fewest parts of a name, in their usual forms, that are rare enough to ask a person without a day of birth."""
    written = [forms for name in of.names for forms in _forms(name, weights)]
    for enough, forms in product(sorted(_rarities(of, weights)), written):
        rare = {form: rarity(NAME, form, weights) for form in forms}
        taken: list[Counter[str]] = []
        for size in range(1, _MOST_PARTS + 1):
            for some in combinations(forms, size):
                counted = Counter(some)
                if sum(map(rare.__getitem__, some)) >= enough and not any(less <= counted for less in taken):
                    taken.append(counted)
                    yield "n:" + "+".join(some)


def _forms(name: tuple[Part, ...], weights: Weights) -> Iterator[list[str]]:
    """The usual forms of a name's parts, and again with two as one where they then are a name that the weights know.

    "Abdi Rahman" is "Abdirahman" to the next clerk.
    """
    yield sorted(part.form for part in name)
    for first, second in permutations(name, 2):
        letters = first.letters + second.letters
        if (whole := FORMS.get(letters, letters)) in weights.shares[NAME]:
            others = Counter(part.form for part in name) - Counter((first.form, second.form))
            yield sorted([*others.elements(), whole])


def _rarities(of: Profile, weights: Weights) -> set[float]:
    """The bits that names must bring where everything else agrees as well as it can, but for the day of birth.

    They are fewer where a nationality or a language agrees too: each way of agreeing has a threshold of its own, so
    that two records that agree in that way have it in common.
    """
    name = max(weights.bits[NAME][likeness] for likeness in _WHOLE)
    birth = max(bits for agreement, bits in weights.bits[BIRTH].items() if agreement not in _BY_DAY)
    least = weights.ask_at - name - max(birth, 0.0) - max(weights.bits[SEX][AGREES], 0.0)
    codes = [(NATIONALITY, code) for code in of.nationalities] + [(LANGUAGE, code) for code in of.languages]
    origins = (weights.bits[field][AGREES] + rarity(field, code, weights) for field, code in codes)
    return {least, *(least - max(bits, 0.0) for bits in origins)}


def _sound(part: Part) -> str:
    """How a part sounds, or its usual form where its consonants say too little."""
    return part.skeleton if len(part.skeleton) > 1 else part.form
