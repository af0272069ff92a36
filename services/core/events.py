"""An event: a head (who said it, when, of whom), what is claimed about the child, and one coded fact."""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.core.claims import Subject
from services.core.codes import Precision, Role, Sector
from services.core.facts import Fact
from services.core.ids import EventId, FactId, OrgHandle, SubjectId


class NotUtc(ValueError):
    """A time in the hub is aware and in UTC."""


@dataclass(frozen=True, slots=True)
class Head:
    """Who said it, when it happened, when it was recorded and received (UTC, microseconds).

    `occurred_at` is None when nobody said when (precision unknown); with precision day it is midnight UTC of that day.

    Raises:
        NotUtc: a time is naive or in another zone.
    """

    event_id: EventId
    fact_id: FactId
    subject_id: SubjectId
    sector: Sector
    org: OrgHandle
    role: Role
    occurred_at: datetime | None
    precision: Precision
    recorded_at: datetime
    received_at: datetime
    caused_by: EventId | None = None
    in_answer_to: EventId | None = None
    supersedes: EventId | None = None
    subject_key: str | None = None

    def __post_init__(self) -> None:
        for moment in (self.occurred_at, self.recorded_at, self.received_at):
            if moment is not None and moment.tzinfo is not UTC:
                raise NotUtc


@dataclass(frozen=True, slots=True)
class Event:
    """One thing said of one child."""

    head: Head
    subject: Subject
    fact: Fact

    @property
    def type(self) -> str:
        """The event type's name, as in its schema: "ChildMissing"."""
        return type(self.fact).__name__
