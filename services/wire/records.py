"""Core values to Avro records and back. A class's converters are built once, from its own declaration."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from services.core.case import CaseState
from services.core.claims import Subject
from services.core.errors import Unreadable, UnreadableBytes
from services.core.events import Event, Head
from services.core.facts import FACTS, Fact
from services.core.ids import EventId, FactId, OrgHandle, SubjectId, well_formed

Record = dict[str, Any]
Convert = Callable[[Any], Any]
ValueT = TypeVar("ValueT")

_IDS = (EventId, FactId, SubjectId, OrgHandle)


def to_record(event: Event) -> Record:
    """The Avro record of an event, for `Schemas.encode(event.type, ...)`."""
    return {"head": record_of(event.head), "subject": record_of(event.subject), **record_of(event.fact)}


def from_record(name: str, record: Record) -> Event:
    """The event whose name and record `Schemas.decode` read.

    Raises:
        UnreadableBytes: it is no event, or says something that this hub has no word for.
    """
    return Event(
        head=value_of(Head, record["head"]), subject=value_of(Subject, record["subject"]), fact=fact_of(name, record)
    )


def fact_of(name: str, record: Record) -> Fact:
    """The fact alone, for those who need nothing else of an event.

    Raises:
        UnreadableBytes: it is no event, or says something that this hub has no word for.
    """
    kind = FACTS.get(name)
    if kind is None:
        raise UnreadableBytes(Unreadable.UNEXPECTED_SCHEMA)
    return value_of(kind, record)


def record_of(value: Any) -> Record:  # noqa: ANN401 - any frozen dataclass whose fields are its schema's
    """The record of a core value whose schema mirrors its class; enums and tuples stay what they are."""
    record: Record = _WRITERS[type(value)](value)
    return record


def value_of(kind: type[ValueT], record: Record) -> ValueT:
    """The core value of a record whose schema mirrors its class.

    Raises:
        UnreadableBytes: an id is malformed, or a word is one that this hub does not use.
    """
    try:
        value: ValueT = _READERS[kind](record)
    except (KeyError, ValueError):
        failure = UnreadableBytes(Unreadable.UNKNOWN_VALUE)
    else:
        return value
    raise failure


def state_record(state: CaseState) -> Record:
    """The part of a case's state that projections see: a lantern.CaseState."""
    return {
        "status": state.status,
        "entries": state.entries,
        "last_occurred_at": state.last_occurred_at,
        "sectors": sorted(state.sectors),
        "indicators": sorted(state.indicators),
        "unaccompanied": state.unaccompanied,
        "looked_after": state.looked_after,
        "missing_episodes": state.missing_episodes,
        "open_episodes": [
            {"episode": name, "since": episode.since, "kind": episode.kind}
            for name, episode in sorted(state.open_episodes.items())
        ],
        "kinship_claims": state.kinship_claims,
        "decision_awaited": state.decision_awaited,
        "decision_due_at": state.decision_due_at,
    }


def _writer(kind: Any) -> Convert:  # noqa: ANN401 - a dataclass
    names, converts = _declared(kind, _to_avro)
    if not names:
        return lambda _: {}
    read = _all_of(attrgetter(*names), names)
    return lambda value: dict(zip(names, _converted(read(value), converts), strict=True))


def _reader(kind: Any) -> Convert:  # noqa: ANN401 - a dataclass
    names, converts = _declared(kind, _from_avro)
    if not names:
        return lambda _: kind()
    read = _all_of(itemgetter(*names), names)
    return lambda record: kind(*_converted(read(record), converts))


class _Built(dict[Any, Convert]):
    """Builds a class's converter when it is first asked for, and keeps it."""

    def __init__(self, build: Callable[[Any], Convert]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, kind: Any) -> Convert:  # noqa: ANN401 - a dataclass
        self[kind] = self._build(kind)
        return self[kind]


_WRITERS = _Built(_writer)
_READERS = _Built(_reader)


def _declared(
    kind: type, convert_of: Callable[[Any], Convert | None]
) -> tuple[tuple[str, ...], list[tuple[int, Convert]]]:
    hints = get_type_hints(kind)
    names = tuple(field.name for field in fields(kind))
    converts = ((index, convert_of(hints[name])) for index, name in enumerate(names))
    return names, [(index, convert) for index, convert in converts if convert is not None]


def _all_of(get: Callable[[Any], Any], names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """With one name, `attrgetter` and `itemgetter` give the value itself and not a tuple."""
    return get if len(names) > 1 else lambda value: (get(value),)


def _converted(values: tuple[Any, ...], converts: list[tuple[int, Convert]]) -> list[Any]:
    converted = list(values)
    for index, convert in converts:
        converted[index] = convert(converted[index])
    return converted


def _to_avro(hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint is a class, a generic or a union
    if is_dataclass(hint):
        return _WRITERS[hint]
    return _inside(hint, _to_avro, list)


def _from_avro(hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint is a class, a generic or a union
    if hint in _IDS:
        return well_formed
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}.__getitem__
    if is_dataclass(hint):
        return _READERS[hint]
    return _inside(hint, _from_avro, tuple)


def _inside(hint: Any, convert_of: Callable[[Any], Convert | None], collect: Convert) -> Convert | None:  # noqa: ANN401
    """Converts what stands in a tuple, or in an optional value; a plain value stays as it is."""
    inner = [arg for arg in get_args(hint) if arg not in {NoneType, Ellipsis}]
    convert = convert_of(inner[0]) if inner else None
    if get_origin(hint) is tuple:
        return collect if convert is None else lambda values: collect([convert(value) for value in values])
    return None if convert is None else lambda value: None if value is None else convert(value)
