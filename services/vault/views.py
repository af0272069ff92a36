"""What people are told of a decision; nothing of a location, nor how many there are."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.core.denials import Reason as GateReason
from services.core.rights import Action, Person, reach
from services.vault.decisions import Act, Decision, Kind, Stage, is_over
from services.vault.judging import Reason

REFUSED = {"error": "There is nothing here that you may do or see."}
"""The one answer to whoever has no right, whatever the reason (design 6.5)."""

_HINTS: dict[str, str] = {
    GateReason.SECOND_PERSON_AWAITED: "A second person is asked. If nobody answers in time it opens for you alone.",
    GateReason.COORDINATOR_NOT_PAGED: "The coordinator is being told. Try again in a moment.",
    GateReason.NOT_APPROVED_TWICE: "Two people must approve it first, with `lantern location approve`.",
    Reason.BEHIND: "The vault has not read everything that was said yet. Try again in a moment.",
}
"""The reasons that whoever asked may know: they say nothing of the child or the adult."""

_STANDS = {
    Act.WITHDRAW: "withdrawn",
    Act.OBJECT: "ended by a colleague who objected",
    Act.CLOSE: "closed",
    Act.VOID: "void: something that it was about has changed",
    Act.LAPSE: "lapsed",
}
_OVER = "over"
_NOTHING_HELD = "void: the hub holds no location of this child; ask the agencies' duty desks"


class DecisionView(BaseModel):
    """A decision as whoever asked for it, or may answer for it, sees it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision_id: str
    kind: str
    purpose: str
    subject: str
    enquirer: str | None
    asked_at: datetime
    answer_due_at: datetime | None
    lapses_at: datetime
    stands: str
    is_own: bool
    is_open: bool
    can_look: bool
    can_second: bool
    can_review: bool
    assessment: str | None = None


def may_see(decision: Decision, person: Person) -> bool:
    """Whoever asked sees their own; whoever may answer for a colleague's sees what waits for an answer."""
    return decision.asked.by == person.handle or reach(person, Action.APPROVE_LOCATION) is not None


def decision_view(decision: Decision, person: Person, now: datetime, assessment: str | None = None) -> DecisionView:
    """The decision as this person sees it at `now`."""
    asked, own = decision.asked, decision.asked.by == person.handle
    protective, over = asked.kind is Kind.PROTECTIVE_ACCESS, is_over(decision, now)
    return DecisionView(
        decision_id=asked.decision_id,
        kind=asked.kind,
        purpose=asked.purpose.replace("_", " "),
        subject=asked.subject,
        enquirer=asked.enquirer,
        asked_at=asked.at,
        answer_due_at=asked.answer_due_at if protective else None,
        lapses_at=decision.lease_until or asked.lapses_at,
        stands=_stands(decision, now, own=own),
        is_own=own,
        is_open=decision.stage is Stage.OPEN and not over,
        can_look=own and not over,
        can_review=decision.to_review and not own and reach(person, Action.REVIEW_ACCESS) is not None,
        can_second=protective and not own and not over and decision.seconded_by is None,
        assessment=assessment,
    )


def hint(reasons: frozenset[str]) -> str | None:
    """What whoever asked may be told of a denial: nothing, if any of its reasons says something of the child.

    Whether a location is held makes no difference to what is told before it would be opened.
    """
    reasons -= {GateReason.NOTHING_HELD}
    known = [_HINTS[reason] for reason in sorted(reasons) if reason in _HINTS]
    return " ".join(known) if known and len(known) == len(reasons) else None


def _stands(decision: Decision, now: datetime, *, own: bool) -> str:
    """How an ending came about is for whoever asked: that a decision is void may tell that the child has moved."""
    if is_over(decision, now):
        return _ending(decision) if own else _OVER
    if decision.stage is Stage.OPEN:
        return "open"
    return "seconded" if decision.seconded_by else "waits to be opened"


def _ending(decision: Decision) -> str:
    if decision.ended_for == {GateReason.NOTHING_HELD}:
        return _NOTHING_HELD
    return _STANDS[decision.ended_by or Act.LAPSE]
