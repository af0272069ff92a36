"""Duty passes when the receiver accepts; until then, and whatever else is tried, the giver is on duty."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.oncall.coverage import problems
from services.core.oncall.duty import on_duty
from services.core.oncall.handover import (
    SENTENCES,
    Denied,
    HandoverDenied,
    Offer,
    State,
    accepted,
    declined,
    offered,
    shift_ends,
    withdrawn,
)
from services.core.oncall.rota import Override, Rota, Unit, Version
from tests.core.oncall.rotas import DANA, OMAR, RUTH, STAFF, at, layer, rota

WEEKS = (Version(1, at(0), rota(layer(DANA, OMAR))),)
SHIFT_ENDS = at(7 * 24 - 1)
STRANGER = "9" * 32


def wish(hours: float = 1, **changed: object) -> Offer:
    return replace(Offer(DANA, OMAR, at(24), at(hours)), **changed)  # type: ignore[arg-type]  # fields by name


def refused(versions: tuple[Version, ...], offer: Offer, *before: Offer) -> Denied:
    with pytest.raises(HandoverDenied) as error:
        offered(versions, before, STAFF, offer)
    return error.value.reason


def after(versions: tuple[Version, ...], made: Rota, when: datetime) -> tuple[Version, ...]:
    return (*versions, Version(len(versions) + 1, when, made))


def test_until_the_receiver_accepts_the_giver_is_on_duty_and_from_then_on_the_receiver() -> None:
    offer = offered(WEEKS, [], STAFF, wish())
    versions = after(WEEKS, accepted(WEEKS, offer, OMAR, at(2)), at(2))
    told = {hours: on_duty(versions, at(hours)) for hours in (1, 1.99, 2, 23.99, 24)}
    assert told == {1: DANA, 1.99: DANA, 2: OMAR, 23.99: OMAR, 24: DANA}


def test_a_shift_ends_where_the_next_persons_begins() -> None:
    assert shift_ends(WEEKS, at(3)) == SHIFT_ENDS


def test_all_that_is_left_of_a_shift_can_be_handed_over_and_no_more() -> None:
    assert offered(WEEKS, [], STAFF, wish(until=SHIFT_ENDS)).until == SHIFT_ENDS
    assert refused(WEEKS, wish(until=SHIFT_ENDS + timedelta(seconds=1))) is Denied.NOT_IN_SHIFT
    assert refused(WEEKS, wish(until=at(1))) is Denied.NOT_IN_SHIFT


def test_who_is_not_on_duty_has_nothing_to_hand_over() -> None:
    assert refused(WEEKS, wish(giver=OMAR, receiver=DANA)) is Denied.NOT_ON_DUTY


def test_duty_is_not_handed_over_to_another_agency_to_a_stranger_or_to_oneself() -> None:
    assert refused(WEEKS, wish(receiver=STRANGER)) is Denied.OTHER_AGENCY
    assert refused(WEEKS, wish(receiver=DANA)) is Denied.TO_ONESELF


def test_duty_is_not_offered_to_two_people_at_once() -> None:
    assert refused(WEEKS, wish(2, receiver=RUTH), wish(1)) is Denied.ALREADY_OFFERED


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DECLINED, State.WITHDRAWN])
def test_what_was_answered_is_in_nobodys_way(state: State) -> None:
    assert offered(WEEKS, [wish(1, state=state)], STAFF, wish(2)) == wish(2)


def test_without_a_rota_there_is_nothing_to_hand_over() -> None:
    assert refused((), wish()) is Denied.NO_ROTA


def test_whoever_is_on_duty_only_because_the_rota_ran_out_is_told_so() -> None:
    ran_out = (Version(1, at(0), rota(layer(DANA), days=1)),)
    assert refused(ran_out, wish(25, until=at(30))) is Denied.NO_ROTA


@pytest.mark.parametrize("who", [DANA, RUTH, STRANGER])
def test_nobody_else_accepts_or_declines_what_is_offered_to_somebody(who: str) -> None:
    for answer in (lambda: accepted(WEEKS, wish(), who, at(2)), lambda: declined(wish(), who)):
        with pytest.raises(HandoverDenied) as error:
            answer()
        assert error.value.reason is Denied.NOT_OFFERED_TO_YOU


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DECLINED, State.WITHDRAWN])
def test_what_was_answered_once_is_not_answered_again(state: State) -> None:
    answered = wish(state=state)
    for again in (
        lambda: accepted(WEEKS, answered, OMAR, at(2)),
        lambda: declined(answered, OMAR),
        lambda: withdrawn(answered, DANA),
    ):
        with pytest.raises(HandoverDenied) as error:
            again()
        assert error.value.reason is Denied.ANSWERED


def test_the_giver_alone_withdraws() -> None:
    assert withdrawn(wish(), DANA) is State.WITHDRAWN
    with pytest.raises(HandoverDenied) as error:
        withdrawn(wish(), OMAR)
    assert error.value.reason is Denied.NOT_YOURS


@pytest.mark.parametrize("hours", [24, 7 * 24])
def test_an_offer_is_over_with_its_time(hours: float) -> None:
    with pytest.raises(HandoverDenied) as error:
        accepted(WEEKS, wish(), OMAR, at(hours))
    assert error.value.reason is Denied.LAPSED


def test_an_offer_is_over_when_the_giver_is_no_longer_on_duty() -> None:
    changed = after(WEEKS, rota(layer(RUTH)), at(1.5))
    with pytest.raises(HandoverDenied) as error:
        accepted(changed, wish(), OMAR, at(2))
    assert error.value.reason is Denied.LAPSED


def test_an_offer_is_over_when_a_new_rota_ends_the_giver_s_shift_before_it() -> None:
    changed = after(WEEKS, rota(layer(DANA), overrides=(Override(RUTH, at(6), at(30)),)), at(1.5))
    with pytest.raises(HandoverDenied) as error:
        accepted(changed, wish(), OMAR, at(2))
    assert error.value.reason is Denied.LAPSED
    assert offered(changed, [wish()], STAFF, wish(2, until=at(6))).until == at(6)


def test_whoever_accepted_may_hand_on_a_part_and_has_the_rest_again() -> None:
    versions = after(WEEKS, accepted(WEEKS, wish(), OMAR, at(2)), at(2))
    part = Offer(OMAR, RUTH, at(6), at(4))
    versions = after(versions, accepted(versions, offered(versions, [], STAFF, part), RUTH, at(5)), at(5))
    assert [on_duty(versions, at(hours)) for hours in (4, 5, 6, 24)] == [OMAR, RUTH, OMAR, DANA]


def test_a_handover_takes_the_place_of_an_override_for_its_time_alone() -> None:
    of = rota(layer(DANA), overrides=(Override(OMAR, at(1), at(10)),))
    versions: tuple[Version, ...] = (Version(1, at(0), of),)
    versions = after(versions, accepted(versions, Offer(OMAR, RUTH, at(5), at(2)), RUTH, at(3)), at(3))
    assert [on_duty(versions, at(hours)) for hours in (2, 3, 5, 10)] == [OMAR, RUTH, OMAR, DANA]


def test_every_refusal_says_what_to_do() -> None:
    assert set(SENTENCES) == set(Denied)
    assert [reason for reason in Denied if "`lantern" not in SENTENCES[reason] and ": " not in SENTENCES[reason]] == []


@dataclass
class History:
    """What becomes of a rota by whatever people try, one step after another."""

    versions: tuple[Version, ...]
    now: datetime
    offers: list[Offer] = field(default_factory=list)

    def take(self, minutes: int, what: str, who: str, other: str, length: int) -> None:
        """A step that is refused changes nothing, so on duty is whoever was to be."""
        meant, self.now = self.versions, self.now + timedelta(minutes=minutes)
        before = on_duty(self.versions, self.now)
        try:
            getattr(self, f"_{what}")(who, other, length)
        except HandoverDenied:
            assert self.versions == meant
        else:
            assert what == "accept" or on_duty(self.versions, self.now) == before
        assert problems(self.versions[-1].rota, STAFF, self.now) == []

    def _offer(self, who: str, other: str, length: int) -> None:
        made = Offer(who, other, self.now + timedelta(minutes=length), self.now)
        self.offers.append(offered(self.versions, self.offers, STAFF, made))

    def _accept(self, who: str, _: str, __: int) -> None:
        if not self.offers:
            return
        made = accepted(self.versions, self.offers[-1], who, self.now)
        self.versions = after(self.versions, made, self.now)
        self.offers[-1] = replace(self.offers[-1], state=State.ACCEPTED)
        assert on_duty(self.versions, self.now) == who

    def _withdraw(self, who: str, _: str, __: int) -> None:
        if self.offers:
            self.offers[-1] = replace(self.offers[-1], state=withdrawn(self.offers[-1], who))


steps = st.lists(
    st.tuples(
        st.integers(1, 200),
        st.sampled_from(["offer", "accept", "accept", "withdraw"]),
        st.sampled_from([DANA, OMAR, RUTH]),
        st.sampled_from([DANA, OMAR, RUTH]),
        st.integers(1, 600),
    ),
    max_size=12,
)


@given(taken=steps)
def test_whatever_people_try_exactly_one_is_on_duty_at_every_instant(
    taken: list[tuple[int, str, str, str, int]],
) -> None:
    short = rota(layer(DANA, OMAR, RUTH, unit=Unit.HOURS, every=6), days=7)
    history = History((Version(1, at(0), short),), at(0))
    for step in taken:
        history.take(*step)
    told = [on_duty(history.versions, at(quarter / 4)) for quarter in range(4 * 24 * 2)]
    assert set(told) <= STAFF
