"""Any event that the core can declare."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from services.core.claims import Subject
from services.core.events import Event, Head
from services.core.facts import FACTS
from services.core.ids import EventId, FactId, OrgHandle, SubjectId

IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(max_size=20)
KNOWN: dict[Any, st.SearchStrategy[Any]] = {
    **dict.fromkeys((EventId, FactId, SubjectId, OrgHandle), IDS),
    datetime: MOMENTS,
    date: st.dates(),
    str: TEXTS,
}


def events() -> st.SearchStrategy[Event]:
    facts = st.sampled_from(list(FACTS.values())).flatmap(declared)
    return st.builds(Event, head=declared(Head), subject=declared(Subject), fact=facts)


def declared(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that this declaration allows."""
    if hint in KNOWN:
        return KNOWN[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: declared(hints[field.name]) for field in fields(hint)})
    inner = declared(next(arg for arg in get_args(hint) if arg not in {NoneType, Ellipsis}))
    return st.lists(inner, max_size=3).map(tuple) if get_origin(hint) is tuple else st.none() | inner
