"""One obvious way to make each thing that tests need; every value is plainly synthetic."""

from datetime import UTC, datetime, timedelta

from services.core.codes import Precision, Role, Sector
from services.core.facts import Fact
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.core.timeline import Entry

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """Midnight UTC, `number` days after the start of the tests' calendar."""
    return START + timedelta(days=number)


def an_id(number: int) -> str:
    """A well-formed identifier that is different for each number."""
    return f"{number:032x}"


ORG = OrgHandle(an_id(0xFFFF))
"""Who speaks, where a test does not say."""


def entry(
    fact: Fact,
    *,
    event: int = 1,
    of_fact: int | None = None,
    subject: int = 1,
    occurred_at: datetime | None = START,
    recorded_at: datetime = START,
    sector: Sector = Sector.POLICE,
    org: OrgHandle = ORG,
) -> Entry:
    """A timeline entry; by default each event is of a fact of its own."""
    return Entry(
        event_id=EventId(an_id(event)),
        fact_id=FactId(an_id(event if of_fact is None else of_fact)),
        subject_id=SubjectId(an_id(subject)),
        org=org,
        sector=sector,
        role=Role.UNVERIFIED,
        occurred_at=occurred_at,
        precision=Precision.UNKNOWN if occurred_at is None else Precision.DAY,
        recorded_at=recorded_at,
        known_at=recorded_at,
        fact=fact,
    )
