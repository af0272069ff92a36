"""A batch beside what is known of its records: what is new, what is said again, what is begun or restated. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.core.case import CaseState
from services.core.ids import CaseId, EventId, FactId, SubjectId
from services.core.matching.stated import Stated, decision_of
from services.core.matching.versions import Adopted
from services.core.timeline import NEVER, Turn, author, turn
from services.correlator.identity import Claims
from services.correlator.likeness import Portraits
from services.correlator.said import Said, SaidAgain

Words = Mapping[EventId, datetime]
"""The events of one fact, and when each was last said."""

OfRecord = tuple[SubjectId, FactId]
"""A fact of a record: under another record's fact nobody says anything but in bad faith, and that is another fact."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables hold about a batch: its events, its facts, the cases, claims and portraits of its records.

    `decisions` are those that speak of one of its records, `adopted` the versions of weights so far.
    """

    events: frozenset[EventId]
    cases: Mapping[SubjectId, CaseId]
    states: Mapping[CaseId, CaseState]
    facts: Mapping[OfRecord, Words]
    claims: Claims
    decisions: Sequence[Stated]
    portraits: Portraits = field(default_factory=dict)
    adopted: tuple[Adopted, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What a batch brings.

    `begun`: the current event of each fact that nobody had stated before. `restated`: records with a fact whose current
    event is now another, or with a decision said again. `newcomers`: records never seen before, and since when.
    `known_at`: when the hub held the last of it.
    """

    new: tuple[Said, ...]
    again: tuple[SaidAgain, ...]
    begun: tuple[Said, ...]
    restated: frozenset[SubjectId]
    newcomers: Mapping[SubjectId, datetime]
    known_at: datetime

    def __bool__(self) -> bool:
        return bool(self.new or self.again)


def survey(known: Known, batch: Iterable[Said]) -> Survey:
    """Tell what is new from what was said before, and what is thereby begun or restated."""
    heard = _Heard(known)
    for said in batch:
        heard.take(said)
    new = heard.new
    held = {fact: known.facts.get(fact) for fact in heard.facts}
    begun = {fact: [new[event] for event in words] for fact, words in heard.facts.items() if not held[fact]}
    return Survey(
        new=tuple(new.values()),
        again=tuple(heard.again),
        begun=tuple(said for sayings in begun.values() for said in _speaking(sayings)),
        restated=frozenset(
            fact[0]
            for fact, words in heard.facts.items()
            if (before := held[fact]) and (_speaks_anew(words, before) or fact in heard.decided_again)
        ),
        newcomers=_newcomers(known, new.values()),
        known_at=max(
            [*(said.entry.known_at for said in new.values()), *(one.known_at for one in heard.again)], default=NEVER
        ),
    )


def _speaking(sayings: Sequence[Said]) -> Iterable[Said]:
    """Who speaks for a fact of which this is all that was ever said, of each author the last."""
    if len(sayings) == 1:
        return sayings
    spoken = {author(said.entry): said for said in sorted(sayings, key=_in_turn)}
    return spoken.values()


def _in_turn(said: Said) -> Turn:
    return turn(said.entry.recorded_at, said.entry.fact, said.entry.event_id)


def _speaks_anew(now: Words, before: Words) -> bool:
    """Whether another event may speak for a fact than before.

    Only where nothing but the one last word is said again it speaks as it did. The words do not tell whose they are:
    what is new or said again may be another author's, who speaks besides, and of two that were last said at once either
    may have spoken. All that hangs on what the events say, so all are folded.
    """
    told = [event for event, at in now.items() if at != before.get(event)]
    latest = max(before.values())
    last = [event for event, at in before.items() if at == latest]
    return len(last) > 1 or told != last


class _Heard:
    """Takes a batch word by word; the order in which it comes makes no difference to what it comes to."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.new: dict[EventId, Said] = {}
        self.again: list[SaidAgain] = []
        self.facts: dict[OfRecord, dict[EventId, datetime]] = {}
        self.decided_again: set[OfRecord] = set()

    def take(self, said: Said) -> None:
        entry = said.entry
        fact = entry.subject_id, entry.fact_id
        words = self.facts.get(fact) or dict(self._known.facts.get(fact, {}))
        before = words.get(entry.event_id)
        if before is None and not self._is_held(entry.event_id):
            self.new[entry.event_id] = said
        elif before is not None and entry.recorded_at > before:
            self._take_again(said)
        else:
            return
        words[entry.event_id] = entry.recorded_at
        self.facts[fact] = words

    def _is_held(self, event: EventId) -> bool:
        """An id that is held under another fact is a repetition like any other: the inbox goes by ids."""
        return event in self._known.events or event in self.new

    def _take_again(self, said: Said) -> None:
        entry = said.entry
        self.again.append(SaidAgain(entry.event_id, entry.subject_id, entry.recorded_at, entry.known_at))
        if decision_of(entry):
            self.decided_again.add((entry.subject_id, entry.fact_id))
        if entry.event_id in self.new:
            first = self.new[entry.event_id]
            self.new[entry.event_id] = replace(first, entry=replace(first.entry, recorded_at=entry.recorded_at))


def _newcomers(known: Known, new: Iterable[Said]) -> dict[SubjectId, datetime]:
    since: dict[SubjectId, datetime] = {}
    for said in new:
        subject, known_at = said.entry.subject_id, said.entry.known_at
        if subject not in known.cases:
            since[subject] = min(known_at, since.get(subject, known_at))
    return since
