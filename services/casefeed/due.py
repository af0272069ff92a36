"""Reads what is owed: decisions that are awaited on referrals (¶4.5, 5.15), the soonest due first."""

from datetime import datetime
from typing import LiteralString, NamedTuple

from services.casefeed.reading import summary
from services.casefeed.sight import SEEN, Sight
from services.casefeed.views import CaseSummary
from services.core.ids import CaseId, MalformedId, well_formed
from services.runtime.database import Connection

_UNDATED = "-infinity"
_BY: LiteralString = "coalesce((state ->> 'decision_due_at')::timestamptz, '-infinity')"
_DUE: LiteralString = f"""
    SELECT case_id, subjects, known_at, state, last_at FROM cases
    CROSS JOIN LATERAL (
        SELECT array_agg(subject_id ORDER BY subject_id) AS subjects FROM assignments AS held
        WHERE held.case_id = cases.case_id AND NOT EXISTS (
            SELECT FROM assignments AS newer
            WHERE newer.subject_id = held.subject_id AND newer.version > held.version)) AS records
    WHERE subjects IS NOT NULL AND {SEEN} AND (state ->> 'decision_awaited')::bool
      AND (%(due)s::timestamptz IS NULL OR ({_BY}, case_id) > (%(due)s::timestamptz, %(case_id)s::bytea))
    ORDER BY {_BY}, case_id LIMIT %(at_most)s"""  # noqa: S608 - written here and in sight.py


class Place(NamedTuple):
    """Where a case stands among those in which a decision is awaited; `due` is a time, or before all times."""

    due: str
    case_id: CaseId

    def __str__(self) -> str:
        return f"{self.due},{self.case_id}"


def place_of(case: CaseSummary) -> Place:
    due = case.state.decision_due_at
    return Place(due.isoformat() if due else _UNDATED, case.case_id)


def read_place(text: str) -> Place | None:
    """The place that was spelt so in an address; None for anything else."""
    due, _, case_id = text.partition(",")
    try:
        if due != _UNDATED and datetime.fromisoformat(due).tzinfo is None:
            return None
        return Place(due, CaseId(well_formed(case_id)))
    except (ValueError, MalformedId):
        return None


async def list_due(connection: Connection, sight: Sight, after: Place | None, at_most: int) -> list[CaseSummary]:
    """The cases in sight in which a decision is awaited, behind a place; those whose referral nobody dated first."""
    behind = {"due": after.due, "case_id": bytes.fromhex(after.case_id)} if after else {"due": None, "case_id": None}
    found = await connection.execute(_DUE, {**sight.asked, **behind, "at_most": at_most}, binary=True)
    return [summary(row) for row in await found.fetchall()]
