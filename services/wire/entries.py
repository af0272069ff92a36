"""Events and timeline entries from framed events, for those who read many."""

from datetime import datetime
from functools import lru_cache

from services.core.codes import Precision, Role, Sector
from services.core.errors import Unreadable, UnreadableBytes
from services.core.events import Event
from services.core.facts import FACTS
from services.core.ids import EventId, FactId, MalformedId, OrgHandle, SubjectId, well_formed
from services.core.timeline import Entry
from services.wire.avro import Record, Schemas
from services.wire.records import fact_of, from_record

_REMEMBERED = 2_048
_SECTORS = {sector.value: sector for sector in Sector}
_ROLES = {role.value: role for role in Role}
_PRECISIONS = {precision.value: precision for precision in Precision}


@lru_cache(_REMEMBERED)
def event_of(schemas: Schemas, frame: bytes) -> Event:
    """The event of a frame, remembered for a while: what one topic says another repeats.

    Raises:
        UnreadableBytes: these are not exactly the bytes that one event is written as.
    """
    return from_record(*schemas.decode(frame, FACTS))


def entry_of(name: str, record: Record, known_at: datetime, said_at: datetime | None = None) -> Entry:
    """The entry of an event whose name and record `Schemas.decode` read and that the hub first held at `known_at`.

    `said_at` is when it was last said, where that is later than its own `recorded_at`.

    Raises:
        UnreadableBytes: it is no event, an id is malformed, or it says something that this hub has no word for.
    """
    fact, head = fact_of(name, record), record["head"]
    try:
        return Entry(
            EventId(well_formed(head["event_id"])),
            FactId(well_formed(head["fact_id"])),
            SubjectId(well_formed(head["subject_id"])),
            OrgHandle(well_formed(head["org"])),
            _SECTORS[head["sector"]],
            _ROLES[head["role"]],
            head["occurred_at"],
            _PRECISIONS[head["precision"]],
            said_at or head["recorded_at"],
            known_at,
            fact,
        )
    except (KeyError, MalformedId):
        failure = UnreadableBytes(Unreadable.UNKNOWN_VALUE)
    raise failure
