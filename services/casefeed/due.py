"""Reads what is owed: decisions that are awaited on referrals (¶4.5, 5.15), the soonest due first."""

from typing import LiteralString

from services.casefeed.reading import page_of, position
from services.casefeed.sight import SEEN, Sight
from services.casefeed.views import CaseList
from services.core.timeline import NEVER
from services.runtime.database import Connection

_DUE: LiteralString = f"""
    SELECT case_id, subjects, known_at, state, due_at FROM cases
    CROSS JOIN LATERAL (
        SELECT array_agg(subject_id ORDER BY subject_id) AS subjects FROM assignments AS held
        WHERE held.case_id = cases.case_id AND NOT EXISTS (
            SELECT FROM assignments AS newer
            WHERE newer.subject_id = held.subject_id AND newer.version > held.version)) AS records
    CROSS JOIN LATERAL (SELECT coalesce((state ->> 'decision_due_at')::timestamptz, %(never)s) AS due_at) AS dated
    WHERE subjects IS NOT NULL AND {SEEN} AND (state ->> 'decision_awaited')::bool
      AND (due_at, case_id) > (%(due)s, %(last_id)s)
    ORDER BY due_at, case_id LIMIT %(at_most)s"""  # noqa: S608 - written here and in sight.py


async def list_due(connection: Connection, sight: Sight, cursor: str | None, at_most: int) -> CaseList:
    """A page of the cases in sight in which a decision is awaited; those whose referral nobody dated first.

    Raises:
        BadCursor: `cursor` was not given out with an earlier page.
    """
    due, last_id = position(cursor) if cursor else (NEVER, b"")
    asked = {**sight.asked, "never": NEVER, "due": due, "last_id": last_id, "at_most": at_most + 1}
    return page_of(await (await connection.execute(_DUE, asked, binary=True)).fetchall(), at_most)
