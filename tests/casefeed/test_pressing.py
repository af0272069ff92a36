"""However many alerts are not over, each is on a page, and what awaits the reader's agency stands first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casefeed.oncall import Alert, Call
from services.casefeed.pages.pressing import PAGE, page_behind, place_of, read_place
from services.core.codes import Sector
from services.core.oncall.alerts import Answer, Severity, State
from services.core.oncall.calls import Status
from tests.builders import an_id, day

POLICE = Sector.POLICE
ANSWERED = Answer.SEARCH_BEGUN

severities, states, statuses = (
    st.sampled_from(Severity),
    st.sampled_from([State.OPEN, State.DEBRIEF]),
    st.sampled_from(Status),
)


def alert(
    number: int,
    severity: Severity = Severity.HIGH,
    status: Status = Status.OWED,
    answer: Answer | None = None,
    state: State = State.OPEN,
) -> Alert:
    """One that the police were called for, opened so many days after the first."""
    call = Call(POLICE, status, None, answer, None)
    return Alert(an_id(number), None, "missing", state, severity, [], day(number), None, [call])


many = st.lists(st.tuples(severities, statuses, states), max_size=3 * PAGE).map(
    lambda said: [
        alert(number, severity, status, None, state) for number, (severity, status, state) in enumerate(said, 1)
    ]
)


@given(many)
def test_every_alert_is_on_one_page(alerts: list[Alert]) -> None:
    shown, more = page_behind(alerts, POLICE, None)
    found = list(shown)
    while more:
        shown, more = page_behind(alerts, POLICE, more)
        found += shown
    assert sorted(one.alert_id for one in found) == sorted(one.alert_id for one in alerts)
    assert found == sorted(alerts, key=lambda one: place_of(POLICE, one))


@given(many, st.integers(0, PAGE - 1))
def test_an_answer_to_one_alert_hides_no_other_from_the_next_page(alerts: list[Alert], number: int) -> None:
    shown, more = page_behind(alerts, POLICE, None)
    if more is None:
        return
    gone = shown[number].alert_id
    then, _ = page_behind([one for one in alerts if one.alert_id != gone], POLICE, more)
    assert then == page_behind(alerts, POLICE, more)[0]


def test_behind_the_last_of_all_the_last_page_is_shown() -> None:
    alerts = [alert(number) for number in range(1, PAGE + 3)]
    last = place_of(POLICE, alerts[-1])
    assert page_behind(alerts, POLICE, last) == (alerts[2:], None)
    assert page_behind([], POLICE, last) == ([], None)


def test_what_is_paged_again_awaits_an_answer_and_what_is_over_without_one_does_not() -> None:
    answered = alert(1, status=Status.ANSWERED, answer=ANSWERED)
    lapsed, over = alert(3, answer=ANSWERED), alert(2, status=Status.OVER)
    assert page_behind([answered, over, lapsed], POLICE, None)[0] == [lapsed, answered, over]


def test_who_is_missing_stands_before_who_was_found_however_grave() -> None:
    found, missing = alert(1, Severity.CRITICAL, state=State.DEBRIEF), alert(2, status=Status.ANSWERED)
    assert page_behind([found, missing], POLICE, None)[0] == [missing, found]


def test_the_gravest_stands_first_then_the_longest_open() -> None:
    later, high, critical = alert(4), alert(2), alert(3, Severity.CRITICAL)
    assert page_behind([later, high, critical], POLICE, None)[0] == [critical, high, later]


@given(many.filter(bool))
def test_a_place_is_read_as_it_was_spelt(alerts: list[Alert]) -> None:
    place = place_of(POLICE, alerts[0])
    assert read_place(str(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0,0,0,2026-01-01T00:00:00,a",
        "0,0,0,2026-01-01T00:00:00+00:00,",
        "0,0,x,2026-01-01T00:00:00+00:00,a",
        "1,2,3,4,5,6",
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_place(text) is None
