"""What a board shows of each case beside its state: the names that were claimed, and what speaks for urgency."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.casefeed.oncall import Alert
from services.casefeed.reading import said_of_child
from services.casefeed.views import CaseSummary
from services.core.claims import Subject
from services.core.ids import SubjectId
from services.core.oncall.alerts import Severity
from services.core.timeline import Entry, superseded
from services.runtime.database import Connection
from services.wire.avro import Schemas

UNTOLD = len(Severity) + 1
"""How grave alerts are where on-call did not say: behind all that it says, so that nobody is passed over."""

_LATEST = 20
"""So many entries of a record are read for its name: a correction is seldom known much before what it corrects."""

Names = dict[SubjectId, tuple[str, ...]]


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
    names = await _names_in(connection, schemas, subjects, _LATEST)
    # Of these the latest entries claim no name: what is said of adults has none.
    unnamed = [subject for subject in subjects if subject.hex() not in names]
    names |= await _names_in(connection, schemas, unnamed, None)
    return [_card(case, names) for case in found]


async def _names_in(connection: Connection, schemas: Schemas, subjects: Sequence[bytes], at_most: int | None) -> Names:
    """What the latest entries of each record, so many or all, claim of the child last, without what was corrected."""
    if not subjects:
        return {}
    rows = await connection.execute(
        """SELECT frame, known_at, (
               SELECT max(recorded_at) FROM said_again AS again WHERE again.event_id = held.event_id)
           FROM unnest(%(subjects)b::bytea[]) AS record CROSS JOIN LATERAL (
               SELECT event_id, frame, known_at FROM entries
               WHERE subject_id = record ORDER BY known_at DESC LIMIT %(at_most)s) AS held
           ORDER BY known_at""",
        {"subjects": list(subjects), "at_most": at_most},
        binary=True,
    )
    said = [said_of_child(schemas, *row) for row in await rows.fetchall()]
    corrected = superseded(entry for entry, _ in said)
    return _named(one for one in said if one[0].event_id not in corrected)


def _named(said: Iterable[tuple[Entry, Subject]]) -> Names:
    """The names of each record; of several entries with names the last."""
    return {entry.subject_id: tuple(name.text for name in claims.names) for entry, claims in said if claims.names}


def _card(case: CaseSummary, names: Names) -> Card:
    return Card(case, tuple(dict.fromkeys(name for subject in case.subjects for name in names.get(subject, ()))))


def alerted(found: Iterable[Card], told: Sequence[Alert], *, by_alert: bool = True) -> list[Card]:
    """The cards with the alerts of their records, the most urgent first."""
    of_record: defaultdict[str | None, list[Alert]] = defaultdict(list)
    for alert in told:
        of_record[alert.subject_id].append(alert)
    cards = (
        replace(card, alerts=tuple(alert for record in card.case.subjects for alert in of_record[record]))
        for card in found
    )
    return sorted(cards, key=partial(urgency, by_alert=by_alert))


class Urgency(NamedTuple):
    """Where a child stands among others; the most urgent has the least.

    Missing before away; the gravest alert first; nobody knows since when before the longest missing.
    """

    is_away: bool
    gravest: int
    is_dated: bool
    since: str
    case_id: str

    def __str__(self) -> str:
        return f"{self.is_away:d},{self.gravest},{self.is_dated:d},{self.since},{self.case_id}"


def urgency(card: Card, *, by_alert: bool = True) -> Urgency:
    """Where a child stands; `by_alert`: whether how grave their alerts are counts."""
    since, severities = card.since, list(Severity)
    gravest = min((severities.index(alert.severity) for alert in card.alerts), default=len(severities))
    dated, away = since.isoformat() if since else "", card.case.state.status != "missing"
    return Urgency(away, gravest if by_alert else UNTOLD, since is not None, dated, card.case.case_id)


def read_urgency(text: str) -> Urgency | None:
    """What was spelt so in an address; None for anything else."""
    try:
        is_away, gravest, is_dated, since, case_id = text.split(",")
        return Urgency(bool(int(is_away)), int(gravest), bool(int(is_dated)), since, case_id)
    except ValueError:
        return None
