"""In which order a board shows who is missing, beside what on-call says of them."""

from services.casefeed.oncall import Alert
from services.casefeed.pages.board import Card, alerted
from services.casefeed.views import CaseSummary, State
from services.core.case import fold, visible
from services.core.codes import MissingKind
from services.core.facts import ChildMissing
from services.core.ids import CaseId, SubjectId
from services.core.oncall.alerts import Severity
from tests.builders import an_id, day, entry

LONG, SHORT, UNDATED = 1, 2, 3
"""Children: missing since the first day, since the second, and since nobody knows when."""


def card(child: int, kind: MissingKind = MissingKind.MISSING) -> Card:
    occurred_at = None if child == UNDATED else day(child)
    said = entry(ChildMissing(kind), event=child, subject=child, occurred_at=occurred_at)
    state = State.model_validate(visible(fold([said])))
    records = [SubjectId(an_id(child)), SubjectId(an_id(child + 100))]
    return Card(CaseSummary(case_id=CaseId(an_id(child)), subjects=records, known_at=day(1), state=state), ())


def alert(record: int, severity: Severity) -> Alert:
    return Alert(an_id(record), an_id(record), "missing", "open", severity, [], day(1), None, [])


def order(*cards: Card, told: list[Alert]) -> list[str]:
    return [one.case.case_id for one in alerted(cards, told)]


def test_without_alerts_nobody_knows_since_when_stands_before_the_longest_missing() -> None:
    assert order(card(SHORT), card(LONG), card(UNDATED), told=[]) == [an_id(one) for one in (UNDATED, LONG, SHORT)]


def test_the_gravest_alert_stands_first() -> None:
    told = [alert(LONG, Severity.STANDARD), alert(SHORT, Severity.HIGH), alert(SHORT, Severity.CRITICAL)]
    assert order(card(UNDATED), card(LONG), card(SHORT), told=told) == [an_id(one) for one in (SHORT, LONG, UNDATED)]


def test_an_alert_of_any_record_of_a_case_is_the_cases() -> None:
    assert [len(one.alerts) for one in alerted([card(LONG)], [alert(LONG + 100, Severity.HIGH)])] == [1]


def test_an_alert_of_another_child_is_on_no_card() -> None:
    assert [one.alerts for one in alerted([card(LONG)], [alert(SHORT, Severity.HIGH)])] == [()]


def test_who_is_away_stands_after_who_is_missing_however_grave() -> None:
    away = card(SHORT, MissingKind.AWAY_WITHOUT_AUTHORISATION)
    assert order(away, card(LONG), told=[alert(SHORT, Severity.CRITICAL)]) == [an_id(LONG), an_id(SHORT)]
