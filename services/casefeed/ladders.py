"""How far an adult has come with one child, as the case feed knows it; the vault judges by itself, by signed facts."""

from collections.abc import Iterable
from datetime import datetime

from services.casefeed.views import View
from services.core.denials import Reason
from services.core.ids import CaseId, EventId, SubjectId
from services.core.known import Knowledge, Known
from services.core.ladder import Rung, climb


class RungView(View):
    """One rung, and what it lacks; nothing when it stands."""

    rung: Rung
    stands: bool
    lacks: list[Reason]


class LadderView(View):
    """An adult's ladder in one case; `assessment` is the risk assessment that approvals must name."""

    case_id: CaseId
    rungs: list[RungView]
    missing_next: Rung | None
    assessment: EventId | None
    adverse: int


def ladder_view(  # noqa: PLR0913, PLR0917 - whose child, what is said of which records, and when
    case_id: CaseId,
    subjects: Iterable[SubjectId],
    said: Iterable[Known],
    enquirer: str,
    now: datetime,
    joined_at: datetime | None = None,
) -> LadderView:
    """The ladder from everything that was said of the child's records, and of the adult under any child.

    `joined_at` is when the last of the records became one with the others (UTC).
    """
    known = Knowledge(tuple(said), frozenset(subjects), frozenset(), whole=True, joined_at=joined_at)
    ladder = climb(known, enquirer, now)
    return LadderView(
        case_id=case_id,
        rungs=[
            RungView(rung=rung, stands=standing.stands, lacks=sorted(standing.lacks))
            for rung, standing in ladder.rungs.items()
        ],
        missing_next=ladder.missing_next,
        assessment=ladder.assessment,
        adverse=len(ladder.adverse),
    )
