"""What is said of one enquirer and one child, sorted; and how a rung is looked for in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from services.core.codes import Precision
from services.core.denials import Reason
from services.core.events import Event
from services.core.facts import VerificationRevoked
from services.core.ids import EventId, OrgHandle
from services.core.known import Knowledge, Known, Word, after, lives
from services.core.responsible import responsible_authority
from services.core.sayings import Sayings

_A_DAY = timedelta(days=1)

FactT = TypeVar("FactT")
Step = tuple[Reason, Callable[[Word[FactT]], bool]]
"""What must hold of at least one of the words that passed the steps before it, and what is lacking otherwise."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is now said of this enquirer and this child, at one time."""

    sayings: Sayings
    enquirer: str
    revocations: tuple[Word[VerificationRevoked], ...]
    authority: OrgHandle | None
    now: datetime
    joined_at: datetime | None = None
    _both: dict[type[Any], list[Word[Any]]] = field(default_factory=dict)

    def both(self, kind: type[FactT]) -> Sequence[Word[FactT]]:
        """What of this kind is said of this enquirer under any of the child's records; sorted out once, read often."""
        if kind not in self._both:
            self._both[kind] = [word for word in self.child(kind) if _of(word) == self.enquirer]
        return self._both[kind]

    def child(self, kind: type[FactT]) -> Sequence[Word[FactT]]:
        """What of this kind is said under any of the child's records."""
        return self.sayings.of_child(kind)


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
    sayings = Sayings(known)
    return Evidence(
        sayings=sayings,
        enquirer=enquirer,
        revocations=_revocations(sayings, enquirer),
        authority=responsible_authority(sayings.of_child),
        now=now,
        joined_at=known.joined_at,
    )


def living(evidence: Evidence) -> tuple[Step[Any], ...]:
    """What must hold of every word on an enquirer: said after every revocation, and not lapsed."""
    return (
        (Reason.REVOKED, after(evidence.revocations)),
        (Reason.LAPSED, lives(evidence.now)),
    )


def dated(evidence: Evidence) -> Step[Any]:
    """It says when it happened, and that is not in the future."""
    return Reason.UNDATED, lambda word: word.happened(evidence.now)


def stand(own: Reason, words: Iterable[Word[FactT]], *steps: Step[FactT]) -> Standing:
    """An act: one word that passes every step is enough, whatever else was said."""
    return _pass(own, list(words), steps)


def find(own: Reason, words: Iterable[Word[FactT]], good: tuple[Step[FactT], ...], *steps: Step[FactT]) -> Standing:
    """A finding: a good word that is certainly later than every one that is not good, and passes the other steps."""
    every = fit = list(words)
    for _, holds in good:
        fit = list(filter(holds, fit))
    if not fit:
        return _pass(own, every, good)
    against = _without(fit, every)
    return _pass(own, fit, ((Reason.UNSETTLED, after(against)), *steps))


def _pass(own: Reason, words: list[Word[FactT]], steps: Iterable[Step[FactT]]) -> Standing:
    if not words:
        return Standing(lacks=frozenset({own}))
    for reason, holds in steps:
        words = list(filter(holds, words))
        if not words:
            return Standing(lacks=frozenset({own, reason}))
    return Standing(tuple(words))


def _of(word: Word[Any]) -> str | None:
    return getattr(word.fact, "enquirer", None)


def _without(some: list[Word[Any]], every: list[Word[Any]]) -> list[Word[Any]]:
    if len(some) == len(every):  # nearly always
        return []
    left_out = set(map(id, some))
    return [word for word in every if id(word) not in left_out]


def _revocations(sayings: Sayings, enquirer: str) -> tuple[Word[VerificationRevoked], ...]:
    """Every event that ever revoked, since it was first held: a later wording of it takes nothing back."""
    first: dict[EventId, Word[VerificationRevoked]] = {}
    for known in sayings.ever(VerificationRevoked):
        fact = known.event.fact
        if isinstance(fact, VerificationRevoked) and fact.enquirer == enquirer:
            word = Word(_happened(known), fact, known.known_at)
            rival = first.setdefault(known.event.head.event_id, word)
            first[known.event.head.event_id] = min(rival, word, key=lambda one: one.since)
    return tuple(first.values())


def _happened(known: Known) -> Event:
    """The event, dated when it was known if it names a later day: it can happen no more, and must not bar for ever."""
    head = known.event.head
    if head.occurred_at is None or head.occurred_at <= known.known_at + _A_DAY:
        return known.event
    return replace(known.event, head=replace(head, occurred_at=known.known_at, precision=Precision.INSTANT))
