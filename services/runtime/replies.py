"""What a processor answers its agency about each record: a receipt, and quarantine for what was refused."""

from dataclasses import dataclass
from itertools import islice

from services.core.codes import Sector
from services.core.sharing import Decision, Outcome
from services.runtime.kafka import Message
from services.runtime.streams import Received
from services.wire import topics
from services.wire.avro import Record, Schemas
from services.wire.seal import BatchSealer, sealed_record

QUARANTINE_PURPOSE = "quarantine"
_MOST_EVENTS_TOLD = 1_500
_KEPT_BYTES = 3 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """Which record of which submission is answered; a record that does not say has `source_seq` -1."""

    agency: Sector
    submission_id: str
    source_seq: int
    record_count: int


def receipt(source: Source, outcome: Outcome, schemas: Schemas) -> Message:
    """Tell the agency what became of a record: codes and places, no values."""
    shared = outcome.decision is Decision.SHARED
    record = {
        "submission_id": source.submission_id,
        "source_seq": source.source_seq,
        "record_count": source.record_count,
        "outcome": outcome.decision.value,
        "reasons": sorted(outcome.reasons),
        "subject_id": outcome.subject_id if shared else None,
        "events": _events(outcome),
        "sealed_facts": len(outcome.sealed_facts),
        "problems": _problems(outcome),
    }
    return Message(topics.out(source.agency.value), source.submission_id.encode(), schemas.encode("Receipt", record))


def _events(outcome: Outcome) -> list[Record]:
    """What was shared, each once; of very many not all, for what is said must not hang on the length of the receipt."""
    told = {event.head.event_id: event.type for event in outcome.events}
    return [{"event_type": type_, "event_id": event_id} for event_id, type_ in islice(told.items(), _MOST_EVENTS_TOLD)]


def quarantined(source: Source, outcome: Outcome, received: Received, schemas: Schemas, sealer: BatchSealer) -> Message:
    """Keep a refused record for its agency: the whole frame as it came, sealed again, because not every one opens."""
    kept = received.value if len(received.value) <= _KEPT_BYTES else b""
    reference = f"{source.submission_id}:{source.source_seq}"
    record = {
        "submission_id": source.submission_id,
        "source_seq": source.source_seq,
        "agency": source.agency.value,
        "problems": _problems(outcome),
        "unreadable_missing_report": outcome.unreadable_missing_report,
        "recorded_at": received.at,
        "sealed": sealed_record(sealer.seal(kept, QUARANTINE_PURPOSE, reference)),
    }
    return Message(topics.QUARANTINE, source.submission_id.encode(), schemas.encode("Quarantined", record))


def _problems(outcome: Outcome) -> list[Record]:
    return [
        {
            "table": problem.table,
            "row": problem.row,
            "column": problem.column,
            "reason": problem.reason.value,
            "missing_report": problem.missing_report,
        }
        for problem in outcome.problems
    ]
