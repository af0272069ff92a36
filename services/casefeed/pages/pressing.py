"""Which alerts stand before which where people answer them, and a page of them behind a place."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.casefeed.oncall import Alert
from services.core.codes import Sector
from services.core.oncall.alerts import Severity, State
from services.core.oncall.calls import Status

PAGE = 50


class Place(NamedTuple):
    """Where an alert stands among others; the most pressing has the least.

    Who is missing comes before who is found, what awaits the reader's own agency before the rest, then the gravest,
    then the longest open.
    """

    is_over: bool
    is_not_awaited: bool
    severity: int
    opened_at: datetime
    alert_id: str

    def __str__(self) -> str:
        at = self.opened_at.isoformat()
        return f"{self.is_over:d},{self.is_not_awaited:d},{self.severity},{at},{self.alert_id}"


def place_of(sector: Sector, alert: Alert) -> Place:
    awaited = any(call.agency is sector and call.status is Status.OWED for call in alert.calls)
    severity = list(Severity).index(alert.severity)
    return Place(alert.state != State.OPEN, not awaited, severity, alert.opened_at, alert.alert_id)


def read_place(text: str) -> Place | None:
    """The place that was spelt so in an address; None for anything else."""
    try:
        is_over, is_not_awaited, severity, opened_at, alert_id = text.split(",")
        at = datetime.fromisoformat(opened_at)
        place = Place(bool(int(is_over)), bool(int(is_not_awaited)), int(severity), at, alert_id)
    except ValueError:
        return None
    return place if at.tzinfo and alert_id.isalnum() else None


def page_behind(alerts: Iterable[Alert], sector: Sector, after: Place | None) -> tuple[Sequence[Alert], Place | None]:
    """The alerts behind a place, and the place of the last of them where more follow; of nothing behind, the last page.

    Nothing is passed over where one before it is answered meanwhile, as it would be by counting.
    """
    placed = {place_of(sector, alert): alert for alert in alerts}
    places = sorted(placed)
    begin = bisect_right(places, after) if after else 0
    if begin == len(places):
        begin = max(begin - PAGE, 0)
    shown = places[begin : begin + PAGE]
    more = begin + PAGE < len(places)
    return [placed[place] for place in shown], shown[-1] if more else None
