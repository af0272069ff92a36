"""What is said, looked up by the kind of fact: a judge asks for what it weighs, and the rest costs it nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from services.core.codes import Sector
from services.core.events import Event
from services.core.ids import FactId, OrgHandle, SubjectId
from services.core.known import Knowledge, Known, Word, present

FactT = TypeVar("FactT")


class Voice(Protocol):
    """A fact, who says it, and between which moments it happened: a word of the gates, or an entry of a timeline."""

    @property
    def fact_id(self) -> FactId: ...
    @property
    def org(self) -> OrgHandle: ...
    @property
    def sector(self) -> Sector: ...
    @property
    def fact(self) -> Any: ...  # noqa: ANN401 - of whichever kind was asked for
    @property
    def dated(self) -> bool: ...
    @property
    def begins(self) -> datetime: ...
    @property
    def ends(self) -> datetime: ...


class SaidOfChild(Protocol):
    """Gives what is now said of these kinds under any of the child's records."""

    def __call__(self, *kinds: type[Any]) -> Iterable[Voice]: ...


class OfChild(Protocol):
    """The same, with since when the hub has known it so."""

    def __call__(self, *kinds: type[Any]) -> Iterable[Word[Any]]: ...


class Sayings:
    """What is known, sorted by kind once; the last word on each fact is worked out when its kind is first asked for.

    A fact's id covers its kind (`core/ids.py`): what is said of one kind takes back nothing of another.
    """

    def __init__(self, known: Knowledge) -> None:
        self._subjects = known.subjects
        self._said: defaultdict[type, list[Known]] = defaultdict(list)
        for one in known.said:
            self._said[type(one.event.fact)].append(one)
        self._words: dict[type, tuple[Word[Any], ...]] = {}
        self._of_child: dict[type, list[Word[Any]]] = {}

    def ever(self, kind: type[Any]) -> Sequence[Known]:
        """Everything that was ever said of this kind, corrected or not."""
        return self._said.get(kind, ())

    def last(self, kind: type[FactT]) -> tuple[Word[FactT], ...]:
        """What is now said of this kind, of whichever child."""
        if kind not in self._words:
            self._words[kind] = present(self.ever(kind))
        return self._words[kind]

    def of_child(self, *kinds: type[FactT]) -> list[Word[FactT]]:
        """What is now said of these kinds under any of the child's records."""
        return [word for kind in kinds for word in self._of(kind)]

    def _of(self, kind: type[Any]) -> list[Word[Any]]:
        if kind not in self._of_child:
            self._of_child[kind] = [word for word in self.last(kind) if concerns(word.event, self._subjects)]
        return self._of_child[kind]


def concerns(event: Event, subjects: frozenset[SubjectId]) -> bool:
    """Whether something is said of one of these records, or joins or parts one of them and another."""
    return event.head.subject_id in subjects or getattr(event.fact, "other", None) in subjects
