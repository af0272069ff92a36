"""What a board shows of each case beside its state: the names that were claimed, and what speaks for urgency."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.casefeed.oncall import Alert
from services.casefeed.reading import said_of_child
from services.casefeed.views import CaseSummary
from services.core.ids import SubjectId
from services.core.oncall.alerts import Severity
from services.runtime.database import Connection
from services.wire.avro import Schemas


@dataclass(frozen=True, slots=True)
class Card:
    """One case on a board; `names` as claimed, each once; `alerts` as on-call told them to who reads the board."""

    case: CaseSummary
    names: tuple[str, ...]
    alerts: tuple[Alert, ...] = ()

    @property
    def since(self) -> datetime | None:
        """Since when the child is missing; None when nobody said."""
        dated = [one.since for one in self.case.state.open_episodes if one.since is not None]
        return min(dated, default=None)


async def cards(connection: Connection, schemas: Schemas, found: Sequence[CaseSummary]) -> Sequence[Card]:
    """A card for each of these cases, which are in sight of whoever asks; in their order."""
    subjects = [bytes.fromhex(subject) for case in found for subject in case.subjects]
    rows = await connection.execute(
        """SELECT DISTINCT ON (subject_id) subject_id, frame, known_at FROM entries
           WHERE subject_id = ANY(%(subjects)b) ORDER BY subject_id, known_at DESC""",
        {"subjects": subjects},
        binary=True,
    )
    names: defaultdict[SubjectId, list[str]] = defaultdict(list)
    for subject, frame, known_at in await rows.fetchall():
        _, claims = said_of_child(schemas, frame, known_at, None)
        names[SubjectId(subject.hex())] += [name.text for name in claims.names]
    return [_card(case, names) for case in found]


def _card(case: CaseSummary, names: defaultdict[SubjectId, list[str]]) -> Card:
    return Card(case, tuple(dict.fromkeys(name for subject in case.subjects for name in names[subject])))


def alerted(found: Iterable[Card], told: Sequence[Alert]) -> list[Card]:
    """The cards with the alerts of their records, the most urgent first."""
    of_record: defaultdict[str | None, list[Alert]] = defaultdict(list)
    for alert in told:
        of_record[alert.subject_id].append(alert)
    cards = (
        replace(card, alerts=tuple(alert for record in card.case.subjects for alert in of_record[record]))
        for card in found
    )
    return sorted(cards, key=urgency)


def urgency(card: Card) -> tuple[bool, int, bool, str]:
    """Missing before away; the gravest alert first; nobody knows since when before the longest missing."""
    since, severities = card.since, list(Severity)
    gravest = min((severities.index(alert.severity) for alert in card.alerts), default=len(severities))
    return card.case.state.status != "missing", gravest, since is not None, since.isoformat() if since else ""
