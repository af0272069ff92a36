"""The life of a decision on a location: asked, seconded, opened for one person for minutes, shown, over. Pure.

A decision is never of a child or an address: it binds a set of records and the versions of what is sealed of them.
Its state is the fold of its steps; `decide` gives the next step, or the reason why there is none. Nothing is shown
without an Allow judged at that very moment (design 6.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from services.core.codes import Purpose
from services.core.gates import ACCESS_LASTS, ANSWER_WITHIN, Child
from services.core.ids import SubjectId

LEASE = timedelta(minutes=5)
"""How long one person may look, once they have opened it."""


class Kind(StrEnum):
    """Which of the two gates a decision goes through."""

    ENQUIRER_RELEASE = "enquirer_release"
    PROTECTIVE_ACCESS = "protective_access"


LASTS = {Kind.ENQUIRER_RELEASE: timedelta(days=7), Kind.PROTECTIVE_ACCESS: ACCESS_LASTS}
"""How long a decision may wait to be opened."""


class Act(StrEnum):
    """What somebody does, or what time and facts do, to a decision."""

    SECOND = "second"
    OBJECT = "object"
    WITHDRAW = "withdraw"
    OPEN = "open"
    SHOW = "show"
    CLOSE = "close"
    REVIEW = "review"
    VOID = "void"
    LAPSE = "lapse"


ENDS = frozenset(Act) - {Act.SECOND, Act.OPEN, Act.SHOW, Act.REVIEW}
"""What ends a decision for good."""


class Stage(StrEnum):
    """Where a decision stands."""

    ASKED = "asked"
    OPEN = "open"
    OVER = "over"


class Refusal(StrEnum):
    """Why an act came to nothing; for the audit alone, because people are all answered alike (design 6.5)."""

    UNKNOWN = "unknown"
    OVER = "over"
    NOT_THEIRS = "not_theirs"
    SAME_PERSON = "same_person"
    NEEDS_NO_SECOND = "needs_no_second"
    ANSWERED_ALREADY = "answered_already"
    NOT_ATTESTED = "not_attested"
    NOT_OPEN = "not_open"
    NOT_TO_REVIEW = "not_to_review"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; it never changes: what it names changes, and that voids it.

    `by` is a person's handle; `subject` is the record that they asked about, `child` all that it was one with then.
    """

    decision_id: str
    kind: Kind
    purpose: Purpose
    by: str
    at: datetime
    subject: SubjectId
    child: Child
    enquirer: str | None = None

    @property
    def lapses_at(self) -> datetime:
        return self.at + LASTS[self.kind]

    @property
    def answer_due_at(self) -> datetime:
        """When a protective access may open alone."""
        return self.at + ANSWER_WITHIN


@dataclass(frozen=True, slots=True)
class Allowed:
    """The gate allows, until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Denied:
    """The gate denies; `voids` says that what the decision was about is no more: it will never open."""

    reasons: frozenset[str]
    voids: bool = False


Judgement = Allowed | Denied


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a person, by their handle, tries to do at a time (UTC).

    `attested`: they have said that no enquirer can see their screen.
    """

    act: Act
    by: str
    at: datetime
    attested: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a decision; `until` is the lease's end, `reasons` are codes."""

    act: Act
    at: datetime
    by: str | None = None
    until: datetime | None = None
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as its steps have made it."""

    asked: Asked
    stage: Stage = Stage.ASKED
    seconded_by: str | None = None
    lease_until: datetime | None = None
    times_shown: int = 0
    ended_by: Act | None = None
    ended_for: frozenset[str] = frozenset()
    reviewed_by: str | None = None

    @property
    def opened_alone(self) -> bool:
        """Whether a protective access opened although nobody had answered: it is reviewed the next day."""
        alone = self.asked.kind is Kind.PROTECTIVE_ACCESS and self.seconded_by is None
        return alone and self.lease_until is not None

    @property
    def to_review(self) -> bool:
        """Whether a coordinator must still look into what opened alone."""
        return self.opened_alone and self.reviewed_by is None


def after(asked: Asked, steps: Iterable[Step]) -> Decision:
    """Fold a decision's steps, in their order."""
    return reduce(then, steps, Decision(asked))


def decide(decision: Decision, tried: Attempt, judgement: Judgement) -> Step | Refusal:
    """The step that an attempt makes under a judgement of the same moment.

    A step that ends the decision may stand in the place of the one that was tried.
    """
    if tried.act is Act.REVIEW:
        return _reviewed(decision, tried)
    if decision.stage is Stage.OVER:
        return Refusal.OVER
    lapsed = tried.at >= _lapses_at(decision)
    return Step(Act.LAPSE, tried.at) if lapsed else _done(decision, tried, judgement)


def _done(decision: Decision, tried: Attempt, judgement: Judgement) -> Step | Refusal:
    match tried.act:
        case Act.SECOND | Act.OBJECT:
            return _answered(decision, tried)
        case Act.OPEN | Act.SHOW if tried.by == decision.asked.by:
            return _looked_at(decision, tried, judgement)
        case Act.WITHDRAW | Act.CLOSE if tried.by == decision.asked.by:
            return Step(tried.act, tried.at, tried.by)
        case _:
            return Refusal.NOT_THEIRS


def is_over(decision: Decision, now: datetime) -> bool:
    """Whether nothing can come of it any more."""
    return decision.stage is Stage.OVER or now >= _lapses_at(decision)


def _lapses_at(decision: Decision) -> datetime:
    return decision.lease_until or decision.asked.lapses_at


def _reviewed(decision: Decision, tried: Attempt) -> Step | Refusal:
    """Another person's word that they looked into what opened alone; it may come long after everything is over."""
    if tried.by == decision.asked.by:
        return Refusal.SAME_PERSON
    return Step(Act.REVIEW, tried.at, tried.by) if decision.to_review else Refusal.NOT_TO_REVIEW


def _answered(decision: Decision, tried: Attempt) -> Step | Refusal:
    """A second person's yes or no to a protective access; two names of one person are one handle."""
    if decision.asked.kind is not Kind.PROTECTIVE_ACCESS:
        return Refusal.NEEDS_NO_SECOND
    if tried.by == decision.asked.by:
        return Refusal.SAME_PERSON
    if tried.act is Act.SECOND and (decision.seconded_by is not None or decision.stage is not Stage.ASKED):
        return Refusal.ANSWERED_ALREADY
    return Step(tried.act, tried.at, tried.by)


def _looked_at(decision: Decision, tried: Attempt, judgement: Judgement) -> Step | Refusal:
    if tried.act is Act.SHOW and decision.stage is not Stage.OPEN:
        return Refusal.NOT_OPEN
    if isinstance(judgement, Denied):
        return Step(Act.VOID, tried.at, reasons=judgement.reasons) if judgement.voids else Refusal.DENIED
    if tried.at >= judgement.until:
        return Refusal.DENIED
    return Step(Act.SHOW, tried.at, tried.by) if tried.act is Act.SHOW else _opened(decision, tried, judgement)


def _opened(decision: Decision, tried: Attempt, allowed: Allowed) -> Step | Refusal:
    if decision.stage is Stage.OPEN:
        return Refusal.ANSWERED_ALREADY
    if not tried.attested:
        return Refusal.NOT_ATTESTED
    return Step(Act.OPEN, tried.at, tried.by, until=min(tried.at + LEASE, allowed.until))


def then(decision: Decision, step: Step) -> Decision:
    """The decision once this step was taken."""
    match step.act:
        case Act.SECOND:
            return replace(decision, seconded_by=step.by)
        case Act.OPEN:
            return replace(decision, stage=Stage.OPEN, lease_until=step.until)
        case Act.SHOW:
            return replace(decision, times_shown=decision.times_shown + 1)
        case Act.REVIEW:
            return replace(decision, reviewed_by=step.by)
        case _:
            return replace(decision, stage=Stage.OVER, ended_by=step.act, ended_for=step.reasons)
