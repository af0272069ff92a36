"""Until when a child's missing and threat alerts are open, which let a duty officer in (¶5.65, 5.73-5.75)."""

from datetime import datetime, timedelta

from services.core.endings import ends
from services.core.facts import ChildFound, ChildMissing, PlacementThreatSeen, ReportWithdrawn
from services.core.oncall.judging import takes_back
from services.core.responsible import FOREVER, claimants
from services.core.sayings import OfChild

THREAT_STAYS_OPEN = timedelta(days=7)
"""Nothing ends a threat; a week after it was known, whoever still needs the location is a worker on the case."""


def alerts_until(said: OfChild, now: datetime) -> datetime | None:
    """When the last open alert ends: never while an episode is open; None when no alert is open.

    What does not end an alert on call shuts no door here: those who search for the child need it until then (¶5.74).
    """
    if _is_missing(said):
        return FOREVER
    lapses = [word.since + THREAT_STAYS_OPEN for word in said(PlacementThreatSeen)]
    return max((end for end in lapses if now < end), default=None)


def _is_missing(said: OfChild) -> bool:
    authorities, found, withdrawn = claimants(said), tuple(said(ChildFound)), tuple(said(ReportWithdrawn))
    return any(
        not any(ends(word, missing, authorities) for word in found)
        and not any(takes_back(word.event.head, missing.event.head) for word in withdrawn)
        for missing in said(ChildMissing)
    )
