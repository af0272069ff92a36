"""When an agency is paged about an alert, and whom: a chain copied when the alert opens, until the agency answers.

Where the alert becomes graver, the chain of its severity takes the place of that which was copied.

A round begins when the alert opens, when the next check that somebody promised lapses, or when an episode opens again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.codes import Sector
from services.core.errors import BrokenRule
from services.core.oncall.alerts import Severity


class Status(StrEnum):
    """Whether an agency has answered."""

    OWED = "owed"
    ANSWERED = "answered"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Step:
    """So long after a round began, who stands at this level is paged: 0 is on duty, the others stand behind."""

    after: timedelta
    level: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps of a round; after the last one they come again, one every `repeat`, until somebody answers."""

    steps: tuple[Step, ...]
    repeat: timedelta


@dataclass(frozen=True, slots=True)
class Call:
    """What one agency owes an alert; `step` counts the pages of this round, `next_at` is when the next one is due."""

    agency: Sector
    status: Status
    chain: Chain
    round: int
    began_at: datetime
    step: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Paging:
    """One page that is due: its place in the plan, and who is paged."""

    round: int
    step: int
    level: int
    due_at: datetime


def _chain(minutes: int) -> Chain:
    steps = tuple(Step(timedelta(minutes=minutes * level), level) for level in range(3))
    return Chain(steps, timedelta(minutes=minutes * 2))


CHAINS = {Severity.CRITICAL: _chain(5), Severity.HIGH: _chain(10), Severity.STANDARD: _chain(15)}
LONGEST_CHECK = {
    Severity.CRITICAL: timedelta(hours=1),
    Severity.HIGH: timedelta(hours=4),
    Severity.STANDARD: timedelta(hours=12),
}
"""By when whoever answers must look again, at the latest."""

DEBRIEF_WITHIN = timedelta(hours=72)
"""A child who was found is heard within this time (¶5.46-5.49, 5.78 and the guidance that it names)."""


def opened(agency: Sector, severity: Severity, now: datetime) -> Call:
    """The call of an agency whose first page is due now."""
    return Call(agency, Status.OWED, CHAINS[severity], 1, now, 0, now)


def reopened(call: Call, severity: Severity, now: datetime) -> Call:
    """A new round, from now on, as fast as this severity asks."""
    return again(replace(call, chain=CHAINS[severity]), now)


def hastened(call: Call, severity: Severity, now: datetime) -> Call:
    """The call of an alert that is graver now: what would have been due by its own chain is due at once."""
    faster = replace(call, chain=CHAINS[severity])
    if call.chain.repeat <= faster.chain.repeat:
        return call
    if call.status is not Status.OWED or call.next_at is None:
        return faster
    return replace(faster, next_at=min(call.next_at, max(now, due_of(faster, call.step))))


def again(call: Call, now: datetime) -> Call:
    """A new round, from now on."""
    return replace(call, status=Status.OWED, round=call.round + 1, began_at=now, step=0, next_at=now)


def paged(call: Call, now: datetime, *, somebody_answered: bool) -> tuple[Call, Paging]:
    """The page that is due, and the call after it.

    Once any agency has answered, nobody above the duty person of the others is called; they are, until they answer.

    Raises:
        BrokenRule: nothing is due.
    """
    due_at = call.next_at
    if due_at is None or due_at > now:
        raise BrokenRule
    if call.status is Status.ANSWERED:
        call = again(call, due_at)
    level = 0 if somebody_answered else call.chain.steps[call.step % len(call.chain.steps)].level
    paging = Paging(call.round, call.step, level, due_at)
    return _next(call, now), paging


def answered(call: Call, next_check_at: datetime) -> Call:
    """The call of an agency that looks again by then, or is paged again."""
    return replace(call, status=Status.ANSWERED, next_at=next_check_at)


def over(call: Call) -> Call:
    """The call of an alert that has ended."""
    return replace(call, status=Status.OVER, next_at=None)


def due_of(call: Call, step: int) -> datetime:
    """When a step of the round that is under way is planned."""
    steps = call.chain.steps
    if step < len(steps):
        return call.began_at + steps[step].after
    return call.began_at + steps[-1].after + call.chain.repeat * (step - len(steps) + 1)


def _next(call: Call, now: datetime) -> Call:
    """Every step of the chain is made up for, however late; of repetitions that were slept through, none."""
    step = call.step + 1
    behind = now - due_of(call, len(call.chain.steps) - 1)
    if step >= len(call.chain.steps) and behind > timedelta():
        step = max(step, len(call.chain.steps) + behind // call.chain.repeat)
    return replace(call, step=step, next_at=due_of(call, step))
