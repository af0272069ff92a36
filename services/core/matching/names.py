"""Names as people have them: parts in any order, in any script, spelt as somebody heard them.

A name is read into parts of plain Latin letters. Two parts agree if they are the same, or are known forms of one name;
they are alike if they are spelt nearly so, or differ in vowels alone (Arabic script writes few). Two known names, such
as Hassan and Hussein, are never alike. What stands for an unknown name agrees with nothing, itself least of all.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import pairwise, permutations, product

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

from services.core.matching.name_forms import (
    CHILD_OF,
    DIGITS,
    FORMS,
    LOOKALIKES,
    NOBODY_ALONE,
    NOBODY_TOGETHER,
    NOBODY_WRITTEN,
    PARTICLES,
    WRITTEN_WITHOUT_VOWELS,
)
from services.core.matching.nobody import stands_for_nobody

MAX_LETTERS = 200
MAX_PARTS = 10
MAX_PART = 30

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # controls, joiners, overrides of direction, no signs
_INSIDE_A_PART = re.compile(r"['`\u2018\u2019\u02bb\u02bc\u02be\u02bf\u2032.]")
_PART = re.compile("[a-z]+")
_LATIN = re.compile("[a-zA-Z]")
_FOR_LETTERS = re.compile(r"(?:\b|(?<=[a-z]))[0135]+(?=[a-z])")  # at the end of a word they number it
_CHINESE = re.compile("[\u3400-\u9fff]")
_WITHOUT_VOWELS = re.compile("[\u0590-\u07ff\u08a0-\u08ff]")  # Hebrew, Arabic, Syriac and their like
_KNOWN = frozenset(FORMS.values())
_SOUNDS = (("tch", "ch"), ("sch", "sh"), ("dj", "j"), ("ph", "f"), ("ck", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"),
           ("kh", "h"), ("q", "k"), ("x", "h"))  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiouwy]")
_ALIKE = 0.9
_SHORTEST_ALIKE = 4  # letters; of shorter parts one letter is too much of the name
_SHORTEST_SKELETON = 3
_REMEMBERED = 20_000  # words: reading one costs more than the rest of a comparison


class Likeness(StrEnum):
    """How far two names agree, the closest first; `UNKNOWN` where one of them names nobody."""

    SAME = "same"
    SAME_FORMS = "same_forms"
    CONTAINED = "contained"
    ALIKE = "alike"
    SHARED = "shared"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One part of a name: its letters, the usual form of it, and its consonants as they sound."""

    letters: str
    form: str
    skeleton: str


def parts(text: str) -> tuple[Part, ...]:
    """The parts of a name, sorted; none if it names nobody. Titles and particles such as "al" or "Thi" are no parts.

    Initials alone name nobody, nor does what is numbered, repeated or nearly spelt like "unknown".
    Only the first `MAX_LETTERS` letters and `MAX_PARTS` parts are read: no child's name is longer.
    """
    written = _written_words(text)
    if "".join(written).casefold() in NOBODY_WRITTEN:
        return ()
    words = [word for each in written for word in _read(each)]
    found = [word for word in _own(words) if not word.is_nobody][:MAX_PARTS]
    if all(word.may_be_nobody for word in found) or tuple(sorted(word.letters for word in found)) in NOBODY_TOGETHER:
        return ()
    telling = [word for word in found if not word.is_any_of(PARTICLES)] or found
    return tuple(sorted(_part(word) for word in telling))


def _own(words: Sequence["_Word"]) -> Sequence["_Word"]:
    """The words before "baby of" and the like: what follows is another's name."""
    for place, (one, then) in enumerate(pairwise(words)):
        if then.letters == "of" and one.is_any_of(CHILD_OF):
            return words[:place]
    return words


def part_of(letters: str) -> Part:
    """A part of a name from its small plain Latin letters."""
    return _part_of(letters, FORMS.get(letters, letters))


def names_nobody(text: str) -> bool:
    """Whether it stands for a name that nobody knows, or was refused: "Unknown", "Baby", "" and the like."""
    return not parts(text)


def compare(one: str, other: str) -> Likeness:
    """How far two names agree; the same whichever comes first and in whatever order their parts stand."""
    return compare_parts(parts(one), parts(other)).likeness


@dataclass(frozen=True, slots=True)
class Compared:
    """How far two names agree, and the forms of the parts that do."""

    likeness: Likeness
    forms: tuple[str, ...] = ()


def compare_parts(one: tuple[Part, ...], other: tuple[Part, ...]) -> Compared:
    """The same, of names that are read already, with the parts in which they agree."""
    if not one or not other:
        return Compared(Likeness.UNKNOWN)
    one, other = _joined(one, other), _joined(other, one)
    if one == other:
        return Compared(Likeness.SAME, tuple(part.form for part in one))
    pairs = list(_pairs(one, other))
    likeness = _by_pairs([agree for agree, _ in pairs], len(one), len(other))
    return Compared(likeness, tuple(form for _, form in pairs))


def says_less(one: tuple[Part, ...], other: tuple[Part, ...]) -> bool:
    """Whether a name has fewer parts than another, and all of them are parts of the other too."""
    one, other = _joined(one, other), _joined(other, one)
    agreeing = [agree for agree, _ in _pairs(one, other)]
    return len(one) < len(other) and _by_pairs(agreeing, len(one), len(other)) is Likeness.CONTAINED


def _by_pairs(pairs: list["_Agree"], one: int, other: int) -> Likeness:
    """By the parts that agree, of so many in one name and in the other."""
    if not pairs:
        return Likeness.DIFFERENT
    every, least = len(pairs) == min(one, other), min(pairs)
    if every and one == other and least >= _Agree.FORM:
        return Likeness.SAME_FORMS
    if every and len(pairs) > 1 and least >= _Agree.FORM:
        return Likeness.CONTAINED
    if every and (len(pairs) > 1 or one == other) and least >= _Agree.ALIKE:
        return Likeness.ALIKE
    return Likeness.SHARED


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in plain Latin letters, and whether its own script leaves vowels out."""

    letters: str
    is_without_vowels: bool

    is_nobody: bool

    @property
    def may_be_nobody(self) -> bool:
        """Whether it names nobody where nothing else does: an initial, one letter over and over, "none"."""
        return len(set(self.letters)) == 1 or self.is_any_of(NOBODY_ALONE)

    def is_any_of(self, words: frozenset[str]) -> bool:
        """Whether it is one of these words of Latin script; "mr" in Arabic letters is a name."""
        return not self.is_without_vowels and self.letters in words


class _Agree(IntEnum):
    """How far two parts agree, the least first."""

    INITIAL = 1
    ALIKE = 2
    FORM = 3
    LETTERS = 4


def _written_words(text: str) -> list[str]:
    """The words of a name as they are written, without what nobody sees."""
    shown = unicodedata.normalize("NFKC", text[: MAX_LETTERS * 4])
    written = "".join(_written(letter) for letter in _INSIDE_A_PART.sub("", shown))
    return written[:MAX_LETTERS].split()


@lru_cache(_REMEMBERED)
def _read(word: str) -> tuple[_Word, ...]:
    """A written word in small plain Latin letters; each Chinese sign is a word."""
    without_vowels = _WITHOUT_VOWELS.search(word) is not None
    plain = _latin(word)
    nobody = word.casefold() in NOBODY_WRITTEN or (not without_vowels and stands_for_nobody(plain, MAX_PART))
    lettered = _FOR_LETTERS.sub(lambda digits: digits[0].translate(DIGITS), plain)
    return tuple(_Word(letters[:MAX_PART], without_vowels, nobody) for letters in _PART.findall(lettered))


@lru_cache(_REMEMBERED)
def _written(sign: str) -> str:
    """A letter, its mark or a digit as it is; what nobody sees as nothing; anything else parts words."""
    category = unicodedata.category(sign)
    if category[0] in "LMN":
        return sign
    return "" if category in _UNSEEN and not sign.isspace() else " "


def _latin(word: str) -> str:
    """Small plain Latin letters, digits, and spaces around each Chinese sign."""
    plain = word.translate(LOOKALIKES) if _LATIN.search(word) else word
    return anyascii(_CHINESE.sub(r" \g<0> ", plain)).replace("'", "").replace("`", "").lower()


def _part(word: _Word) -> Part:
    known = WRITTEN_WITHOUT_VOWELS.get(word.letters, word.letters) if word.is_without_vowels else word.letters
    return _part_of(word.letters, FORMS.get(known, known))


@lru_cache(_REMEMBERED)
def _part_of(letters: str, form: str) -> Part:
    sound = form
    for written, heard in _SOUNDS:
        sound = sound.replace(written, heard)
    return Part(letters, form, _VOWELS.sub("", _TWICE.sub(r"\1", sound)).rstrip("h"))


def _joined(one: tuple[Part, ...], other: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts, two of them as one where the other name writes them so: "Xiao Ming" and "Xiaoming"."""
    for first, second in permutations(one, 2):
        whole = first.letters + second.letters
        if any(part.letters == whole for part in other):
            rest = [part for part in one if part not in {first, second}]
            return tuple(sorted([*rest, part_of(whole)]))
    return one


def _pairs(one: tuple[Part, ...], other: tuple[Part, ...]) -> Iterator[tuple[_Agree, str]]:
    """How far the parts agree, each with one of the other name, and their form; the surest are taken first."""
    places = product(range(len(one)), range(len(other)))
    agreeing = [(agree, i, j) for i, j in places if (agree := _agree(one[i], other[j]))]
    taken_one, taken_other = set[int](), set[int]()
    for agree, i, j in sorted(agreeing, key=lambda pair: (-pair[0], sorted((one[pair[1]], other[pair[2]])))):
        if i not in taken_one and j not in taken_other:
            taken_one.add(i)
            taken_other.add(j)
            yield agree, min(one[i].form, other[j].form)


def _agree(one: Part, other: Part) -> _Agree | None:
    if one.letters == other.letters:
        return _Agree.LETTERS
    if one.form == other.form:
        return _Agree.FORM
    short, long = sorted((one.letters, other.letters), key=len)
    if len(short) == 1:
        return _Agree.INITIAL if long.startswith(short) else None
    return _Agree.ALIKE if _are_alike(one, other) else None


def _are_alike(one: Part, other: Part) -> bool:
    if {one.form, other.form} <= _KNOWN:
        return False
    if one.skeleton == other.skeleton and len(one.skeleton) >= _SHORTEST_SKELETON:
        return True
    shortest = min(len(one.letters), len(other.letters))
    return shortest >= _SHORTEST_ALIKE and JaroWinkler.similarity(one.letters, other.letters) >= _ALIKE
