"""What the hub knows of a child, and what is now said of each fact: the same in every order of arrival."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from services.core.codes import Sector
from services.core.events import Event
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.core.timeline import NEVER, Author, Turn, author, latest, turn

Version = tuple[FactId, bytes]
"""A sealed location as it now stands: the fact, and the keyed digest of its content."""

FactT = TypeVar("FactT", covariant=True)  # noqa: PLC0105 - the house's name for a fact's own type


@dataclass(frozen=True, slots=True)
class Known:
    """An event whose signature was verified, with the time at which the hub first held it (UTC)."""

    event: Event
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a gate judges from.

    `said` holds everything said of the child's records, their links among it, and everything said of the enquirer,
    whichever child it was said of. `subjects` are the records that the child's case now has, `versions` its sealed
    locations as they now stand. `whole` is False where anything that belongs here could not be read or verified.
    `joined_at` is when the last of the records became one with the others (UTC; None: not known).
    """

    said: tuple[Known, ...]
    subjects: frozenset[SubjectId]
    versions: frozenset[Version]
    whole: bool
    joined_at: datetime | None = None


class Word(NamedTuple, Generic[FactT]):
    """What is now said of one fact, and since when the hub has known it so.

    A tuple, because a gate makes one of each fact that it weighs.
    """

    event: Event
    fact: FactT
    since: datetime

    @property
    def fact_id(self) -> FactId:
        return self.event.head.fact_id

    @property
    def org(self) -> OrgHandle:
        return self.event.head.org

    @property
    def sector(self) -> Sector:
        return self.event.head.sector

    @property
    def dated(self) -> bool:
        return self.event.head.occurred_at is not None

    @property
    def begins(self) -> datetime:
        """The earliest moment at which it can have happened."""
        return self.event.head.occurred_at or NEVER

    @property
    def ends(self) -> datetime:
        """The latest moment at which it can have happened."""
        head = self.event.head
        return self.since if head.occurred_at is None else latest(head.occurred_at, head.precision)

    @property
    def lapses_at(self) -> datetime | None:
        """The first moment at which it no longer counts; None for what does not lapse.

        What could lapse and names no day counts at no time.
        """
        return _lapse(getattr(self.fact, "lapses_on", NEVER))

    def happened(self, now: datetime) -> bool:
        """Whether it is dated, and both happened and was known by `now`."""
        at = self.event.head.occurred_at
        return at is not None and at <= now and self.since <= now


def lives(now: datetime) -> Callable[[Word[Any]], bool]:
    """Whether a word has not lapsed by `now`; many lapse on one day, which is looked at once."""

    @cache
    def counts(day: date | None) -> bool:
        end = _lapse(day)
        return end is None or now < end

    return lambda word: counts(getattr(word.fact, "lapses_on", NEVER))


def first_lapse(words: Iterable[Word[Any]]) -> datetime:
    """The first moment at which one of these no longer counts.

    Raises:
        ValueError: none of them ever lapses.
    """
    days = {getattr(word.fact, "lapses_on", NEVER) for word in words}
    return min(end for day in days if (end := _lapse(day)))


def _lapse(day: date | None) -> datetime | None:
    if day is NEVER:
        return None
    return datetime.combine(day, time(), UTC) if day else NEVER


def present(said: Collection[Known]) -> tuple[Word[Any], ...]:
    """The last word on each fact, in the order of fact ids.

    Of each author (`timeline.author`) the event said last speaks for the fact (`timeline.turn`). It is known so since
    it was first held after anything else was said; saying it again without anything between changes nothing.
    """
    once = {known.event.head.fact_id: known for known in said}
    if len(once) == len(said):  # nearly always
        return tuple(_word(once[fact]) for fact in sorted(once))
    sayings: defaultdict[Author, list[Known]] = defaultdict(list)
    for known in said:
        sayings[author(known.event.head)].append(known)
    return tuple(_last_word(sayings[fact]) for fact in sorted(sayings))


def returned(said: Iterable[Known]) -> frozenset[EventId]:
    """Each time that an event spoke for its fact once more after another one did: as an id of its own.

    An event has the same id however often it is said; this tells of a report that was taken back and is made again.
    """
    sayings: defaultdict[Author, set[Turn]] = defaultdict(set)
    for known in said:
        head = known.event.head
        sayings[author(head)].add(turn(head.recorded_at, known.event.fact, head.event_id))
    return frozenset(one for turns in sayings.values() if len(turns) > 1 for one in _returns(sorted(turns)))


def _returns(turns: Iterable[Turn]) -> Iterator[EventId]:
    spoken, last = set[EventId](), None
    for recorded_at, _, event in turns:
        if event != last and event in spoken:
            yield EventId(f"{event} {recorded_at.isoformat()}")
        spoken.add(event)
        last = event


def after(earlier: Collection[Word[Any]]) -> Callable[[Word[Any]], bool]:
    """Whether something certainly happened, and was known, after each of these: doubt says no."""
    known, ended = _last(word.since for word in earlier), _last(word.ends for word in earlier)
    return lambda later: not earlier or (later.since > known and later.begins > ended)


def dated_not_before(earlier: Collection[Word[Any]]) -> Callable[[Word[Any]], bool]:
    """Whether something is dated at the time of each of these or later; two things of one day are."""
    begun = _last(word.begins for word in earlier)
    return lambda later: not earlier or (later.dated and later.ends >= begun)


def not_before(earlier: Collection[Word[Any]]) -> Callable[[Word[Any]], bool]:
    """Whether something is dated, and was known, at the time of each of these or later."""
    known, dated = _last(word.since for word in earlier), dated_not_before(earlier)
    return lambda later: not earlier or (later.since >= known and dated(later))


def _last(moments: Iterable[datetime]) -> datetime:
    """What is later than the last is later than each: a judge need not go through them all for each word."""
    return max(moments, default=NEVER)


def _word(known: Known) -> Word[Any]:
    event = known.event
    return Word(event, event.fact, known.known_at)


def _last_word(sayings: list[Known]) -> Word[Any]:
    ordered = sorted(sayings, key=_said, reverse=True)
    last, since = ordered[0].event, ordered[0].known_at
    for known in ordered:
        if known.event.head.event_id != last.head.event_id:
            break
        since = min(since, known.known_at)
    return Word(last, last.fact, since)


def _said(known: Known) -> tuple[Turn, datetime]:
    head = known.event.head
    return turn(head.recorded_at, known.event.fact, head.event_id), known.known_at
