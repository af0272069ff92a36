"""An alert as it stands, and what becomes of it and of the agencies' calls when more is known of the child."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.core.codes import Sector
from services.core.ids import FactId, SubjectId
from services.core.oncall.alerts import AlertKind, AlertReason, Ending, Happening, Severity, State, Why
from services.core.oncall.calls import (
    DEBRIEF_WITHIN,
    LONGEST_CHECK,
    Call,
    Status,
    answered,
    hastened,
    opened,
    over,
    reopened,
)
from services.core.oncall.changes import Change, Changes, Ends, Held, IsHeard, IsHistory, IsWithdrawn, Opens
from services.core.oncall.judging import Verdict

Calls = Mapping[Sector, Call]


@dataclass(frozen=True, slots=True)
class Alert:
    """One episode's, or a report's that nobody could read, or a drill's; `alert_ids.py` says under which id.

    `published_at` is when the hub first held what it is about.
    `owner` is a handle: whoever answered first, or took it over; before that, who is on duty in `owner_agency`.
    """

    alert_id: FactId
    subject_id: SubjectId | None
    kind: AlertKind
    state: State
    why: Why
    severity: Severity
    reasons: tuple[AlertReason, ...]
    published_at: datetime
    opened_at: datetime
    first_answered_at: datetime | None = None
    owner: str | None = None
    owner_agency: Sector | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None

    def held(self, calls: Iterable[Call]) -> Held:
        """What `changes` compares with what is true."""
        called = tuple(call.agency for call in calls if call.status is not Status.OVER)
        return Held(self.state, self.kind, self.severity, self.reasons, called)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to save: the alert, the calls that are not as they were, and what happened."""

    alert: Alert
    calls: tuple[Call, ...]
    what: Happening


def applied(change: Change, alert: Alert | None, calls: Calls, now: datetime) -> Outcome:
    """What a change makes of an alert; None is one that is not there yet."""
    judged = _as_judged(alert or _new(change.verdict, now), change.verdict)
    return _RULES[type(change)](change, judged, calls, now)


def reported(new: Alert, alert: Alert | None, calls: Calls, agencies: Iterable[Sector]) -> Outcome | None:
    """What one more report of no episode makes of its alert, `new` if it must open; None if each agency owes it still.

    Nobody may take a later report for the one that was read: whoever owes nothing more is called in a new round.
    """
    is_open = alert is not None and alert.state is State.OPEN
    owing = {call.agency for call in calls.values() if is_open and call.status is not Status.OVER}
    called = _called([agency for agency in agencies if agency not in owing], new, calls, new.opened_at)
    if not called:
        return None
    if alert is None:
        return Outcome(new, called, Happening.OPENED)
    return Outcome(alert, called, Happening.CHANGED) if is_open else Outcome(new, called, Happening.OPENED_AGAIN)


def _opens(change: Opens, alert: Alert, calls: Calls, now: datetime) -> Outcome:
    is_open = replace(alert, state=State.OPEN, why=change.why, opened_at=now)
    cleared = replace(is_open, first_answered_at=None, ended_at=None, ending=None)
    what = Happening.OPENED if change.why is Why.OPEN_EPISODE else Happening.OPENED_AGAIN
    return Outcome(cleared, _called(change.verdict.agencies, alert, calls, now), what)


def _is_history(change: IsHistory, alert: Alert, _: Calls, now: datetime) -> Outcome:
    ending = Ending.WITHDRAWN if change.verdict.is_withdrawn else Ending.FOUND
    past = replace(alert, state=State.HISTORY, why=Why.TOLD_AFTER_ITS_END, ended_at=now, ending=ending)
    return Outcome(past, (), Happening.PUT_ON_RECORD)


def _changes(change: Changes, alert: Alert, calls: Calls, now: datetime) -> Outcome:
    others = (call for call in calls.values() if call.agency not in change.joining)
    sooner = tuple(_no_later(call, alert.severity, now) for call in others)
    return Outcome(alert, _called(change.joining, alert, calls, now) + sooner, Happening.CHANGED)


def _ends(_: Ends, alert: Alert, calls: Calls, now: datetime) -> Outcome:
    found = replace(alert, state=State.DEBRIEF, ended_at=now, ending=Ending.FOUND)
    return Outcome(found, tuple(_debrief(call, now) for call in calls.values()), Happening.FOUND)


def _is_heard(_: IsHeard, alert: Alert, calls: Calls, now: datetime) -> Outcome:
    closed = replace(alert, state=State.CLOSED, ended_at=now, ending=Ending.DEBRIEF_HELD)
    return Outcome(closed, tuple(map(over, calls.values())), Happening.ENDED)


def _is_withdrawn(_: IsWithdrawn, alert: Alert, calls: Calls, now: datetime) -> Outcome:
    closed = replace(alert, state=State.CLOSED, ended_at=now, ending=Ending.WITHDRAWN)
    return Outcome(closed, tuple(map(over, calls.values())), Happening.WITHDRAWN)


def _new(verdict: Verdict, now: datetime) -> Alert:
    said = verdict.kind, State.OPEN, Why.OPEN_EPISODE, verdict.severity, verdict.reasons
    return Alert(verdict.alert_id, verdict.subject, *said, verdict.since, now)


def _as_judged(alert: Alert, verdict: Verdict) -> Alert:
    if verdict.is_withdrawn:  # it stays on record as it was judged
        return alert
    return replace(alert, kind=verdict.kind, severity=verdict.severity, reasons=verdict.reasons)


def _called(agencies: Iterable[Sector], alert: Alert, calls: Calls, now: datetime) -> tuple[Call, ...]:
    """Each of these is paged from now on; whoever was called before is so in a new round, whose pages are new."""
    return tuple(
        reopened(calls[agency], alert.severity, now) if agency in calls else opened(agency, alert.severity, now)
        for agency in agencies
    )


def _no_later(call: Call, severity: Severity, now: datetime) -> Call:
    """For an alert that is graver now a promised check, and each page of a round, come no later than they now must."""
    call, longest = hastened(call, severity, now), now + LONGEST_CHECK[severity]
    if call.status is Status.ANSWERED and call.next_at is not None and call.next_at > longest:
        return answered(call, longest)
    return call


def _debrief(call: Call, now: datetime) -> Call:
    """Who looks after the child hears them within the time; the others owe nothing more (¶5.46-5.49, 5.78)."""
    return answered(call, now + DEBRIEF_WITHIN) if call.agency is Sector.LOCAL_AUTHORITY else over(call)


_RULES: dict[type[Change], Callable[[Any, Alert, Calls, datetime], Outcome]] = {
    Opens: _opens,
    IsHistory: _is_history,
    Changes: _changes,
    Ends: _ends,
    IsHeard: _is_heard,
    IsWithdrawn: _is_withdrawn,
}
