"""Which records are of one child."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import IdentifierScheme
from services.core.ids import EventId, SubjectId
from services.core.matching.components import Decision, Partition, Verdict, partition
from services.core.matching.groups import Pair, pair_of

NHS, PASSPORT = IdentifierScheme.NHS_NUMBER, IdentifierScheme.PASSPORT
DAY = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C, D = (SubjectId(letter * 32) for letter in "abcd")


def decision(one: SubjectId, other: SubjectId, verdict: Verdict, day: int = 0) -> Decision:
    return Decision(pair_of(one, other), verdict, DAY + timedelta(days=day), EventId(f"{day:032x}"))


def cases(found: Partition) -> dict[str, str]:
    return {str(subject): str(case) for subject, case in found.case_of.items()}


def holding(*keys: tuple[IdentifierScheme, str]) -> frozenset[tuple[IdentifierScheme, str]]:
    return frozenset(keys)


def test_records_that_share_an_identifier_are_one_case() -> None:
    found = partition({B: holding((NHS, "1")), A: holding((NHS, "1")), C: holding((NHS, "2"))}, [])
    assert cases(found) == {A: A, B: A, C: C}


def test_a_case_is_named_after_its_smallest_record() -> None:
    found = partition({D: holding((PASSPORT, "x")), C: holding((PASSPORT, "x"))}, [])
    assert set(cases(found).values()) == {C}


def test_a_person_joins_records_that_share_nothing() -> None:
    found = partition({A: holding(), B: holding()}, [decision(A, B, Verdict.LINKED)])
    assert cases(found) == {A: A, B: A}


def test_a_link_that_was_undone_joins_nothing() -> None:
    undone = [decision(A, B, Verdict.LINKED), decision(A, B, Verdict.UNLINKED, day=1)]
    assert cases(partition({A: holding(), B: holding()}, undone)) == {A: A, B: B}


def test_undoing_a_persons_link_leaves_the_identifiers_word() -> None:
    same = holding((NHS, "1"))
    undone = [decision(A, B, Verdict.LINKED), decision(A, B, Verdict.UNLINKED, day=1)]
    assert cases(partition({A: same, B: same}, undone)) == {A: A, B: A}


def test_a_refusal_parts_records_that_share_an_identifier() -> None:
    same = holding((NHS, "1"))
    assert cases(partition({A: same, B: same}, [decision(A, B, Verdict.REFUSED)])) == {A: A, B: B}


def test_a_refusal_is_not_got_round_through_a_third_record() -> None:
    records = {A: holding((PASSPORT, "x")), B: holding((PASSPORT, "y")), C: holding((PASSPORT, "x"), (PASSPORT, "y"))}
    found = partition(records, [decision(A, B, Verdict.REFUSED)])
    assert len(set(found.case_of.values())) == 3
    assert found.conflicts


def test_contradicting_numbers_go_to_a_person_and_join_nothing() -> None:
    records = {A: holding((NHS, "1"), (PASSPORT, "x")), B: holding((NHS, "2"), (PASSPORT, "x"))}
    found = partition(records, [])
    assert cases(found) == {A: A, B: B}
    assert found.conflicts == {(A, B)}


def test_a_contradiction_does_not_undo_what_a_surer_number_joins() -> None:
    records = {
        A: holding((NHS, "1"), (PASSPORT, "x")),
        B: holding((NHS, "1")),
        C: holding((NHS, "2"), (PASSPORT, "x")),
    }
    assert cases(partition(records, [])) == {A: A, B: A, C: C}


def test_a_person_may_join_what_numbers_contradict() -> None:
    records = {A: holding((NHS, "1")), B: holding((NHS, "2"))}
    assert cases(partition(records, [decision(A, B, Verdict.LINKED)])) == {A: A, B: A}


def test_a_later_link_wins_over_an_earlier_one_that_would_join_what_is_refused() -> None:
    decisions = [decision(A, B, Verdict.REFUSED), decision(A, C, Verdict.LINKED, 1), decision(B, C, Verdict.LINKED, 2)]
    assert cases(partition({A: holding(), B: holding(), C: holding()}, decisions)) == {A: A, B: B, C: B}


def test_a_decision_waits_for_a_record_that_has_not_come() -> None:
    assert cases(partition({A: holding()}, [decision(A, B, Verdict.LINKED)])) == {A: A}


_subjects = st.sampled_from([SubjectId(f"{number:032x}") for number in range(8)])
_keys = st.tuples(st.sampled_from([NHS, PASSPORT]), st.sampled_from("123"))
_records = st.dictionaries(_subjects, st.frozensets(_keys, max_size=3), max_size=8)
_decisions = st.lists(
    st.builds(
        decision,
        _subjects,
        _subjects,
        st.sampled_from(Verdict),
        st.integers(0, 5),
    ).filter(lambda made: made.pair[0] != made.pair[1]),
    max_size=6,
    unique_by=lambda made: (made.pair, made.event_id),
)
"""No two events have one id."""


@given(_records, _decisions, st.randoms())
def test_the_order_of_records_and_decisions_changes_nothing(
    records: dict[SubjectId, frozenset[tuple[IdentifierScheme, str]]], decisions: list[Decision], random: Random
) -> None:
    shuffled, names = list(decisions), list(records)
    random.shuffle(shuffled)
    random.shuffle(names)
    assert partition({name: records[name] for name in names}, shuffled) == partition(records, decisions)


@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
@pytest.mark.parametrize("parting", [Verdict.UNLINKED, Verdict.REFUSED])
def test_a_link_is_outlived_by_what_parts_the_same_two_at_the_same_moment(
    parting: Verdict, ids: tuple[int, int]
) -> None:
    made = [
        Decision((A, B), verdict, DAY, EventId(f"{number:032x}"))
        for verdict, number in zip((Verdict.LINKED, parting), ids, strict=True)
    ]
    assert cases(partition({A: holding(), B: holding()}, made)) == {A: A, B: B}


@given(_records, _decisions)
def test_what_a_person_last_refused_is_never_in_one_case(
    records: dict[SubjectId, frozenset[tuple[IdentifierScheme, str]]], decisions: list[Decision]
) -> None:
    found = partition(records, decisions).case_of
    order = list(Verdict)
    latest = {
        made.pair: made for made in sorted(decisions, key=lambda made: (made.decided_at, order.index(made.verdict)))
    }
    for (one, other), made in latest.items():
        if made.verdict is Verdict.REFUSED and one in found and other in found:
            assert found[one] != found[other]


@given(_records, _decisions)
def test_a_case_is_always_its_own_smallest_record(
    records: dict[SubjectId, frozenset[tuple[IdentifierScheme, str]]], decisions: list[Decision]
) -> None:
    found = partition(records, decisions).case_of
    assert all(found[SubjectId(case)] == case and case <= subject for subject, case in found.items())


def test_what_is_likely_joins_records_that_share_no_number() -> None:
    assert cases(partition({A: holding(), B: holding()}, [], [(A, B)])) == {A: A, B: A}


def test_what_is_likely_joins_nothing_that_a_person_parted() -> None:
    found = partition({A: holding(), B: holding()}, [decision(A, B, Verdict.REFUSED)], [(A, B)])
    assert cases(found) == {A: A, B: B}
    assert found.conflicts == {(A, B)}


def test_what_is_likely_joins_nothing_that_numbers_part_and_a_person_is_asked() -> None:
    records = {A: holding((NHS, "1")), B: holding((NHS, "1")), C: holding((NHS, "2")), D: holding((NHS, "2"))}
    found = partition(records, [], [(B, C)])
    assert cases(found) == {A: A, B: A, C: C, D: C}
    assert found.conflicts == {(B, C)}


def test_what_is_likely_joins_nothing_against_a_number_of_which_a_person_may_have_several() -> None:
    records = {A: holding((PASSPORT, "x")), B: holding(), C: holding((PASSPORT, "y")), D: holding((NHS, "1"))}
    found = partition(records, [], [(A, B), (B, C)])
    assert cases(found) == {A: A, B: B, C: C, D: D}
    assert found.conflicts == {(A, B), (B, C)}
    assert cases(partition(records, [], [(A, B), (B, D)])) == {A: A, B: A, C: C, D: A}


def test_a_person_with_two_passports_whom_a_surer_number_joins_is_joined_by_what_is_likely_too() -> None:
    records = {A: holding((NHS, "1"), (PASSPORT, "x")), B: holding((NHS, "1"), (PASSPORT, "y")), C: holding()}
    assert cases(partition(records, [], [(B, C)])) == {A: A, B: A, C: A}


def test_what_is_likely_of_records_that_are_not_there_counts_once_they_are() -> None:
    assert cases(partition({A: holding()}, [], [(A, B)])) == {A: A}


NAMESAKES = {A: holding((NHS, "1")), B: holding(), C: holding((NHS, "2"))}
"""B is like A, and but for a digit like C, whose number says that they are another child."""


def test_a_record_that_may_as_well_be_another_childs_goes_to_a_person() -> None:
    found = partition(NAMESAKES, [], [(A, B)], rivals=[(B, C)])
    assert cases(found) == {A: A, B: B, C: C}
    assert found.conflicts == {(A, B)}


def test_what_else_is_likely_of_the_one_child_is_joined_all_the_same() -> None:
    found = partition(NAMESAKES | {D: holding()}, [], [(A, B), (A, D), (B, D)], rivals=[(B, C)])
    assert cases(found) == {A: A, B: B, C: C, D: A}
    assert found.conflicts == {(A, B), (B, D)}


def test_a_rival_of_whom_nothing_says_that_they_are_another_child_parts_nothing() -> None:
    assert cases(partition(NAMESAKES | {C: holding()}, [], [(A, B)], rivals=[(B, C)])) == {A: A, B: A, C: C}


def test_a_record_whose_own_number_says_that_it_is_not_the_rivals_is_joined() -> None:
    records = NAMESAKES | {B: holding((PASSPORT, "x")), C: holding((NHS, "2"), (PASSPORT, "y"))}
    assert cases(partition(records, [], [(A, B)], rivals=[(B, C)])) == {A: A, B: A, C: C}


def test_a_person_who_says_that_the_rival_is_another_child_ends_the_doubt() -> None:
    refused = decision(B, C, Verdict.REFUSED)
    assert cases(partition(NAMESAKES, [refused], [(A, B)], rivals=[(B, C)])) == {A: A, B: A, C: C}


def test_a_person_who_joins_a_record_ends_the_doubt() -> None:
    linked = decision(A, B, Verdict.LINKED)
    assert cases(partition(NAMESAKES, [linked], [(A, B)], rivals=[(B, C)])) == {A: A, B: A, C: C}


def test_a_person_who_parts_two_namesakes_begins_the_doubt_that_numbers_do_not() -> None:
    records, refused = {A: holding(), B: holding(), C: holding()}, decision(A, C, Verdict.REFUSED)
    assert cases(partition(records, [refused], [(A, B)], rivals=[(B, C)])) == {A: A, B: B, C: C}


def test_a_rivals_number_counts_though_another_record_bears_it() -> None:
    records = NAMESAKES | {C: holding((PASSPORT, "x")), D: holding((PASSPORT, "x"), (NHS, "2"))}
    assert cases(partition(records, [], [(A, B)], rivals=[(B, C)])) == {A: A, B: B, C: C, D: C}


def test_a_rivals_number_counts_though_only_what_is_likely_joins_the_record_that_bears_it() -> None:
    records = NAMESAKES | {C: holding(), D: holding((NHS, "2"))}
    assert cases(partition(records, [], [(A, B), (C, D)], rivals=[(B, C)])) == {A: A, B: B, C: C, D: D}


@given(st.permutations([A, B, C, D]), st.permutations([(A, B), (B, C), (C, D)]), st.integers(0, 3))
def test_the_order_of_what_is_likely_changes_nothing(records: list[SubjectId], pairs: list[Pair], many: int) -> None:
    found = partition({record: holding() for record in records}, [], pairs[:many])
    assert found == partition({record: holding() for record in sorted(records)}, [], sorted(pairs[:many]))


_pairs = st.sets(st.tuples(_subjects, _subjects).filter(lambda pair: pair[0] < pair[1]))


@given(_records, _pairs, _pairs, st.randoms())
def test_a_rival_only_ever_parts_and_in_whatever_order_it_is_told(
    records: dict[SubjectId, frozenset[tuple[IdentifierScheme, str]]],
    likely: set[Pair],
    rivals: set[Pair],
    random: Random,
) -> None:
    names, pairs, others = list(records), list(likely), list(rivals - likely)
    for told in (names, pairs, others):
        random.shuffle(told)
    found, without = partition(records, [], likely, rivals=rivals - likely), partition(records, [], likely)
    assert partition({name: records[name] for name in names}, [], pairs, rivals=others) == found
    assert all(without.case_of[subject] == without.case_of[SubjectId(case)] for subject, case in found.case_of.items())


@given(_records, _pairs, st.randoms())
def test_what_is_likely_never_joins_two_numbers_of_one_kind_in_whatever_order_it_is_told(
    records: dict[SubjectId, frozenset[tuple[IdentifierScheme, str]]], likely: set[Pair], random: Random
) -> None:
    names, pairs = list(records), list(likely)
    random.shuffle(names)
    random.shuffle(pairs)
    by_numbers, found = partition(records, []), partition(records, [], likely)
    assert partition({name: records[name] for name in names}, [], pairs) == found
    for scheme in (NHS, PASSPORT):
        for one, other in combinations(records, 2):
            mine, theirs = ({value for kind, value in records[end] if kind is scheme} for end in (one, other))
            if mine and theirs and not mine & theirs and found.case_of[one] == found.case_of[other]:
                assert by_numbers.case_of[one] == by_numbers.case_of[other]
