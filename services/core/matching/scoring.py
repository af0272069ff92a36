"""Are two records of one child? The weight of each field, and a verdict: a pure function of the two and of the weights.

Numbers of which a person has one decide before this does. Without them, two records are joined only if their names are
the same in two parts and their dates of birth on the day, or in three parts and the year: whatever else agrees, twins
and siblings share it. A false join is worse than a late one; what is strong but not that strong, a person decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import log2

from services.core.claims import Name, Subject
from services.core.codes import NameKind, Sex
from services.core.matching import dates
from services.core.matching.dates import Agreement
from services.core.matching.names import Compared, Likeness, Part, compare_parts, parts, says_less
from services.core.matching.weights import AGREES, BIRTH, DIFFERS, LANGUAGE, NAME, NATIONALITY, SEX, Weights

_MOST_CLAIMS = 8  # of names or dates of one record: enough for anybody, and few enough to compare each with each
_NAMES_TO_JOIN_BY = frozenset({Likeness.SAME, Likeness.SAME_FORMS, Likeness.CONTAINED})
_JOINS_BY = (  # so many parts of a name with dates that agree so far
    (2, frozenset({Agreement.SAME_DAY})),
    (3, frozenset({Agreement.SAME_DAY, Agreement.SWAPPED, Agreement.SAME_MONTH, Agreement.SAME_YEAR})),
)
_SLIPS = frozenset({Agreement.SWAPPED, Agreement.ONE_DIGIT})
_RARE = (Likeness.SAME, Likeness.SAME_FORMS, Likeness.CONTAINED, Likeness.ALIKE)  # whose weight is their parts' rarity
_SEXES = frozenset({Sex.FEMALE, Sex.MALE})


class Verdict(StrEnum):
    """What the weights say of two records."""

    LINK = "link"
    ASK = "ask"
    RIVAL = "rival"
    """Two children, unless a digit of a date of birth is wrong: what is like both of them is joined to neither."""
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a record claims about who the child is, read once for many comparisons."""

    names: tuple[tuple[Part, ...], ...] = ()
    births: tuple[str, ...] = ()
    sex: Sex = Sex.UNKNOWN
    nationalities: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one field says: how far it agrees, never on what, and its weight in bits."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The verdict on two records, and the evidence for it, the weightiest first."""

    verdict: Verdict
    bits: float
    evidence: tuple[Evidence, ...]


def profile(subject: Subject) -> Profile:
    """The claims of a record in the form in which they are compared.

    Names that name nobody are left out, and those that say less than another of the record: by its family's names
    alone it would be one with a brother or sister whom its whole name tells apart.
    """
    names = dict.fromkeys(parts(text) for text in _whole_names(subject.names))
    births = dict.fromkeys(birth.value for birth in subject.dates_of_birth)
    return Profile(
        names=_saying_most([name for name in names if name][:_MOST_CLAIMS]),
        births=tuple(births)[:_MOST_CLAIMS],
        sex=subject.sex,
        nationalities=frozenset(subject.nationalities),
        languages=frozenset(subject.languages),
    )


def score(one: Profile, other: Profile, weights: Weights) -> Scored:
    """What the weights say; the same whichever record is named first."""
    name, name_bits = _closest_name(one, other, weights)
    birth = dates.closest(one.births, other.births)
    evidence = [Evidence(NAME, name.likeness, name_bits)] if name.likeness is not Likeness.UNKNOWN else []
    evidence += [Evidence(BIRTH, birth, weights.bits[BIRTH][birth])] if birth else []
    evidence += [*_of_sex(one.sex, other.sex, weights), *_of_origin(one, other, weights)]
    bits = sum(each.bits for each in evidence)
    named = len(name.forms) if name.likeness in _NAMES_TO_JOIN_BY and {one.sex, other.sex} != _SEXES else 0
    verdict = _verdict(bits, weights, named, birth)
    if verdict is Verdict.APART and birth in _SLIPS and _joins(_on_one_day(bits, birth, weights), weights, named):
        verdict = Verdict.RIVAL
    return Scored(verdict, bits, tuple(sorted(evidence, key=_weightiest_first)))


def _verdict(bits: float, weights: Weights, name_parts: int, birth: Agreement | None) -> Verdict:
    if _joins(bits, weights, name_parts, birth):
        return Verdict.LINK
    return Verdict.ASK if bits >= weights.ask_at else Verdict.APART


def _joins(bits: float, weights: Weights, name_parts: int, birth: Agreement | None = Agreement.SAME_DAY) -> bool:
    by = any(name_parts >= enough and birth in dates_agree for enough, dates_agree in _JOINS_BY)
    return by and bits >= weights.link_at


def _on_one_day(bits: float, birth: Agreement, weights: Weights) -> float:
    """What the bits would be if both were born on one day."""
    return bits - weights.bits[BIRTH][birth] + weights.bits[BIRTH][Agreement.SAME_DAY]


def _weightiest_first(evidence: Evidence) -> tuple[float, str]:
    return -abs(evidence.bits), evidence.field


def _whole_names(names: Iterable[Name]) -> list[str]:
    """Names as they were given; of given and family names apart, each given with each family name."""
    names = tuple(names)
    given = [name.text for name in names if name.kind is NameKind.GIVEN]
    family = [name.text for name in names if name.kind is NameKind.FAMILY]
    whole = [name.text for name in names if name.kind not in {NameKind.GIVEN, NameKind.FAMILY}]
    if given and family:
        return whole + [f"{first} {last}" for first, last in product(given, family)]
    return whole + given + family


def _saying_most(names: Sequence[tuple[Part, ...]]) -> tuple[tuple[Part, ...], ...]:
    return tuple(name for name in names if not any(says_less(name, other) for other in names if other is not name))


def _closest_name(one: Profile, other: Profile, weights: Weights) -> tuple[Compared, float]:
    compared = [compare_parts(mine, theirs) for mine, theirs in product(one.names, other.names)]
    weighed = [(_name_bits(found, weights), found.likeness, found) for found in compared]
    if not weighed:
        return Compared(Likeness.UNKNOWN), 0.0
    bits, _, found = max(weighed, key=lambda each: (each[0], each[1], each[2].forms))
    return found, bits


def _name_bits(name: Compared, weights: Weights) -> float:
    """The level's own bits, and of names that agree in all their parts the rarity of each of these."""
    own = weights.bits[NAME][name.likeness]
    if name.likeness not in _RARE:
        return own
    return own + sum(rarity(NAME, form, weights) for form in name.forms)


def rarity(field: str, value: str, weights: Weights) -> float:
    """The bits that it says to agree in this value."""
    return -log2(weights.shares[field].get(value, weights.rarest[field]))


def _of_sex(one: Sex, other: Sex, weights: Weights) -> list[Evidence]:
    if not {one, other} <= _SEXES:
        return []
    level = AGREES if one is other else DIFFERS
    return [Evidence(SEX, level, weights.bits[SEX][level])]


def _of_origin(one: Profile, other: Profile, weights: Weights) -> list[Evidence]:
    """By nationality, or where one of them has none, by language: the one says nearly what the other does."""
    if one.nationalities and other.nationalities:
        return [_of_codes(NATIONALITY, one.nationalities & other.nationalities, weights)]
    if one.languages and other.languages:
        return [_of_codes(LANGUAGE, one.languages & other.languages, weights)]
    return []


def _of_codes(field: str, common: frozenset[str], weights: Weights) -> Evidence:
    level = AGREES if common else DIFFERS
    rarest = max((rarity(field, code, weights) for code in common), default=0.0)
    return Evidence(field, level, weights.bits[field][level] + rarest)
