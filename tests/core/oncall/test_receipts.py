"""What became of a page: one answer in whatever order the receipts come, and another way where none does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.oncall.pages import Way
from services.core.oncall.receipts import PATIENCE, Rung, Standing, Trace, highest, next_way, stands

BEGUN = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
AT_ONCE = BEGUN + timedelta(seconds=1)
LATER = BEGUN + timedelta(hours=1)
rungs = st.lists(st.sampled_from(Rung), max_size=12)


def trace(*said: Rung, promised: bool = True) -> Trace:
    return Trace(BEGUN, frozenset(said), promised)


@given(rungs, st.randoms())
def test_receipts_say_the_same_in_any_order_and_however_often(said: list[Rung], chance: object) -> None:
    again = said * 2
    chance.shuffle(again)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    assert highest(again) == highest(said)


@given(rungs, st.sampled_from(Rung))
def test_a_page_never_falls_back_down_the_ladder(said: list[Rung], more: Rung) -> None:
    assert highest([highest(said), highest([*said, more])]) == highest([*said, more])


def test_a_failure_outweighs_a_delivery_and_what_was_read_outweighs_both() -> None:
    assert highest([Rung.DELIVERED, Rung.FAILED]) is Rung.FAILED
    assert highest([Rung.READ, Rung.DELIVERED, Rung.FAILED]) is Rung.READ


@pytest.mark.parametrize("way", Way)
def test_what_is_sent_and_not_delivered_in_time_is_stale(way: Way) -> None:
    assert stands(way, trace(Rung.SENT), BEGUN + PATIENCE[way] - timedelta(microseconds=1)) is Rung.SENT
    assert stands(way, trace(Rung.SENT), BEGUN + PATIENCE[way]) is Rung.STALE


def test_a_send_that_nobody_finished_is_stale_whatever_was_promised() -> None:
    assert stands(Way.CHAT, trace(promised=False), LATER) is Rung.STALE


def test_where_no_receipt_is_promised_none_is_missed() -> None:
    assert stands(Way.CHAT, trace(Rung.SENT, promised=False), LATER) is Rung.SENT


def test_a_late_delivery_ends_the_doubt() -> None:
    assert stands(Way.EMAIL, trace(Rung.SENT, Rung.STALE, Rung.DELIVERED), LATER) is Rung.DELIVERED


ORDER = (Way.EMAIL, Way.NOTIFY_SMS, Way.CHAT)


def test_the_first_way_is_tried_first() -> None:
    assert next_way(ORDER, {}, AT_ONCE) is Way.EMAIL


@pytest.mark.parametrize("lost", [trace(Rung.FAILED), trace(Rung.SENT, Rung.STALE)])
def test_what_failed_or_was_lost_goes_by_the_next_way(lost: Trace) -> None:
    assert next_way(ORDER, {Way.EMAIL: lost}, AT_ONCE) is Way.NOTIFY_SMS


def test_a_page_on_its_way_is_not_sent_by_another_meanwhile() -> None:
    assert next_way(ORDER, {Way.EMAIL: trace(Rung.SENT)}, AT_ONCE) is Standing.UNDER_WAY


def test_a_page_that_arrived_by_any_way_is_sent_by_no_other() -> None:
    assert next_way(ORDER, {Way.EMAIL: trace(Rung.FAILED), Way.CHAT: trace(Rung.DELIVERED)}, LATER) is Standing.REACHED


def test_when_every_way_failed_there_is_none_left() -> None:
    assert next_way(ORDER, dict.fromkeys(ORDER, trace(Rung.FAILED)), LATER) is Standing.EXHAUSTED


@given(
    st.lists(st.sampled_from(Way), unique=True),
    st.dictionaries(st.sampled_from(Way), st.builds(trace, st.sampled_from(Rung))),
)
def test_no_way_is_tried_twice_and_none_that_was_not_given(order: list[Way], traces: dict[Way, Trace]) -> None:
    found = next_way(order, traces, LATER)
    assert isinstance(found, Standing) or (found in order and found not in traces)
