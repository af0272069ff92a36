"""What records of Kafka come to: what was said of whom, and which missing reports nobody could read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.core.codes import Sector
from services.core.errors import Unreadable, UnreadableBytes
from services.core.events import Event
from services.core.facts import (
    BorderEncounter,
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    ContingencyPlanFiled,
    DebriefHeld,
    HealthAttendance,
    IdentityChecked,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    PoliceContact,
    ReferralDecided,
    ReferralMade,
    RelationshipChecked,
    ReportWithdrawn,
    ReturnDecided,
    RiskAssessed,
    Section47Started,
    Sighting,
    VerificationRevoked,
)
from services.core.ids import CaseId, EventId, FactId, MalformedId, SubjectId, well_formed
from services.core.oncall.alert_ids import named
from services.wire.avro import Record, Schemas
from services.wire.entries import event_of
from services.wire.signing import SignedMessage, Verifier
from services.wire.submissions import NO_SUBMISSION

BEARS_ON_ALERTS = frozenset(
    kind.__name__
    for kind in (
        *(ChildMissing, Sighting, ChildFound, DebriefHeld, ReportWithdrawn),
        *(ContingencyPlanFiled, ReturnDecided),
        *(ReferralMade, ReferralDecided, Section47Started),
        *(ChildLookedAfter, PlacementStarted, PlacementEnded, PlacementThreatSeen),
        *(BorderEncounter, PoliceContact, HealthAttendance),
        *(IdentityChecked, RelationshipChecked, RiskAssessed, VerificationRevoked),
    )
)
"""The events that can open an alert, end it, make it graver or say whom it concerns."""

Where = tuple[UUID, int, int]
"""Where a record stands: the id of its topic, its partition, its offset."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event as it stood on its topic; `signed`: we verified ourselves that the processor of `sector` said it."""

    event_id: EventId
    sector: Sector
    subject_id: SubjectId
    type: str
    recorded_at: datetime
    known_at: datetime
    signed: bool
    frame: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which case a record belongs to; the highest version holds."""

    subject_id: SubjectId
    version: int
    case_id: CaseId


@dataclass(frozen=True, slots=True)
class UnreadableReport:
    """A report that a child is missing which nobody could read; all of an agency's submission have one `alert_id`."""

    alert_id: FactId
    agency: Sector | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Update:
    """What one case update says that bears on alerts."""

    case_id: CaseId
    said: tuple[Said, ...]
    again: tuple[tuple[EventId, datetime], ...]
    assigned: tuple[Assigned, ...]


def read_event(schemas: Schemas, verifier: Verifier, message: SignedMessage, known_at: datetime) -> Said:
    """Read an event of missing-children.v1; one whose signature does not hold is heard, and ends nothing.

    Raises:
        UnreadableBytes: it is no event.
    """
    try:
        event, signed = verifier.event(message, schemas), True
    except UnreadableBytes:
        event, signed = event_of(schemas, message.value), False
    return _said(event, known_at, message.value, signed=signed)


def read_update(schemas: Schemas, value: bytes) -> Update:
    """Read a case update.

    Raises:
        UnreadableBytes: it, or an event in it that bears on alerts, is not what its schema says.
    """
    _, update = schemas.decode(value, ("CaseUpdated",))
    try:
        return _update(schemas, update)
    except MalformedId:
        failure = UnreadableBytes(Unreadable.UNKNOWN_VALUE)
    raise failure


def read_quarantined(schemas: Schemas, value: bytes, where: Where, known_at: datetime) -> UnreadableReport | None:
    """The missing report that a refused record may be; None for one that is known to be none.

    Raises:
        UnreadableBytes: it is no record of the quarantine.
    """
    _, kept = schemas.decode(value, ("Quarantined",))
    if not kept["unreadable_missing_report"]:
        return None
    submission, agency = kept["submission_id"], kept["agency"]
    alert_id = _standing(where) if submission == NO_SUBMISSION else named("submission", submission, agency)
    return UnreadableReport(alert_id, _sector(agency), known_at)


def unreadable_event(where: Where, headers: Mapping[str, bytes | None], at: datetime) -> UnreadableReport:
    """What stands on missing-children.v1 or quarantine.v1 and cannot be read may say that a child is missing."""
    source = (headers.get("ce_source") or b"").decode("ascii", "replace").rpartition("/")[2]
    return UnreadableReport(_standing(where), _sector(source), at)


def _standing(where: Where) -> FactId:
    """A record that names nothing else is an alert of its own, by its place."""
    return named("place", *map(str, where))


def _sector(text: str) -> Sector | None:
    return next((sector for sector in Sector if sector.value == text), None)


def _update(schemas: Schemas, update: Record) -> Update:
    case_id = CaseId(well_formed(update["case_id"]))
    return Update(
        case_id,
        tuple(said for one in update["entries"] if (said := _entry(schemas, one)) is not None),
        tuple((EventId(well_formed(one["event_id"])), one["recorded_at"]) for one in update["said_again"]),
        tuple(
            Assigned(SubjectId(well_formed(one["subject_id"])), one["assignment_version"], case_id)
            for one in update["subjects"]
        ),
    )


def _entry(schemas: Schemas, one: Record) -> Said | None:
    if schemas.name_of(one["event"]) not in BEARS_ON_ALERTS:
        return None
    event = event_of(schemas, one["event"])
    return _said(event, one["known_at"], one["event"], signed=False)


def _said(event: Event, known_at: datetime, frame: bytes, *, signed: bool) -> Said:
    head = event.head
    said_by = head.event_id, head.sector, head.subject_id
    return Said(*said_by, event.type, head.recorded_at, known_at, signed, frame)
