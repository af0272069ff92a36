"""Radar without sight: one adult, telephone, address or document around several children (¶4.8, 5.8, 5.9).

What adults say of themselves is compared as keyed tokens inside the vault (design 6.7); what comes out is which
records, and in which way. Placements, carers and schools are never compared: children safe together are no pattern.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.core.ids import SubjectId
from services.core.statements import SEVERAL, LocationKey

Token = bytes
"""A keyed digest of one sign: equal exactly for equal signs, and nothing to anybody without the vault's key."""

LARGEST_PATTERN = 200
_TELEPHONE_DIGITS = 9
_SHORTEST_DOCUMENT = 5
_NAMES_OF_A_PERSON = 2


class PatternKind(StrEnum):
    """In which way the same adult seems to stand around several children."""

    ADULT = "adult"
    TELEPHONE = "telephone"
    EMAIL = "email"
    ADDRESS = "address"
    DOCUMENT = "document"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that an adult said of themselves, written in the one way in which it is compared."""

    kind: PatternKind
    text: str


@dataclass(frozen=True, slots=True)
class Holder:
    """That a sign, as its token, stands in what is sealed of a record."""

    token: Token
    kind: PatternKind
    subject_id: SubjectId


@dataclass(frozen=True, slots=True)
class Found:
    """A token around more records than before: `subjects` are all of them, two at least."""

    token: Token
    kind: PatternKind
    subjects: frozenset[SubjectId]


def signs(location: Mapping[str, object]) -> frozenset[Sign]:
    """What of one sealed location is compared, if anything is: what adults said, or is said, of them, never of a child.

    An agency's own reference of an adult is not: that of two agencies says nothing, and within one it is the handle on
    the shared topic.
    """
    said = ((kind, write, location.get(key)) for key, (kind, write) in _COMPARED.items())
    each = (
        (kind, write, text) for kind, write, value in said if isinstance(value, str) for text in value.split(SEVERAL)
    )
    written = (Sign(kind, write(text)) for kind, write, text in each)
    return frozenset(sign for sign in written if sign.text)


def found(held: Iterable[Holder], arrived: Iterable[Holder]) -> tuple[Found, ...]:
    """Every token that `arrived` spreads to a further record, in an order that the records alone decide.

    What stands around more records than `LARGEST_PATTERN` is an office, and no more is told of it.
    """
    before = _spread(held)
    after = defaultdict(set, {token: set(subjects) for token, subjects in before.items()})
    kinds: dict[Token, PatternKind] = {}
    for holder in arrived:
        after[holder.token].add(holder.subject_id)
        kinds[holder.token] = holder.kind
    grown = (token for token in kinds if len(after[token]) > max(1, len(before.get(token, ()))))
    small = (token for token in grown if len(after[token]) <= LARGEST_PATTERN)
    news = (Found(token, kinds[token], frozenset(after[token])) for token in small)
    return tuple(sorted(news, key=lambda one: (one.kind, sorted(one.subjects))))


def _spread(holders: Iterable[Holder]) -> defaultdict[Token, set[SubjectId]]:
    spread: defaultdict[Token, set[SubjectId]] = defaultdict(set)
    for holder in holders:
        spread[holder.token].add(holder.subject_id)
    return spread


def _words(text: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"\w+", plain.casefold().replace("_", " "))


def _name(text: str) -> str:
    """Its words in any order; one word alone is too many people's."""
    words = sorted(_words(text))
    return " ".join(words) if len(words) >= _NAMES_OF_A_PERSON else ""


def _telephone(text: str) -> str:
    """Its last digits, so that it is the same with a country's code, with a leading zero, and with neither."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    return digits[-_TELEPHONE_DIGITS:] if len(digits) >= _TELEPHONE_DIGITS else ""


def _email(text: str) -> str:
    address = unicodedata.normalize("NFKC", text).strip().casefold()
    return address if "@" in address else ""


def _address(text: str) -> str:
    """Its letters and digits; without a number, or of one word, it is a town or a street and no address."""
    words = _words(text)
    numbered = any(sign.isdigit() for word in words for sign in word)
    return "".join(words) if len(words) > 1 and numbered else ""


def _document(text: str) -> str:
    number = "".join(_words(text))
    return number if len(number) >= _SHORTEST_DOCUMENT else ""


_COMPARED = {
    LocationKey.ENQUIRER_NAME: (PatternKind.ADULT, _name),
    LocationKey.ENQUIRER_TELEPHONE: (PatternKind.TELEPHONE, _telephone),
    LocationKey.ENQUIRER_EMAIL: (PatternKind.EMAIL, _email),
    LocationKey.ENQUIRER_ADDRESS: (PatternKind.ADDRESS, _address),
    LocationKey.ENQUIRER_DOCUMENT: (PatternKind.DOCUMENT, _document),
    LocationKey.ADULT_NAME: (PatternKind.ADULT, _name),
    LocationKey.ADULT_TELEPHONE: (PatternKind.TELEPHONE, _telephone),
    LocationKey.ADULT_EMAIL: (PatternKind.EMAIL, _email),
    LocationKey.ADULT_ADDRESS: (PatternKind.ADDRESS, _address),
    LocationKey.ADULT_DOCUMENT: (PatternKind.DOCUMENT, _document),
}
