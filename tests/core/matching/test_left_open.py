"""A record that leaves open what tells two others apart is joined to neither by likeness alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, permutations, product
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import Name, Subject
from services.core.codes import ClaimStatus, IdentifierScheme, NameKind, Sex
from services.core.ids import SubjectId
from services.core.matching.components import IdentifierKey, Partition, partition
from services.core.matching.groups import Groups, Pair
from services.core.matching.left_open import left_open
from services.core.matching.scoring import Profile, profile
from tests.builders import an_id

A, B, C, D, E = (SubjectId(an_id(number)) for number in range(1, 6))
SELAM, HANNA, NEITHER = "Selam Tesfay Girma", "Hanna Tesfay Girma", "Tesfay Girma"
NUMBER = frozenset({(IdentifierScheme.NHS_NUMBER, "1")})
OTHER_NUMBER = frozenset({(IdentifierScheme.PASSPORT, "2")})
NONE: frozenset[IdentifierKey] = frozenset()


def claims(*names: str, sex: Sex = Sex.FEMALE) -> Profile:
    return profile(Subject(names=tuple(Name(text, NameKind.FULL, ClaimStatus.CLAIMED) for text in names), sex=sex))


def found(
    claimed: Mapping[SubjectId, Profile],
    likely: Iterable[Pair],
    numbers: Mapping[SubjectId, frozenset[IdentifierKey]] | None = None,
) -> Partition:
    records = dict.fromkeys(claimed, NONE) | dict(numbers or {})
    return partition(records, (), likely, profile_of=claimed.__getitem__)


def cases(of: Partition) -> list[set[SubjectId]]:
    """The records of each case, the case of the smallest record first."""
    return [{one for one in of.case_of if of.case_of[one] == case} for case in sorted(set(of.case_of.values()))]


TWINS = {A: claims(SELAM), B: claims(HANNA), C: claims(NEITHER)}


def test_who_has_the_family_names_alone_is_joined_to_neither_of_two_twins() -> None:
    assert cases(found(TWINS, [(A, C), (B, C)])) == [{A}, {B}, {C}]


def test_a_person_is_asked_about_both() -> None:
    assert found(TWINS, [(A, C), (B, C)]).conflicts == {(A, C), (B, C)}


def test_a_chain_of_records_with_the_family_names_alone_joins_no_twins() -> None:
    chain = TWINS | {D: claims(NEITHER), E: claims(NEITHER)}
    assert cases(found(chain, [(A, C), (C, D), (D, E), (B, E)])) == [{A}, {B}, {C, D, E}]


def test_a_chain_without_anybody_who_contradicts_the_other_end_is_one_case() -> None:
    chain = {A: claims(SELAM), B: claims("Selam Tesfaye Girma"), C: claims(NEITHER), D: claims(NEITHER)}
    assert cases(found(chain, [(A, C), (C, D), (B, D)])) == [{A, B, C, D}]


def test_whose_sex_nobody_gives_is_joined_to_neither_a_boy_nor_a_girl_of_the_name() -> None:
    both = {A: claims(SELAM), B: claims(SELAM, sex=Sex.MALE), C: claims(SELAM, sex=Sex.UNKNOWN)}
    assert cases(found(both, [(A, C), (B, C)])) == [{A}, {B}, {C}]


def test_a_sex_that_is_given_leaves_nothing_open() -> None:
    told = {A: claims(SELAM), B: claims(SELAM, sex=Sex.MALE), C: claims(SELAM)}
    assert cases(found(told, [(A, C), (B, C)])) == [{A, B, C}]


def test_the_longest_name_joins_what_each_of_two_others_leaves_out() -> None:
    longest = {A: claims("Selam Tesfay"), B: claims("Selam Girma"), C: claims(SELAM)}
    assert cases(found(longest, [(A, C), (B, C)])) == [{A, B, C}]


@pytest.mark.parametrize("other", [SELAM, "Girma Selam Tesfaye", "Selam Haile Tesfay Girma", "Sellam Tesfay Girma"])
def test_two_ways_to_write_one_name_contradict_nothing(other: str) -> None:
    assert cases(found(TWINS | {B: claims(other)}, [(A, C), (B, C)])) == [{A, B, C}]


def test_one_of_several_names_that_agrees_is_enough_for_two_records_not_to_contradict() -> None:
    assert cases(found(TWINS | {B: claims(HANNA, SELAM)}, [(A, C), (B, C)])) == [{A, B, C}]


def test_one_of_several_names_that_says_less_leaves_it_open() -> None:
    assert cases(found(TWINS | {C: claims("Lula Bekele", NEITHER)}, [(A, C), (B, C)])) == [{A}, {B}, {C}]


def test_who_is_settled_with_the_one_is_not_joined_to_the_other() -> None:
    of_one = found(TWINS, [(A, C), (B, C)], {A: NUMBER, C: NUMBER})
    assert cases(of_one) == [{A, C}, {B}]
    assert of_one.conflicts == {(B, C)}


def test_what_is_settled_counts_though_it_is_not_likely() -> None:
    assert cases(found(TWINS, [(B, C)], {A: NUMBER, C: NUMBER})) == [{A, C}, {B}]


def test_where_both_are_settled_as_one_child_nothing_is_open() -> None:
    assert cases(found(TWINS, [(A, C), (B, C)], {A: NUMBER, B: NUMBER})) == [{A, B, C}]


def test_two_records_that_are_settled_leave_open_what_each_alone_does() -> None:
    four = TWINS | {D: claims(NEITHER)}
    assert cases(found(four, [(A, C), (B, D)], {C: NUMBER, D: NUMBER})) == [{A}, {B}, {C, D}]


def test_an_edge_of_a_record_that_is_settled_with_it_is_as_unsure() -> None:
    four = TWINS | {D: claims("Unknown")}
    assert cases(found(four, [(A, C), (A, D), (B, C)], {C: NUMBER, D: NUMBER})) == [{A}, {B}, {C, D}]


def test_what_else_is_likely_of_each_is_joined_all_the_same() -> None:
    five = TWINS | {D: claims(NEITHER), E: claims(SELAM)}
    likely = [(A, C), (A, D), (A, E), (B, C), (B, D), (C, D), (C, E), (D, E)]
    assert cases(found(five, likely)) == [{A, E}, {B}, {C, D}]


def test_an_edge_within_what_is_settled_is_never_unsure() -> None:
    settled = Groups(TWINS)
    settled.join((A, C))
    assert left_open(settled, [(A, C), (B, C)], TWINS.__getitem__) == {(B, C)}


def test_where_nobody_says_what_records_claim_nothing_is_open() -> None:
    assert cases(partition(dict.fromkeys(TWINS, NONE), (), [(A, C), (B, C)])) == [{A, B, C}]


def many(count: int, named: Callable[[int], str]) -> dict[SubjectId, Profile]:
    return {SubjectId(an_id(number)): claims(named(number)) for number in range(2, count + 2)}


def around_one(claimed: Mapping[SubjectId, Profile]) -> Partition:
    middle = SubjectId(an_id(1))
    return found({middle: claims(NEITHER), **claimed}, [(middle, one) for one in claimed])


def letters(number: int) -> str:
    return "".join("bdfgklmnpr"[int(digit)] + vowel for digit, vowel in zip(f"{number:03}", "aou", strict=True))


def test_more_fuller_names_than_are_compared_are_taken_to_contradict_each_other() -> None:
    alike = many(21, lambda number: f"{SELAM} {letters(number)}" if number > 2 else SELAM)
    fewer = dict(list(alike.items())[:2])
    assert len(cases(around_one(fewer))) == 1
    assert len(cases(around_one(alike))) == 22


def test_hundreds_of_records_of_one_fuller_name_are_joined() -> None:
    assert len(cases(around_one(many(300, lambda _: SELAM)))) == 1


def test_hundreds_of_records_alike_take_no_longer_than_their_edges_do() -> None:
    claimed = many(200, lambda number: NEITHER if number % 2 else f"{letters(number)} {NEITHER}")
    began = process_time()
    likely = [pair for pair in combinations(claimed, 2) if claims(NEITHER) in {claimed[one] for one in pair}]
    assert len(cases(found(claimed, likely))) == 101
    assert process_time() - began < 5.0


_names = st.sampled_from([SELAM, HANNA, NEITHER, "Selam Tesfay", "Selam Girma"])
_claims = st.builds(lambda names, sex: claims(*names, sex=sex), st.sets(_names, max_size=2), st.sampled_from(Sex))
_described = st.dictionaries(st.sampled_from([A, B, C, D, E]), _claims, min_size=2)
_likely = st.sets(st.sampled_from(list(combinations([A, B, C, D, E], 2))))
_numbered = st.dictionaries(st.sampled_from([A, B, C, D, E]), st.sampled_from([NUMBER, OTHER_NUMBER]), max_size=3)


def _of_these(
    claimed: Mapping[SubjectId, Profile], numbers: Mapping[SubjectId, frozenset[IdentifierKey]]
) -> dict[SubjectId, frozenset[IdentifierKey]]:
    return {one: numbers.get(one, NONE) for one in claimed}


@given(_described, _likely, _numbered, st.randoms())
def test_what_is_open_only_ever_parts_and_in_whatever_order_it_is_told(
    claimed: dict[SubjectId, Profile],
    likely: set[Pair],
    numbers: dict[SubjectId, frozenset[IdentifierKey]],
    random: Random,
) -> None:
    records = _of_these(claimed, numbers)
    of = found(claimed, likely, records)
    shuffled: Sequence[SubjectId] = random.sample(list(claimed), len(claimed))
    pairs = random.sample(sorted(likely), len(likely))
    assert partition({one: records[one] for one in shuffled}, (), pairs, profile_of=claimed.__getitem__) == of
    without = partition(records, (), likely).case_of
    assert all(without[one] == without[SubjectId(case)] for one, case in of.case_of.items())


@given(_described, _likely, _numbered)
def test_each_component_alone_is_parted_as_it_is_among_all(
    claimed: dict[SubjectId, Profile], likely: set[Pair], numbers: dict[SubjectId, frozenset[IdentifierKey]]
) -> None:
    records = _of_these(claimed, numbers)
    beside = {SubjectId(f"{int(one, 16) + 16:032x}"): one for one in claimed}
    both = {**claimed, **{twin: claimed[one] for twin, one in beside.items()}}
    twins = {one: twin for twin, one in beside.items()}
    pairs = [pair for pair in likely if set(pair) <= claimed.keys()]
    elsewhere = [(twins[one], twins[other]) for one, other in pairs]
    alone = found(claimed, pairs, records)
    among = found(both, [*pairs, *elsewhere], records)
    assert {one: among.case_of[one] for one in claimed} == alone.case_of
    assert {pair for pair in among.conflicts if set(pair) <= claimed.keys()} == alone.conflicts


def test_twins_and_whoever_may_be_either_are_three_cases_whatever_their_ids() -> None:
    for ids, names in product(permutations((A, B, C)), [(SELAM, HANNA, NEITHER)]):
        claimed = {one: claims(name) for one, name in zip(ids, names, strict=True)}
        pairs = [(min(one, ids[2]), max(one, ids[2])) for one in ids[:2]]
        assert len(cases(found(claimed, pairs))) == 3
