"""Until when a child's missing and threat alerts are open, which let a duty officer in (¶5.65, 5.73-5.75)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.core.case import fold
from services.core.facts import ChildFound, ChildMissing, PlacementThreatSeen
from services.core.known import Word
from services.core.sayings import OfChild
from services.core.timeline import Entry

THREAT_STAYS_OPEN = timedelta(days=7)
"""Nothing ends a threat; a week after it was known, whoever still needs the location is a worker on the case."""

OPEN_END = datetime.max.replace(tzinfo=UTC)


def alerts_until(said: OfChild, now: datetime) -> datetime | None:
    """When the last open alert ends: never while an episode is open; None when no alert is open."""
    if fold(map(_entry, said(ChildMissing, ChildFound))).open_episodes:
        return OPEN_END
    ends = [word.since + THREAT_STAYS_OPEN for word in said(PlacementThreatSeen)]
    return max((end for end in ends if now < end), default=None)


def _entry(word: Word[Any]) -> Entry:
    head = word.event.head
    return Entry(
        event_id=head.event_id,
        fact_id=head.fact_id,
        subject_id=head.subject_id,
        sector=head.sector,
        role=head.role,
        occurred_at=head.occurred_at,
        precision=head.precision,
        recorded_at=head.recorded_at,
        known_at=word.since,
        fact=word.fact,
    )
