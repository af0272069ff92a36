"""Estimate weights from a generated population: how often records of one child agree so, and of two children.

Nothing is learnt from real children. The same seed and count give the same weights.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations
from math import log2
from random import Random

from services.cli.match.population import Recorded, children, records
from services.core.codes import Sex
from services.core.matching import dates
from services.core.matching.names import Likeness, compare_parts
from services.core.matching.scoring import Profile, profile
from services.core.matching.weights import (
    AGREES,
    BIRTH,
    DIFFERS,
    LANGUAGE,
    LEVELS,
    NAME,
    NATIONALITY,
    RARITY,
    SEX,
    Weights,
)

_HALF = 0.5  # of a pair is added to every count, so that what was not seen is rare and not impossible
# What names that agree in all their parts cost beside the rarity of these: two orders, what is left out, what is alike.
_LOOSENESS = {Likeness.SAME: 1.0, Likeness.SAME_FORMS: 2.0, Likeness.CONTAINED: 3.0, Likeness.ALIKE: 6.0}
_RAREST_ORIGIN = 0.005  # nobody expects a child from a country of which no other comes, and some do
_DIGITS = 2

_FEW = 4  # children who bear a part of a name: fewer say little of how many do
_ANY = ""  # part of a name: every child
_SEXES = (Sex.FEMALE, Sex.MALE)

Bearers = dict[tuple[str, Sex], dict[str, set[int]]]
Pair = tuple[Profile, Profile]
Counts = dict[str, Counter[str]]


def estimate(seed: int, count: int, version: str, link_at: float, ask_at: float) -> Weights:
    """Weights from so many children; `link_at` and `ask_at` are chosen by what `lantern match bench` shows."""
    recorded = list(records(seed + 1, list(children(seed, count))))
    profiles = [profile(each.subject) for each in recorded]
    alike, different = _levels(_of_one(recorded, profiles)), _levels(_of_two(seed, recorded, profiles))
    names, rest = _name_shares(_bearers(recorded, profiles))
    return Weights(
        version=version,
        made_by=(
            f"lantern match estimate --version {version} --link-at {link_at} --ask-at {ask_at} "
            f"--children {count} --seed {seed}"
        ),
        bits={field: _bits(field, alike[field], different[field]) for field in LEVELS},
        shares={
            NAME: names,
            NATIONALITY: _shares(Counter(code for each in profiles for code in each.nationalities)),
            LANGUAGE: _shares(Counter(code for each in profiles for code in each.languages)),
        },
        rarest={NAME: rest, NATIONALITY: _RAREST_ORIGIN, LANGUAGE: _RAREST_ORIGIN},
        link_at=link_at,
        ask_at=ask_at,
    )


def text_of(weights: Weights) -> str:
    """The weights as their file holds them."""
    return json.dumps(asdict(weights), indent=1) + "\n"


def _bearers(recorded: Sequence[Recorded], profiles: Sequence[Profile]) -> Bearers:
    """The children of each nationality and sex, and in them those who bear each part of a name."""
    found: Bearers = defaultdict(lambda: defaultdict(set))
    for each, own in zip(recorded, profiles, strict=True):
        for nationality in own.nationalities if own.sex in _SEXES else ():
            group = found[nationality, own.sex]
            group[_ANY].add(each.child)
            for part in (part for name in own.names for part in name):
                group[part.form].add(each.child)
    return found


def _name_shares(bearers: Bearers) -> tuple[dict[str, float], float]:
    """How likely another child of one nationality and sex bears a part of a name too, and a part that few bear.

    A name tells both already: whoever agrees in it would mostly agree in these, and must not have it counted twice.
    """
    too: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for group in bearers.values():
        others = len(group.pop(_ANY)) - 1
        for form, who in group.items():
            many = len(who)
            known = too[form if many >= _FEW else _ANY]
            known[0] += many * (many - 1) / max(others, 1)
            known[1] += many
    shares = {form: _rounded(chance / many, 6) for form, (chance, many) in sorted(too.items())}
    return shares, shares.pop(_ANY)


def _shares(counted: Counter[str]) -> dict[str, float]:
    return {value: _rounded(n / counted.total(), 6) for value, n in sorted(counted.items())}


def _of_one(recorded: Sequence[Recorded], profiles: Sequence[Profile]) -> Iterator[Pair]:
    """Every two records of one child; they stand side by side."""
    by_child: dict[int, list[Profile]] = {}
    for each, own in zip(recorded, profiles, strict=True):
        by_child.setdefault(each.child, []).append(own)
    for theirs in by_child.values():
        yield from combinations(theirs, 2)


def _of_two(seed: int, recorded: Sequence[Recorded], profiles: Sequence[Profile]) -> Iterator[Pair]:
    """As many pairs of different children, drawn."""
    random = Random(seed)  # noqa: S311 - a repeatable draw, no secret
    for _ in range(2 * len(profiles)):
        one, other = random.randrange(len(profiles)), random.randrange(len(profiles))
        if recorded[one].child != recorded[other].child:
            yield profiles[one], profiles[other]


def _levels(pairs: Iterator[Pair]) -> Counts:
    counts: Counts = {field: Counter() for field in LEVELS}
    for one, other in pairs:
        if one.names and other.names:
            counts[NAME][compare_parts(one.names[0], other.names[0]).likeness] += 1
        if birth := dates.closest(one.births, other.births):
            counts[BIRTH][birth] += 1
        if "unknown" not in {one.sex, other.sex}:
            counts[SEX][AGREES if one.sex is other.sex else DIFFERS] += 1
        for field, mine, theirs in (
            (NATIONALITY, one.nationalities, other.nationalities),
            (LANGUAGE, one.languages, other.languages),
        ):
            if mine and theirs:
                counts[field][AGREES if mine & theirs else DIFFERS] += 1
    return counts


def _bits(field: str, alike: Counter[str], different: Counter[str]) -> dict[str, float]:
    return {level: _rounded(_of_level(field, level, alike, different), _DIGITS) for level in LEVELS[field]}


def _of_level(field: str, level: str, alike: Counter[str], different: Counter[str]) -> float:
    """The logarithm of m/u; where rarity stands in place of u, of m alone, less what the level leaves open."""
    m = (alike[level] + _HALF) / (alike.total() + 1)
    if field == NAME and level in _LOOSENESS:
        return log2(m) - _LOOSENESS[Likeness(level)]
    if field in RARITY and level == AGREES:
        return log2(m)
    return log2(m * (different.total() + 1) / (different[level] + _HALF))


def _rounded(number: float, digits: int) -> float:
    return max(round(number, digits), 10**-digits) if number > 0 else round(number, digits)
