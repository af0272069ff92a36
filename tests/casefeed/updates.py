"""Case updates as the correlator writes them, about plainly synthetic children."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from services.core.case import fold
from services.core.claims import Name, Subject
from services.core.codes import ClaimStatus, NameKind
from services.core.events import Event, Head
from services.core.facts import Fact
from services.core.timeline import Entry
from services.wire.avro import Record, Schemas, load_schemas
from services.wire.records import state_record, to_record
from tests.builders import START, an_id, day, entry

HOME = Path(__file__).resolve().parents[2]


def schemas() -> Schemas:
    return load_schemas(HOME)


def each_said(fact: Fact, children: Iterable[int]) -> list["Update"]:
    """An update of one event a child, each in a case of their own."""
    return [
        Update(child, subjects=[(child, 1)], new=[entry(fact, event=0xD000 + child, subject=child, occurred_at=day(1))])
        for child in children
    ]


def claims_of(entry: Entry) -> Subject:
    return Subject(names=(Name(f"Given{int(entry.subject_id, 16)} Family", NameKind.FULL, ClaimStatus.CLAIMED),))


def event_of(entry: Entry) -> Event:
    head = Head(
        event_id=entry.event_id,
        fact_id=entry.fact_id,
        subject_id=entry.subject_id,
        sector=entry.sector,
        org=entry.org,
        role=entry.role,
        occurred_at=entry.occurred_at,
        precision=entry.precision,
        recorded_at=entry.recorded_at,
        received_at=entry.recorded_at,
    )
    return Event(head, claims_of(entry), entry.fact)


def framed(known: Schemas, entry: Entry) -> bytes:
    event = event_of(entry)
    return known.encode(event.type, to_record(event))


@dataclass(frozen=True)
class Update:
    """A case update in the making; times of knowing are those of its entries."""

    case: int = 1
    version: int = 1
    known_at: datetime = START
    subjects: Sequence[tuple[int, int]] = ()
    timeline: Sequence[Entry] = ()
    new: Sequence[Entry] = ()
    said_again: Sequence[tuple[int, datetime]] = ()

    def frame(self, known: Schemas) -> bytes:
        return known.encode("CaseUpdated", self.record(known))

    def record(self, known: Schemas) -> Record:
        return {
            "case_id": an_id(self.case),
            "version": self.version,
            "known_at": self.known_at,
            "subjects": [
                {"subject_id": an_id(subject), "assignment_version": version, "known_at": self.known_at}
                for subject, version in self.subjects
            ],
            "state": state_record(fold([*self.timeline, *self.new])),
            "entries": [{"event": framed(known, entry), "known_at": entry.known_at} for entry in self.new],
            "said_again": [
                {"event_id": an_id(event), "recorded_at": recorded_at, "known_at": self.known_at}
                for event, recorded_at in self.said_again
            ],
        }


def known_at(entry: Entry, moment: datetime) -> Entry:
    return replace(entry, known_at=moment)
