"""Which records are likely of one child: what each claims, the keys by which it is found, edges between two. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from services.core.claims import BirthDate, Name, Subject
from services.core.codes import ClaimStatus, NameKind, Sex
from services.core.ids import SubjectId
from services.core.matching import blocking
from services.core.matching.dates import born
from services.core.matching.groups import Pair, pair_of
from services.core.matching.scoring import Evidence, Profile, Verdict, profile, score
from services.core.matching.weights import Weights
from services.correlator.said import NO_TRAITS, Portrait, Trait

_COUNTS = {ClaimStatus.DOCUMENTED.value, ClaimStatus.ASSESSED.value, ClaimStatus.CLAIMED.value}
_NAME, _BIRTH, _SEX, _NATIONALITY, _LANGUAGE = "name", "birth", "sex", "nationality", "language"
_ASKED_FOR = "asked_for"
_KINDS = {f"{_NAME}:{kind.value}": kind for kind in NameKind}
_SEXES = {sex.value: sex for sex in (Sex.FEMALE, Sex.MALE)}
_KEY_BYTES = 8
_REMEMBERED = 20_000

Portraits = Mapping[SubjectId, Portrait]
Holders = Mapping[int, Collection[SubjectId]]
"""The records that have a key."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Records that share a key with others, and by which keys they are found."""

    portraits: Portraits
    holders: Holders


NOBODY_BESIDE = Beside({}, {})


@dataclass(frozen=True, slots=True)
class Edge:
    """What the weights say of two records that share a key, where it is more than that they are apart."""

    pair: Pair
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    @property
    def is_told(self) -> bool:
        """Whether a person is told of it; that two are rivals is for nobody to decide."""
        return self.verdict is not Verdict.RIVAL


@dataclass(frozen=True, slots=True)
class Likeness:
    """All edges of some records, as they were and as they now are."""

    of: frozenset[SubjectId] = frozenset()
    before: tuple[Edge, ...] = ()
    now: tuple[Edge, ...] = ()

    @property
    def made(self) -> tuple[Edge, ...]:
        """Edges that are new, or say something else than before."""
        held = set(self.before)
        return tuple(edge for edge in self.now if edge not in held)

    @property
    def gone(self) -> frozenset[Pair]:
        """Pairs between which there is no edge any more."""
        return frozenset(edge.pair for edge in self.before) - {edge.pair for edge in self.now}

    @property
    def no_longer(self) -> frozenset[Pair]:
        """Pairs of which a person was told that something speaks for them, and nothing does any more."""
        before, now = ({edge.pair for edge in edges if edge.is_told} for edges in (self.before, self.now))
        return frozenset(before - now)

    @property
    def touches(self) -> frozenset[SubjectId]:
        """The records of which the weights now say something else than before."""
        before, now = ({(edge.pair, edge.verdict) for edge in edges} for edges in (self.before, self.now))
        return frozenset(subject for pair, _ in before ^ now for subject in pair)


def likely(edges: Iterable[Edge]) -> frozenset[Pair]:
    """The pairs that the weights alone would join."""
    return frozenset(edge.pair for edge in edges if edge.verdict is Verdict.LINK)


def rivals(edges: Iterable[Edge]) -> frozenset[Pair]:
    """The pairs that might be of one child, and that the weights do not join."""
    return frozenset(edge.pair for edge in edges if edge.verdict is not Verdict.LINK)


def portrait_of(subject: Mapping[str, Any]) -> Portrait:
    """What the subject of an event claims; an unverified or disputed name or date counts for nothing (¶5.66)."""
    return frozenset(_traits(subject))


def asked_for_trait(at: datetime | None) -> Portrait:
    """That an adult asked for the child at this time; two people must then make a link."""
    return frozenset({Trait(_ASKED_FOR, at.isoformat())}) if at else NO_TRAITS


def asked_for(portraits: Portraits) -> dict[SubjectId, datetime]:
    """When an adult first asked for the child of each record for whose child one did."""
    return {subject: at for subject, portrait in portraits.items() if (at := first_asked(portrait))}


def first_asked(portrait: Portrait) -> datetime | None:
    """When an adult first asked for the record's child."""
    return min((datetime.fromisoformat(value) for kind, value in portrait if kind == _ASKED_FOR), default=None)


def tells_apart(portrait: Portrait) -> Portrait:
    """The names and sexes, which another record may leave open."""
    return frozenset(trait for trait in portrait if trait.kind == _SEX or trait.kind in _KINDS)


def _traits(subject: Mapping[str, Any]) -> Iterator[Trait]:
    for name in subject["names"]:
        if name["status"] in _COUNTS and f"{_NAME}:{name['kind']}" in _KINDS:
            yield Trait(f"{_NAME}:{name['kind']}", name["text"])
    for birth in subject["dates_of_birth"]:
        if birth["status"] in _COUNTS and _is_a_birth(birth["value"]):
            yield Trait(_BIRTH, birth["value"])
    if subject["sex"] in _SEXES:
        yield Trait(_SEX, subject["sex"])
    for nationality in subject["nationalities"]:
        yield Trait(_NATIONALITY, nationality)
    for language in subject["languages"]:
        yield Trait(_LANGUAGE, language)


@lru_cache(_REMEMBERED)
def _is_a_birth(value: str) -> bool:
    try:
        born(value)
    except ValueError:
        return False
    return True


class Matcher:
    """Finds and weighs edges by one version of the weights; remembers the keys of portraits."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.keys = lru_cache(_REMEMBERED)(self._keys)
        """The keys of a record, as 64 bits each: two that share none are never compared."""

    def holders(self, portraits: Portraits) -> Holders:
        """Who has which key."""
        found: defaultdict[int, list[SubjectId]] = defaultdict(list)
        for subject, portrait in portraits.items():
            for key in self.keys(portrait):
                found[key].append(subject)
        return found

    def edges(self, of: Portraits, beside: Beside) -> tuple[Edge, ...]:
        """Every edge of the records `of`, between themselves and to those `beside` them; one an unordered pair.

        A record that is both is taken as it is in `of`.
        """
        found = (self._edge(pair, of, beside.portraits) for pair in sorted(self._pairs(of, beside)))
        return tuple(edge for edge in found if edge.verdict is not Verdict.APART)

    def _pairs(self, of: Portraits, beside: Beside) -> set[Pair]:
        holders = self.holders(of)
        return {
            pair_of(subject, other)
            for subject, portrait in of.items()
            for key in self.keys(portrait)
            for other in (*holders[key], *(one for one in beside.holders.get(key, ()) if one not in of))
            if other != subject
        }

    def _edge(self, pair: Pair, of: Portraits, beside: Portraits) -> Edge:
        one, other = (seen(of[subject] if subject in of else beside[subject]) for subject in pair)
        scored = score(one, other, self.weights)
        return Edge(pair, scored.verdict, scored.evidence)

    def _keys(self, portrait: Portrait) -> frozenset[int]:
        return frozenset(map(_number, blocking.keys(seen(portrait), self.weights)))


@lru_cache(_REMEMBERED)
def seen(portrait: Portrait) -> Profile:
    """A portrait in the form in which records are compared."""
    return profile(claimed(portrait))


def claimed(portrait: Portrait) -> Subject:
    """The traits as claims, in an order of their own; of two sexes neither is known."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(portrait):
        by_kind[kind].append(value)
    sexes = by_kind[_SEX]
    return Subject(
        names=tuple(
            Name(text, kind, ClaimStatus.CLAIMED) for written, kind in _KINDS.items() for text in by_kind[written]
        ),
        dates_of_birth=tuple(BirthDate(value, ClaimStatus.CLAIMED) for value in by_kind[_BIRTH]),
        sex=_SEXES[sexes[0]] if len(sexes) == 1 else Sex.UNKNOWN,
        nationalities=tuple(by_kind[_NATIONALITY]),
        languages=tuple(by_kind[_LANGUAGE]),
    )


def _number(key: str) -> int:
    """Two keys that fall on one number cost a comparison, and say nothing else of two records anywhere."""
    return int.from_bytes(blake2b(key.encode(), digest_size=_KEY_BYTES).digest(), "big", signed=True)
