"""What coordinators are shown of patterns: cases around which the same adult seems to stand, and in which way."""

from typing import LiteralString

from services.casefeed.sight import Sight
from services.casefeed.views import View
from services.core.ids import CaseId
from services.core.radar import PatternKind
from services.runtime.database import Connection

_PATTERNS: LiteralString = """
    SELECT pattern_id, kind, array_agg(DISTINCT case_id ORDER BY case_id) AS cases
    FROM patterns CROSS JOIN LATERAL (
        SELECT coalesce((
            SELECT assignments.case_id FROM assignments
            WHERE assignments.subject_id = record ORDER BY version DESC LIMIT 1), record) AS case_id
        FROM unnest(subjects) AS record) AS held
    GROUP BY pattern_id, kind HAVING count(DISTINCT case_id) > 1
    ORDER BY count(DISTINCT case_id) DESC, pattern_id LIMIT %(at_most)s OFFSET %(skip)s"""


class PatternView(View):
    """One adult around several children; who it is, and by what it was found, is nowhere but in the vault."""

    pattern_id: str
    kind: PatternKind
    cases: list[CaseId]


class PatternList(View):
    """A page of patterns, the widest first."""

    patterns: list[PatternView]


async def list_patterns(connection: Connection, sight: Sight, skip: int, at_most: int) -> PatternList:
    """The patterns around several children, as the links now are; none for whoever does not see every case."""
    if not sight.every:
        return PatternList(patterns=[])
    found = await connection.execute(_PATTERNS, {"skip": skip, "at_most": at_most}, binary=True)
    return PatternList(
        patterns=[
            PatternView(pattern_id=name.hex(), kind=PatternKind(kind), cases=[CaseId(case.hex()) for case in cases])
            for name, kind, cases in await found.fetchall()
        ]
    )
