"""Who may answer for an agency, with what, until when: everything else is refused in words that say what to do."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.oncall.alert import Alert, Calls
from services.core.oncall.alerts import LAST_WORDS, AlertKind, Answer, Ending, State
from services.core.oncall.calls import DEBRIEF_WITHIN, LONGEST_CHECK, Call, Status, answered, over
from services.core.rights import Person


class Refusal(StrEnum):
    """Why an answer is not taken."""

    IS_OVER = "is_over"
    OTHER_AGENCY = "other_agency"
    NOT_ON_DUTY = "not_on_duty"
    ANSWERED_ALREADY = "answered_already"
    OTHER_ANSWER = "other_answer"
    CHECK_TOO_LATE = "check_too_late"
    CHECK_IN_THE_PAST = "check_in_the_past"


SENTENCES = {
    Refusal.IS_OVER: "This alert has ended: nothing is owed. See `lantern oncall alerts --all`.",
    Refusal.OTHER_AGENCY: "Your agency is not paged for this alert, and nobody answers for another's.",
    Refusal.NOT_ON_DUTY: "You are not on duty, were not paged, and do not own it. Ask whoever is on duty to answer, "
    "or take the duty over first.",
    Refusal.ANSWERED_ALREADY: "Your agency has answered, and its next check is not due. To say that you have looked "
    "again already, add --check.",
    Refusal.OTHER_ANSWER: "This answer is not for this kind of alert. A drill is answered with drill_answered, a "
    "report that you read by hand with report_read_by_hand, a child who was found with debrief_arranged, and a child "
    "who is missing with what you do to find them.",
    Refusal.CHECK_TOO_LATE: "The next check comes too late for an alert so grave: name an earlier time, or none.",
    Refusal.CHECK_IN_THE_PAST: "The next check lies in the past: name a later time, or none.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says that they do, and when they look again; `is_check`: they have looked before it was due."""

    answer: Answer
    next_check_at: datetime | None = None
    is_check: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that holds: the alert and the call as they are now, and by when somebody looks again.

    `is_first`: it is the agency's first to this alert.
    """

    alert: Alert
    call: Call
    next_check_at: datetime | None
    is_first: bool


def answer(  # noqa: PLR0913 - who says what of which alert, when, and whether they may
    asked: Asked, alert: Alert, calls: Calls, who: Person, now: datetime, *, stands_for_it: bool
) -> Taken | Refusal:
    """Take an answer for the agency of `who`, or say why not; `stands_for_it`: on duty there, paged, or its owner."""
    refusal = _refusal(asked, alert, calls.get(who.sector), now, stands_for_it=stands_for_it)
    if refusal is not None:
        return refusal
    call, first = calls[who.sector], alert.first_answered_at is None
    if first:
        alert = replace(alert, first_answered_at=now, owner=who.handle, owner_agency=who.sector)
    if alert.kind in LAST_WORDS and asked.answer is LAST_WORDS[alert.kind][0]:
        return _last(alert, call, calls, now)
    check = asked.next_check_at or now + longest_check(alert)
    return Taken(alert, answered(call, check), check, _is_first(call))


def longest_check(alert: Alert) -> timedelta:
    """After this time at the latest whoever answers looks again."""
    return DEBRIEF_WITHIN if alert.state is State.DEBRIEF else LONGEST_CHECK[alert.severity]


def answers_of(alert: Alert) -> frozenset[Answer]:
    """What can be answered to an alert as it stands."""
    if alert.state is State.DEBRIEF:
        return frozenset({Answer.DEBRIEF_ARRANGED})
    if alert.kind is AlertKind.DRILL:
        return frozenset({Answer.DRILL_ANSWERED})
    others = {Answer.DEBRIEF_ARRANGED, *(last for last, _ in LAST_WORDS.values())}
    own = {LAST_WORDS[alert.kind][0]} if alert.kind in LAST_WORDS else set()
    return frozenset(Answer) - others | own


def _refusal(asked: Asked, alert: Alert, call: Call | None, now: datetime, *, stands_for_it: bool) -> Refusal | None:
    if alert.state not in {State.OPEN, State.DEBRIEF} or (call is not None and call.status is Status.OVER):
        return Refusal.IS_OVER
    if call is None:
        return Refusal.OTHER_AGENCY
    if not stands_for_it:
        return Refusal.NOT_ON_DUTY
    if call.status is Status.ANSWERED and call.next_at is not None and now < call.next_at and not asked.is_check:
        return Refusal.ANSWERED_ALREADY if alert.state is State.OPEN else _unsuitable(asked, alert, now)
    return _unsuitable(asked, alert, now)


def _unsuitable(asked: Asked, alert: Alert, now: datetime) -> Refusal | None:
    if asked.answer not in answers_of(alert):
        return Refusal.OTHER_ANSWER
    if asked.next_check_at is None:
        return None
    if asked.next_check_at <= now:
        return Refusal.CHECK_IN_THE_PAST
    return Refusal.CHECK_TOO_LATE if asked.next_check_at > now + longest_check(alert) else None


def _last(alert: Alert, call: Call, calls: Calls, now: datetime) -> Taken:
    """An agency's last word; when every agency has spoken its own, the alert ends."""
    others = (one for one in calls.values() if one.agency is not call.agency)
    if all(one.status is Status.OVER for one in others):
        ending: Ending = LAST_WORDS[alert.kind][1]
        alert = replace(alert, state=State.CLOSED, ended_at=now, ending=ending)
    return Taken(alert, over(call), None, _is_first(call))


def _is_first(call: Call) -> bool:
    return call.round == 1 and call.status is Status.OWED
