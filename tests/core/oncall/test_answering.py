"""Who may answer, with what, until when: everything else is refused for its reason, in words that say what to do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.core.codes import OrganisationKind, Sector
from services.core.ids import FactId
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import AlertKind, AlertReason, Answer, Ending, Severity, State, Why
from services.core.oncall.answering import SENTENCES, Asked, Refusal, Taken, answer, answers_of
from services.core.oncall.calls import LONGEST_CHECK, answered, opened
from services.core.rights import Person, PersonRole
from tests.builders import START, an_id

POLICE, COUNCIL, UKBA = Sector.POLICE, Sector.LOCAL_AUTHORITY, Sector.UKBA
SAID = AlertKind.MISSING, State.OPEN, Why.OPEN_EPISODE, Severity.CRITICAL, (AlertReason.REPORTED_MISSING,)
MISSING = Alert(FactId(an_id(1)), None, *SAID, START, START)
CALLS = {sector: opened(sector, Severity.CRITICAL, START) for sector in (POLICE, COUNCIL)}
OFFICER = Person(an_id(2), PersonRole.DUTY_OFFICER, an_id(3), OrganisationKind.POLICE_FORCE, POLICE)
BEGUN = Asked(Answer.SEARCH_BEGUN)
LONGEST = LONGEST_CHECK[Severity.CRITICAL]
GOOD: dict[str, Any] = {"asked": BEGUN, "alert": MISSING, "calls": CALLS, "who": OFFICER, "stands_for_it": True}
OVER = replace(MISSING, state=State.CLOSED, ended_at=START, ending=Ending.FOUND)
DRILL = replace(MISSING, kind=AlertKind.DRILL)
HAS_ANSWERED = {**CALLS, POLICE: answered(CALLS[POLICE], START + LONGEST)}


def said(**changes: Any) -> Taken | Refusal:
    return answer(**{**GOOD, **changes}, now=START)


def test_whoever_stands_for_a_paged_agency_answers_for_it_and_owns_what_nobody_had_answered() -> None:
    taken = said()
    assert isinstance(taken, Taken)
    assert (taken.alert.owner, taken.alert.owner_agency, taken.next_check_at) == (
        OFFICER.handle,
        POLICE,
        START + LONGEST,
    )


def test_a_second_look_is_no_first_answer() -> None:
    again = said(asked=replace(BEGUN, is_check=True), calls=HAS_ANSWERED)
    assert [isinstance(one, Taken) and one.is_first for one in (said(), again)] == [True, False]


REFUSED: list[tuple[Refusal, dict[str, Any]]] = [
    (Refusal.NOT_ON_DUTY, {"stands_for_it": False}),
    (Refusal.OTHER_AGENCY, {"who": replace(OFFICER, sector=UKBA)}),
    (Refusal.ANSWERED_ALREADY, {"calls": HAS_ANSWERED}),
    (Refusal.IS_OVER, {"alert": OVER}),
    (Refusal.OTHER_ANSWER, {"alert": DRILL}),
    (Refusal.OTHER_ANSWER, {"asked": Asked(Answer.DRILL_ANSWERED)}),
    (Refusal.CHECK_IN_THE_PAST, {"asked": Asked(Answer.SEARCH_BEGUN, START)}),
    (Refusal.CHECK_TOO_LATE, {"asked": Asked(Answer.SEARCH_BEGUN, START + LONGEST + timedelta(seconds=1))}),
]


@pytest.mark.parametrize(("refusal", "changes"), REFUSED, ids=[refusal for refusal, _ in REFUSED])
def test_what_may_not_be_answered_is_refused_for_its_reason(refusal: Refusal, changes: dict[str, Any]) -> None:
    assert said(**changes) is refusal


def test_every_refusal_is_tried_here_and_has_its_words() -> None:
    assert {refusal for refusal, _ in REFUSED} == set(Refusal) == set(SENTENCES)


def test_the_words_for_another_answer_name_each_answer_that_has_an_alert_of_its_own() -> None:
    own = set(Answer) - answers_of(MISSING)
    assert all(one.value in SENTENCES[Refusal.OTHER_ANSWER] for one in own)
