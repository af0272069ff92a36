"""Records as plain JSON values, for people and their tools."""

import base64
from collections.abc import Collection
from datetime import date
from typing import Any

from services.core.errors import UnreadableBytes
from services.core.facts import FACTS
from services.wire.avro import Record, Schemas


def plain(schemas: Schemas, frame: bytes, expected: Collection[str] | None = None) -> dict[str, Any]:
    """One frame as {"type", "record"}: times in ISO 8601, bytes in base64, framed events inside a record decoded too.

    What cannot be read becomes {"unreadable": reason}, because one bad message must not hide the next.
    """
    try:
        name, record = schemas.decode(frame, expected)
    except UnreadableBytes as error:
        return {"unreadable": error.reason.value}
    return {"type": name, "record": _shown(schemas, name, record)}


def _shown(schemas: Schemas, name: str, record: Record) -> Any:  # noqa: ANN401 - JSON
    shown = _value(record)
    if name == "CaseUpdated":
        for entry, held in zip(shown["entries"], record["entries"], strict=True):
            entry["event"] = plain(schemas, held["event"], FACTS)
    return shown


def _value(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _value(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value
