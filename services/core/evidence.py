"""What is said of one enquirer and one child, sorted; and how a rung is looked for in it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.core.denials import Reason
from services.core.events import Event
from services.core.facts import VerificationRevoked
from services.core.ids import EventId, OrgHandle, SubjectId
from services.core.known import Knowledge, Known, Word, after, present
from services.core.responsible import responsible_authority

FactT = TypeVar("FactT")
Step = tuple[Reason, Callable[[Word[FactT]], bool]]
"""What must hold of at least one of the words that passed the steps before it, and what is lacking otherwise."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is now said, at one time; `of_child` is under any of the child's records, `of_both` of the enquirer too."""

    words: tuple[Word[Any], ...]
    of_child: Mapping[type, Sequence[Word[Any]]]
    of_both: Mapping[type, Sequence[Word[Any]]]
    revocations: tuple[Word[VerificationRevoked], ...]
    authority: OrgHandle | None
    now: datetime

    def both(self, kind: type[FactT]) -> Sequence[Word[FactT]]:
        """What of this kind is said of this enquirer and this child."""
        return self.of_both.get(kind, ())

    def child(self, kind: type[FactT]) -> Sequence[Word[FactT]]:
        """What of this kind is said of this child."""
        return self.of_child.get(kind, ())


@dataclass(frozen=True, slots=True)
class Standing:
    """The words that a rung stands on, or what it lacks; a rung that is not due stands on nothing."""

    words: tuple[Word[Any], ...] = ()
    lacks: frozenset[Reason] = frozenset()

    @property
    def stands(self) -> bool:
        return not self.lacks


def gather(known: Knowledge, enquirer: str, now: datetime) -> Evidence:
    """Sort what is known."""
    words = present(known.said)
    of_child = [word for word in words if concerns(word.event, known.subjects)]
    return Evidence(
        words=words,
        of_child=_by_kind(of_child),
        of_both=_by_kind(word for word in of_child if getattr(word.fact, "enquirer", None) == enquirer),
        revocations=_revocations(known.said, enquirer),
        authority=responsible_authority(of_child),
        now=now,
    )


def _by_kind(words: Iterable[Word[Any]]) -> Mapping[type, Sequence[Word[Any]]]:
    kinds: defaultdict[type, list[Word[Any]]] = defaultdict(list)
    for word in words:
        kinds[type(word.fact)].append(word)
    return kinds


def concerns(event: Event, subjects: frozenset[SubjectId]) -> bool:
    """Whether something is said of one of these records, or joins or parts one of them and another."""
    return event.head.subject_id in subjects or getattr(event.fact, "other", None) in subjects


def living(evidence: Evidence) -> tuple[Step[Any], ...]:
    """What must hold of every word on an enquirer: said after every revocation, and not lapsed."""
    return (
        (Reason.REVOKED, lambda word: all(after(word, revocation) for revocation in evidence.revocations)),
        (Reason.LAPSED, lambda word: word.lives(evidence.now)),
    )


def dated(evidence: Evidence) -> Step[Any]:
    """It says when it happened, and that is not in the future."""
    return Reason.UNDATED, lambda word: word.happened(evidence.now)


def stand(own: Reason, words: Iterable[Word[FactT]], *steps: Step[FactT]) -> Standing:
    """An act: one word that passes every step is enough, whatever else was said."""
    return _pass(own, list(words), steps)


def find(own: Reason, words: Iterable[Word[FactT]], good: tuple[Step[FactT], ...], *steps: Step[FactT]) -> Standing:
    """A finding: a good word that is certainly later than every one that is not good, and passes the other steps."""
    words = list(words)
    against = [word for word in words if not all(holds(word) for _, holds in good)]
    settled: Step[FactT] = (Reason.UNSETTLED, lambda word: all(after(word, other) for other in against))
    return _pass(own, words, (*good, settled, *steps))


def _pass(own: Reason, words: list[Word[FactT]], steps: Iterable[Step[FactT]]) -> Standing:
    if not words:
        return Standing(lacks=frozenset({own}))
    for reason, holds in steps:
        words = [word for word in words if holds(word)]
        if not words:
            return Standing(lacks=frozenset({own, reason}))
    return Standing(tuple(words))


def _revocations(said: Iterable[Known], enquirer: str) -> tuple[Word[VerificationRevoked], ...]:
    """Every event that ever revoked, since it was first held: a later wording of it takes nothing back."""
    first: dict[EventId, Word[VerificationRevoked]] = {}
    for known in said:
        fact = known.event.fact
        if isinstance(fact, VerificationRevoked) and fact.enquirer == enquirer:
            word = Word(known.event, fact, known.known_at)
            rival = first.setdefault(known.event.head.event_id, word)
            first[known.event.head.event_id] = min(rival, word, key=lambda one: one.since)
    return tuple(first.values())
