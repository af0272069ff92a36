"""That a decision was sent, kept in the address of the page it leads to: nobody but this session can have made it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from services.casefeed.links import LinkDetail
from services.core.matching.components import Verdict
from services.core.matching.groups import Pair
from services.runtime.signin.doorkeeper import SignedIn

SOON = timedelta(minutes=1)
"""Within this time an agency has said what it was sent, unless it refused it or does not work."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to a person's agency, and when they decided it (UTC)."""

    verdict: Verdict
    at: datetime

    def query(self, pair: Pair, who: SignedIn) -> str:
        """The address's query that says so."""
        return urlencode({"sent": self.verdict.value, "at": self.at.isoformat(), "by": self._mark(pair, who)})

    def is_heard(self, detail: LinkDetail) -> bool:
        """Whether the agency has said it."""
        return any((one.verdict, one.at) == (self.verdict, self.at) for one in detail.said)

    def is_late(self, now: datetime) -> bool:
        return now - self.at > SOON

    def is_of(self, pair: Pair, who: SignedIn, mark: str) -> bool:
        """Whether this session sent it."""
        return hmac.compare_digest(mark.encode(), self._mark(pair, who).encode())

    def _mark(self, pair: Pair, who: SignedIn) -> str:
        said = " ".join((*pair, self.verdict, self.at.isoformat()))
        return hmac.digest((who.csrf or "").encode(), said.encode(), "sha256").hex()


def sent_in(asked: Mapping[str, str], pair: Pair, who: SignedIn) -> Sent | None:
    """What an address says was sent; None for one that says nothing, or that this session did not make."""
    try:
        sent = Sent(Verdict(asked.get("sent", "")), datetime.fromisoformat(asked.get("at", "")).astimezone(UTC))
    except (ValueError, OverflowError):
        return None
    return sent if who.csrf and sent.is_of(pair, who, asked.get("by", "")) else None
