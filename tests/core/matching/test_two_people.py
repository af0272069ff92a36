"""A link that leads an enquirer from one child to another needs two people, whatever the order of arrival."""

from datetime import datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import IdentifierScheme
from services.core.ids import CaseId, EventId, SubjectId
from services.core.matching.components import Decision, Partition, Verdict, partition
from tests.builders import an_id, day

A, B, C = (SubjectId(an_id(number)) for number in (1, 2, 3))
OF_A, OF_B, OF_C = (CaseId(one) for one in (A, B, C))
ANNA, BEN = an_id(0xA), an_id(0xB)
NUMBER = (IdentifierScheme.NHS_NUMBER, "1")


def link(by: str | None, number: int, on: int, pair: tuple[SubjectId, SubjectId] = (A, B)) -> Decision:
    return Decision(pair, Verdict.LINKED, day(on), EventId(an_id(number)), by)


def undone(number: int, on: int) -> Decision:
    return Decision((A, B), Verdict.UNLINKED, day(on), EventId(an_id(number)))


def placed(*decisions: Decision, asked: dict[SubjectId, datetime] | None = None) -> Partition:
    return partition({one: frozenset() for one in (A, B, C)}, decisions, (), asked or {})


def test_where_nobody_asks_for_either_child_one_person_links() -> None:
    assert placed(link(ANNA, 1, 5)).case_of[B] == OF_A


def test_where_an_adult_asks_for_one_of_them_one_person_s_link_waits() -> None:
    found = placed(link(ANNA, 1, 5), asked={B: day(1)})
    assert (found.case_of[B], found.waiting) == (OF_B, frozenset({(A, B)}))


def test_a_second_person_makes_it() -> None:
    found = placed(link(ANNA, 1, 5), link(BEN, 2, 6), asked={B: day(1)})
    assert (found.case_of[B], found.waiting) == (OF_A, frozenset())


def test_one_person_twice_is_one_person() -> None:
    assert placed(link(ANNA, 1, 5), link(ANNA, 2, 6), asked={B: day(1)}).case_of[B] == OF_B


def test_people_who_did_not_show_who_they_are_are_nobody() -> None:
    assert placed(link(None, 1, 5), link(None, 2, 6), link(ANNA, 3, 7), asked={B: day(1)}).case_of[B] == OF_B


def test_a_link_that_was_undone_needs_two_people_again() -> None:
    assert placed(link(ANNA, 1, 5), undone(2, 6), link(BEN, 3, 7), asked={A: day(1)}).case_of[B] == OF_B


def test_an_adult_who_asks_afterwards_parts_nothing() -> None:
    assert placed(link(ANNA, 1, 5), asked={B: day(6)}).case_of[B] == OF_A


def test_an_adult_who_asks_for_another_record_of_the_case_counts_too() -> None:
    numbers = {A: frozenset(), B: frozenset({NUMBER}), C: frozenset({NUMBER})}
    assert (
        partition(numbers, [link(ANNA, 1, 5)], (), {C: day(1)}).case_of[A]
        != partition(numbers, [link(ANNA, 1, 5)], (), {C: day(1)}).case_of[B]
    )


def test_what_a_number_joins_anyway_waits_for_nobody() -> None:
    numbers = {A: frozenset({NUMBER}), B: frozenset({NUMBER})}
    assert partition(numbers, [link(ANNA, 1, 5)], (), {A: day(1)}).waiting == frozenset()


def test_one_person_cannot_come_to_the_child_by_way_of_a_third_record() -> None:
    found = placed(link(ANNA, 1, 5, (A, C)), link(ANNA, 2, 6, (B, C)), asked={A: day(1)})
    assert found.case_of == {A: OF_A, B: OF_B, C: OF_B}


links = st.builds(
    link,
    st.sampled_from((None, ANNA, BEN)),
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from(((A, B), (B, C), (A, C))),
)


@given(st.lists(links, max_size=4, unique_by=lambda one: one.event_id), st.sampled_from((A, B, C)))
def test_the_order_in_which_decisions_come_makes_no_difference(said: list[Decision], claimed: SubjectId) -> None:
    expected = placed(*said, asked={claimed: day(4)})
    assert all(placed(*order, asked={claimed: day(4)}) == expected for order in permutations(said))
