"""Reads what is owed: decisions that are awaited on referrals (¶4.5, 5.15), the soonest due first."""

from typing import LiteralString

from services.casefeed.reading import summary
from services.casefeed.sight import SEEN, Sight
from services.casefeed.views import CaseSummary
from services.runtime.database import Connection

_DUE: LiteralString = f"""
    SELECT case_id, subjects, known_at, state, last_at FROM cases
    CROSS JOIN LATERAL (
        SELECT array_agg(subject_id ORDER BY subject_id) AS subjects FROM assignments AS held
        WHERE held.case_id = cases.case_id AND NOT EXISTS (
            SELECT FROM assignments AS newer
            WHERE newer.subject_id = held.subject_id AND newer.version > held.version)) AS records
    WHERE subjects IS NOT NULL AND {SEEN} AND (state ->> 'decision_awaited')::bool
    ORDER BY (state ->> 'decision_due_at')::timestamptz NULLS FIRST, case_id LIMIT %(at_most)s OFFSET %(skip)s"""  # noqa: S608 - written here and in sight.py


async def list_due(connection: Connection, sight: Sight, skip: int, at_most: int) -> list[CaseSummary]:
    """The cases in sight in which a decision is awaited; those whose referral nobody dated first."""
    found = await connection.execute(_DUE, {**sight.asked, "skip": skip, "at_most": at_most}, binary=True)
    return [summary(row) for row in await found.fetchall()]
