"""One wording of a fact: the text of an event from which its id is made, the same wherever and whenever it is said."""

import json
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any

from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.events import Event, Head
from services.core.facts import Fact

_Part = Head | Subject | Identifier | Name | BirthDate | Fact
_PARTS = (Identifier, Name, BirthDate)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def shared_fields(event: Event) -> str:
    """The canonical text of an event without its id and its times of recording and receipt.

    What is empty is left out, so that a field added to a schema later changes no id.
    """
    head = _plain_fields(event.head)
    for own in ("event_id", "recorded_at", "received_at"):
        del head[own]
    text = {
        "type": event.type,
        "head": head,
        "subject": _plain_fields(event.subject),
        "fact": _plain_fields(event.fact),
    }
    return _CANONICAL.encode(text)


def _plain(value: object) -> object:
    """A core value as JSON can say it."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, _PARTS):
        return _plain_fields(value)
    return value


def _plain_fields(part: _Part) -> dict[str, object]:
    kind: Any = type(part)
    plain: dict[str, object] = {}
    for name in _names_of(kind):
        value = getattr(part, name)
        if isinstance(value, str):  # nearly all are
            plain[name] = value
        elif value is not None and value != ():
            plain[name] = _plain(value)
    return plain


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
