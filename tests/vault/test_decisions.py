"""A decision opens for the one person who asked, once, for minutes, and shows nothing that is not allowed just then."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import Purpose
from services.core.gates import ANSWER_WITHIN, Child
from services.core.ids import FactId, SubjectId
from services.vault.decisions import (
    LASTS,
    LEASE,
    Act,
    Allowed,
    Asked,
    Attempt,
    Decision,
    Denied,
    Judgement,
    Kind,
    Refusal,
    Step,
    after,
    decide,
)
from tests.builders import START, an_id

ANN, BEN, CAT = "ann", "ben", "cat"
PEOPLE = (ANN, ANN, ANN, BEN, CAT)
FOREVER = Allowed(START + timedelta(days=1000))
NO = Denied(frozenset({"not_yet"}))
NEVER = Denied(frozenset({"moved"}), voids=True)
SECOND = timedelta(seconds=1)


def asked(kind: Kind = Kind.PROTECTIVE_ACCESS) -> Asked:
    subject = SubjectId(an_id(1))
    child = Child(frozenset({subject}), frozenset({(FactId(an_id(2)), bytes(32))}), frozenset())
    enquirer = an_id(9) if kind is Kind.ENQUIRER_RELEASE else None
    return Asked(an_id(7), kind, Purpose.SEARCH_FOR_CHILD, ANN, START, subject, child, enquirer)


@dataclass
class Life:
    """A decision that people act on, second by second."""

    kind: Kind = Kind.PROTECTIVE_ACCESS
    now: datetime = START
    steps: list[Step] = field(default_factory=list)

    @property
    def decision(self) -> Decision:
        return after(asked(self.kind), self.steps)

    def does(
        self,
        act: Act,
        by: str = ANN,
        judgement: Judgement = FOREVER,
        *,
        attested: bool = True,
        later: timedelta = SECOND,
    ) -> Step | Refusal:
        self.now += later
        outcome = decide(self.decision, Attempt(act, by, self.now, attested), judgement)
        if isinstance(outcome, Step):
            self.steps.append(outcome)
        return outcome

    def shown(self, *acts: Act) -> "Life":
        for act in (Act.OPEN, Act.SHOW, *acts):
            assert isinstance(self.does(act), Step)
        return self


judgements = st.sampled_from([NO, NEVER]) | st.builds(
    lambda seconds: Allowed(START + timedelta(seconds=seconds)), st.integers(0, 4000)
)
moves = st.tuples(
    st.sampled_from([*Act, *(Act.OPEN, Act.SHOW) * 4]),
    st.sampled_from(PEOPLE),
    judgements,
    st.booleans(),
    st.sampled_from((0, 1, 60, 121, 299, 301, 3599)),
)
histories = st.lists(moves, max_size=25)


@dataclass(frozen=True)
class Happened:
    """One step of a history, and the judgement that stood when it was made."""

    step: Step
    judgement: Judgement


def happened(kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]) -> list[Happened]:
    life, found = Life(kind), []
    for act, by, judgement, attested, seconds in history:
        outcome = life.does(act, by, judgement, attested=attested, later=timedelta(seconds=seconds))
        if isinstance(outcome, Step):
            found.append(Happened(outcome, judgement))
    return found


def steps_of(found: list[Happened], act: Act) -> list[Step]:
    return [one.step for one in found if one.step.act is act]


@given(kind=st.sampled_from(Kind), history=histories)
def test_nothing_is_ever_shown_without_an_allow_at_that_very_moment(
    kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]
) -> None:
    for one in happened(kind, history):
        if one.step.act in {Act.OPEN, Act.SHOW}:
            assert isinstance(one.judgement, Allowed)
            assert one.step.at < one.judgement.until


@given(kind=st.sampled_from(Kind), history=histories)
def test_under_one_decision_only_the_person_who_asked_ever_sees_anything(
    kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]
) -> None:
    found = happened(kind, history)
    assert {step.by for step in steps_of(found, Act.SHOW)} <= {ANN}


@given(kind=st.sampled_from(Kind), history=histories)
def test_there_is_one_lease_it_lasts_minutes_and_nothing_is_shown_outside_it(
    kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]
) -> None:
    found = happened(kind, history)
    opened = steps_of(found, Act.OPEN)
    assert len(opened) <= 1
    for step in steps_of(found, Act.SHOW):
        assert opened[0].until is not None
        assert opened[0].at <= step.at < opened[0].until <= opened[0].at + LEASE


@given(kind=st.sampled_from(Kind), history=histories)
def test_what_is_over_stays_over(kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]) -> None:
    found = happened(kind, history)
    steps = [one.step.act for one in found if one.step.act is not Act.REVIEW]
    last = [act in {Act.WITHDRAW, Act.OBJECT, Act.CLOSE, Act.VOID, Act.LAPSE} for act in steps]
    assert not any(last[:-1])


@given(kind=st.sampled_from(Kind), history=histories)
def test_nobody_seconds_themselves(kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]) -> None:
    assert ANN not in {step.by for step in steps_of(happened(kind, history), Act.SECOND)}


@given(history=histories)
def test_one_who_does_not_attest_never_opens(history: list[tuple[Act, str, Judgement, bool, int]]) -> None:
    unattested = [(act, by, judgement, False, seconds) for act, by, judgement, _, seconds in history]
    assert not steps_of(happened(Kind.PROTECTIVE_ACCESS, unattested), Act.OPEN)


def test_the_person_who_asked_opens_it_and_sees_it() -> None:
    assert Life().shown().decision.times_shown == 1


def test_a_display_that_failed_is_tried_again_within_the_lease() -> None:
    assert isinstance(Life().shown().does(Act.SHOW), Step)


def test_what_was_closed_is_never_shown_again() -> None:
    assert Life().shown(Act.CLOSE).does(Act.SHOW) is Refusal.OVER


def test_a_lease_ends_after_five_minutes() -> None:
    life = Life().shown()
    outcome = life.does(Act.SHOW, later=LEASE)
    assert isinstance(outcome, Step)
    assert outcome.act is Act.LAPSE


def test_a_lease_ends_when_the_gate_says_even_if_that_is_sooner() -> None:
    life = Life()
    soon = Allowed(START + timedelta(seconds=30))
    opened = life.does(Act.OPEN, judgement=soon)
    assert isinstance(opened, Step)
    assert opened.until == soon.until


def test_a_lease_is_opened_once() -> None:
    assert Life().shown().does(Act.OPEN) is Refusal.ANSWERED_ALREADY


@pytest.mark.parametrize("act", [Act.OPEN, Act.SHOW, Act.CLOSE, Act.WITHDRAW, Act.VOID, Act.LAPSE])
def test_to_anybody_else_a_decision_does_nothing(act: Act) -> None:
    life = Life()
    assert isinstance(life.does(Act.OPEN), Step)
    assert life.does(act, BEN) is Refusal.NOT_THEIRS


@pytest.mark.parametrize("before", [[], [Act.OPEN], [Act.OPEN, Act.SHOW]])
def test_what_changed_in_between_voids_it_for_good(before: list[Act]) -> None:
    life = Life()
    for act in before:
        life.does(act)
    outcome = life.does(Act.SHOW if before else Act.OPEN, judgement=NEVER)
    assert isinstance(outcome, Step)
    assert (outcome.act, outcome.reasons) == (Act.VOID, NEVER.reasons)
    assert life.does(Act.OPEN) is Refusal.OVER


def test_an_allow_that_has_run_out_opens_and_shows_nothing() -> None:
    life = Life()
    assert life.does(Act.OPEN, judgement=Allowed(START + SECOND)) is Refusal.DENIED
    assert life.shown().does(Act.SHOW, judgement=Allowed(life.now + SECOND)) is Refusal.DENIED


def test_what_is_not_allowed_yet_may_be_later() -> None:
    life = Life(Kind.ENQUIRER_RELEASE)
    assert life.does(Act.OPEN, judgement=NO) is Refusal.DENIED
    assert isinstance(life.does(Act.OPEN), Step)


def test_a_denial_within_the_lease_shows_nothing_and_ends_nothing() -> None:
    life = Life().shown()
    assert life.does(Act.SHOW, judgement=NO) is Refusal.DENIED
    assert isinstance(life.does(Act.SHOW), Step)


@pytest.mark.parametrize("kind", Kind)
def test_a_decision_that_nobody_opens_lapses(kind: Kind) -> None:
    outcome = Life(kind).does(Act.OPEN, later=LASTS[kind])
    assert isinstance(outcome, Step)
    assert outcome.act is Act.LAPSE


def test_a_second_person_says_yes_once() -> None:
    life = Life()
    assert isinstance(life.does(Act.SECOND, BEN), Step)
    assert life.decision.seconded_by == BEN
    assert life.does(Act.SECOND, CAT) is Refusal.ANSWERED_ALREADY


@pytest.mark.parametrize("before", [[], [Act.OPEN]])
def test_a_second_person_who_objects_ends_it_even_when_it_opened_already(before: list[Act]) -> None:
    life = Life()
    for act in before:
        life.does(act)
    assert isinstance(life.does(Act.OBJECT, BEN), Step)
    assert life.does(Act.SHOW) is Refusal.OVER


def test_a_release_to_an_enquirer_takes_no_second_but_signed_approvals() -> None:
    assert Life(Kind.ENQUIRER_RELEASE).does(Act.SECOND, BEN) is Refusal.NEEDS_NO_SECOND


def test_what_opened_with_nobody_to_second_it_says_so() -> None:
    alone, together = Life().shown(), Life()
    together.does(Act.SECOND, BEN)
    assert alone.decision.opened_alone
    assert not together.shown().decision.opened_alone


def test_a_second_person_has_two_minutes() -> None:
    assert asked().answer_due_at == START + ANSWER_WITHIN == START + timedelta(minutes=2)


@pytest.mark.parametrize("over", [False, True])
def test_what_opened_alone_is_reviewed_once_by_somebody_else_whenever_that_is(*, over: bool) -> None:
    life = Life().shown(*([Act.CLOSE] if over else []))
    assert life.does(Act.REVIEW, ANN) is Refusal.SAME_PERSON
    assert isinstance(life.does(Act.REVIEW, BEN, later=timedelta(days=1)), Step)
    assert (life.decision.to_review, life.decision.reviewed_by) == (False, BEN)
    assert life.does(Act.REVIEW, CAT) is Refusal.NOT_TO_REVIEW


def test_what_was_seconded_or_never_opened_is_not_to_be_reviewed() -> None:
    together = Life()
    together.does(Act.SECOND, BEN)
    assert together.shown().does(Act.REVIEW, CAT) is Refusal.NOT_TO_REVIEW
    assert Life().does(Act.REVIEW, BEN) is Refusal.NOT_TO_REVIEW


@given(kind=st.sampled_from(Kind), history=histories)
def test_a_review_opens_and_shows_nothing(kind: Kind, history: list[tuple[Act, str, Judgement, bool, int]]) -> None:
    without = [move for move in history if move[0] is not Act.REVIEW]
    acts = [one.step.act for one in happened(kind, history) if one.step.act is not Act.REVIEW]
    if all(move[4] == 0 for move in history if move[0] is Act.REVIEW):
        assert acts == [one.step.act for one in happened(kind, without)]
