"""Rows of the tables as what the gates judge from: what was said, and since when the hub has known it."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from services.core.known import Known
from services.wire.avro import Schemas
from services.wire.entries import event_of

_KEPT = 8_192


@lru_cache(_KEPT)
def known_of(schemas: Schemas, frame: bytes, known_at: datetime, said_again_at: datetime | None) -> Known:
    """An event as it was said first, or again; it is kept under the row itself, as `reading.said_of_child` is."""
    event = event_of(schemas, frame)
    if said_again_at is not None:
        event = replace(event, head=replace(event.head, recorded_at=said_again_at))
    return Known(event, known_at)
