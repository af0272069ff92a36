"""What batches of events come to, whatever the order in which they arrive."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.case import CaseStatus
from services.core.codes import IdentifierScheme, MissingKind, Precision
from services.core.events import Event
from services.core.facts import (
    ChildMissing,
    Fact,
    KinshipClaimed,
    LinkRefused,
    PoliceContact,
    RecordsLinked,
    RecordsUnlinked,
    ReportWithdrawn,
)
from services.core.ids import CaseId, OrgHandle, SubjectId
from services.core.matching.stated import asked_for_at, decision_of
from services.correlator.likeness import asked_for_trait
from services.correlator.said import Claim, Said
from tests.builders import an_id, day, entry
from tests.correlator.histories import a_history, arrivals, said
from tests.correlator.memory import WARIER_MATCHER, Memory, Truth, whole_truth

A, B, C = (SubjectId(an_id(number)) for number in (1, 2, 3))
NUMBER = Claim(IdentifierScheme.NHS_NUMBER, "1", disputed=False)
DISPUTED = Claim(IdentifierScheme.NHS_NUMBER, "1", disputed=True)


def says(subject: SubjectId, event: int, *claims: Claim, fact: Fact | None = None, of_fact: int | None = None) -> Said:
    """Event number `event`, recorded on the day of that number."""
    made = entry(
        fact or PoliceContact(), event=event, of_fact=of_fact, subject=int(subject, 16), recorded_at=day(event)
    )
    return Said(made, frozenset(claims), b"")


def later(said: Said, number: int) -> Said:
    return replace(said, entry=replace(said.entry, recorded_at=day(number)))


def cases(*words: Said) -> dict[str, str]:
    """Each record's case after the words came one by one."""
    memory = Memory()
    for one in words:
        memory.take([one])
    return {str(subject): str(case) for subject, case in memory.cases.items()}


def after(history_seed: int, arrival_seed: int, events: int) -> tuple[Memory, Truth]:
    history = a_history(Random(history_seed), events)
    memory = Memory()
    for batch in arrivals(Random(arrival_seed), history):
        memory.take([said(event) for event in batch])
    return memory, whole_truth(said(event) for event in history)


def test_two_hundred_orders_of_arrival_come_to_one_truth() -> None:
    for seed in range(200):
        memory, expected = after(0, seed, events=60)
        assert memory.truth() == expected


def _hangs_on_the_weights(history: Sequence[Event]) -> bool:
    return whole_truth(map(said, history)).digests != whole_truth(map(said, history), WARIER_MATCHER).digests


@pytest.mark.parametrize("orders", [50, pytest.param(1000, marks=pytest.mark.prove)])
def test_so_many_orders_of_arrival_with_a_change_of_weights_come_to_one_truth(orders: int) -> None:
    history = next(filter(_hangs_on_the_weights, (a_history(Random(seed), 40) for seed in range(20))))
    expected = whole_truth(map(said, history), WARIER_MATCHER)
    for seed in range(orders):
        memory, random = Memory(), Random(seed)
        batches = list(arrivals(random, history))
        adopted = random.randrange(len(batches))
        for number, batch in enumerate(batches):
            memory.take([said(event) for event in batch], WARIER_MATCHER if number == adopted else None)
        assert memory.truth() == expected


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 120))
def test_any_history_in_any_order_comes_to_what_it_says_as_a_whole(history: int, arrival: int, events: int) -> None:
    memory, expected = after(history, arrival, events)
    assert memory.truth() == expected


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 120))
def test_a_state_that_is_carried_from_batch_to_batch_is_what_all_entries_come_to(
    history: int, arrival: int, events: int
) -> None:
    memory, _ = after(history, arrival, events)
    assert memory.states == memory.folded()


def _by_one_of_two_bodies(event: Event) -> Event:
    """What bodies say under each other's facts, as somebody may who has taken over a processor."""
    body = OrgHandle(an_id(int(event.head.event_id, 16) % 2))
    return replace(event, head=replace(event.head, org=body))


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 120))
def test_what_bodies_say_under_each_others_facts_comes_to_one_truth_in_any_order(
    history: int, arrival: int, events: int
) -> None:
    told = [_by_one_of_two_bodies(event) for event in a_history(Random(history), events)]
    memory = Memory()
    for batch in arrivals(Random(arrival), told):
        memory.take([said(event) for event in batch])
    assert memory.truth() == whole_truth(map(said, told))
    assert memory.states == memory.folded()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["report first", "withdrawal first"])
@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
@pytest.mark.parametrize("together", [True, False])
def test_a_report_outlives_what_takes_it_back_at_the_same_moment(
    order: tuple[int, int], ids: tuple[int, int], *, together: bool
) -> None:
    facts: tuple[Fact, Fact] = (ChildMissing(MissingKind.MISSING), ReportWithdrawn())
    both = [later(says(A, event, fact=fact, of_fact=9), 5) for event, fact in zip(ids, facts, strict=True)]
    memory = Memory()
    for batch in [[both[one] for one in order]] if together else [[both[one]] for one in order]:
        memory.take(batch)
    assert memory.states[CaseId(A)].status is CaseStatus.MISSING


def test_a_report_that_is_made_again_stands_again_whatever_another_body_says_under_its_fact() -> None:
    report, back = (
        says(A, on, fact=fact, of_fact=9)
        for on, fact in ((1, ChildMissing(MissingKind.MISSING)), (2, ReportWithdrawn()))
    )
    forged = says(A, 20, fact=ReportWithdrawn(), of_fact=9)
    forged = replace(forged, entry=replace(forged.entry, org=OrgHandle(an_id(77))))
    memory = Memory()
    for said_now in (report, back, forged, later(report, 3)):
        memory.take([said_now])
    assert memory.states[CaseId(A)].status is CaseStatus.MISSING


def test_records_that_claim_one_number_are_one_case() -> None:
    assert cases(says(B, 1, NUMBER), says(A, 2, NUMBER)) == {A: A, B: A}


def test_a_number_that_a_record_disputes_joins_it_to_nobody() -> None:
    assert cases(says(A, 1, NUMBER), says(B, 2, NUMBER), says(B, 3, DISPUTED)) == {A: A, B: B}


def test_a_corrected_number_parts_what_it_joined() -> None:
    assert cases(says(A, 1, NUMBER), says(B, 2, NUMBER), says(B, 3, of_fact=2)) == {A: A, B: B}


def test_a_number_that_was_corrected_back_joins_again() -> None:
    first = says(B, 2, NUMBER)
    assert cases(says(A, 1, NUMBER), first, says(B, 3, of_fact=2), later(first, 4)) == {A: A, B: A}


def test_a_link_waits_for_the_record_that_it_names() -> None:
    assert cases(says(A, 1, fact=RecordsLinked(B)), says(B, 2)) == {A: A, B: A}


def test_an_undone_link_leaves_two_cases() -> None:
    undone = says(A, 4, fact=RecordsUnlinked(B))
    assert cases(says(A, 1), says(B, 2), says(A, 3, fact=RecordsLinked(B)), undone) == {A: A, B: B}


def test_a_refusal_parts_what_a_number_joined() -> None:
    assert cases(says(A, 1, NUMBER), says(B, 2, NUMBER), says(A, 3, fact=LinkRefused(B))) == {A: A, B: B}


def test_a_link_that_is_said_again_is_the_later_word() -> None:
    linked, undone = says(A, 1, fact=RecordsLinked(B)), says(A, 2, fact=RecordsUnlinked(B))
    assert cases(linked, undone, says(B, 3), later(linked, 4)) == {A: A, B: A}


def test_a_decision_was_made_when_it_is_said_to_have_been() -> None:
    exact = replace(says(A, 9, fact=RecordsLinked(B)).entry, occurred_at=day(3), precision=Precision.INSTANT)
    stated = decision_of(exact)
    assert stated
    assert stated.decision.decided_at == day(3)


def test_a_link_that_a_fast_clock_dates_ahead_is_undone_by_who_undoes_it_meanwhile() -> None:
    linked, undone = says(A, 3, fact=RecordsLinked(B)), says(A, 4, fact=RecordsUnlinked(B))
    dated = [
        replace(said, entry=replace(said.entry, occurred_at=at, precision=Precision.INSTANT))
        for said, at in ((linked, day(5)), (undone, day(4)))
    ]
    assert cases(says(A, 1), says(B, 2), *dated) == {A: A, B: B}


def test_a_decision_of_which_only_the_day_is_known_counts_from_its_recording() -> None:
    stated = decision_of(replace(says(A, 9, fact=RecordsLinked(B)).entry, occurred_at=day(3), precision=Precision.DAY))
    assert stated
    assert stated.decision.decided_at == day(9)


def test_a_record_linked_to_itself_decides_nothing() -> None:
    assert decision_of(says(A, 1, fact=RecordsLinked(A)).entry) is None


def test_an_event_whose_id_is_held_under_another_fact_is_a_repetition() -> None:
    memory = Memory()
    memory.take([says(A, 1)])
    outcome = memory.take([says(A, 1, of_fact=2)])
    assert (outcome.found.new, outcome.cases) == ((), ())


def test_a_new_fact_is_absorbed_and_nothing_is_folded_anew() -> None:
    memory = Memory()
    memory.take([says(A, 1, NUMBER)])
    assert memory.take([says(A, 2, NUMBER)]).refolds == 0


def test_a_newcomer_is_absorbed_into_the_case_that_it_joins() -> None:
    memory = Memory()
    memory.take([says(A, 1, NUMBER)])
    outcome = memory.take([says(B, 2, NUMBER, fact=ChildMissing(MissingKind.MISSING))])
    assert outcome.refolds == 0
    assert memory.states[CaseId(A)].entries == 2


def test_a_case_that_a_newcomer_renames_goes_on_from_its_state() -> None:
    memory = Memory()
    memory.take([says(B, 1, NUMBER)])
    outcome = memory.take([says(A, 2, NUMBER)])
    assert outcome.refolds == 0
    assert memory.states[CaseId(A)].entries == 2


def test_a_case_that_lost_its_records_is_told_as_empty() -> None:
    memory = Memory()
    memory.take([says(B, 1, NUMBER)])
    outcome = memory.take([says(A, 2, NUMBER)])
    assert {(case.case_id, case.state.entries) for case in outcome.cases} == {(CaseId(A), 2), (CaseId(B), 0)}


def test_an_older_wording_that_comes_late_is_kept_and_changes_nothing() -> None:
    memory = Memory()
    memory.take([says(A, 5, of_fact=1)])
    outcome = memory.take([says(A, 2, of_fact=1)])
    assert [change.state.entries for change in outcome.cases] == [1]
    assert len(memory.entries) == 2


def test_a_newcomer_belongs_to_its_case_since_its_first_event() -> None:
    outcome = Memory().take([says(A, 5), says(A, 3)])
    assert [one.known_at for one in outcome.assigned] == [day(3)]


def test_a_record_that_moves_does_so_when_the_hub_held_the_reason() -> None:
    memory = Memory()
    memory.take([says(A, 1), says(B, 2)])
    outcome = memory.take([says(A, 7, fact=RecordsLinked(B))])
    assert [(one.subject_id, one.known_at) for one in outcome.assigned] == [(B, day(7))]


def asks(subject: SubjectId, event: int, number: int) -> Said:
    """An adult asks for the child, nobody says when; recorded on the day of that number."""
    made = later(says(subject, event, fact=KinshipClaimed(an_id(0xAD))), number)
    undated = replace(made.entry, occurred_at=None, precision=Precision.UNKNOWN)
    return replace(made, entry=undated, portrait=asked_for_trait(asked_for_at(undated)))


def test_a_claim_that_is_sent_again_later_does_not_make_one_persons_link_do() -> None:
    link = says(B, 2, fact=RecordsLinked(A, decided_by=an_id(0xA)))
    assert cases(asks(A, 1, 1), link, asks(A, 1, 50)) == cases(asks(A, 1, 50), link, asks(A, 1, 1)) == {A: A, B: B}
