"""A sealed fact on its topic: those who seal and the one who opens agree here on what it is bound to."""

import json

from services.core.sharing import SealedFact
from services.wire.avro import Record
from services.wire.seal import BatchSealer, Envelope, sealed_record

PURPOSE = "sealed fact"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def to_record(fact: SealedFact, sealer: BatchSealer) -> Record:
    """The lantern.SealedFact of a fact, its content as canonical JSON sealed to the vault."""
    record: Record = {
        "subject_id": fact.subject_id,
        "fact_id": fact.fact_id,
        "field": fact.field,
        "recorded_at": fact.recorded_at,
    }
    # ASCII alone: what an agency sent may hold text that is no valid Unicode, and is kept all the same.
    content = _CANONICAL.encode(dict(fact.content)).encode("ascii")
    record["sealed"] = sealed_record(sealer.seal(content, PURPOSE, reference_of(record)))
    return record


def envelope_of(record: Record) -> Envelope:
    """What the vault opens."""
    return Envelope(**record["sealed"])


def reference_of(record: Record) -> str:
    """Everything that stands beside the sealed content: an old content cannot be passed off as another or as newer."""
    return json.dumps([record["subject_id"], record["fact_id"], record["field"], record["recorded_at"].isoformat()])
