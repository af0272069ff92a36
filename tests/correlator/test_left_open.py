"""Twins, and a boy and a girl of one name, stay two cases though a third record may be of either, however it comes."""

from collections.abc import Iterable, Sequence
from itertools import combinations, permutations

import pytest

from services.core.claims import BirthDate, Name, Subject
from services.core.codes import ClaimStatus, NameKind, Sex
from services.core.facts import RecordsLinked
from services.core.ids import SubjectId
from services.core.matching.groups import pair_of
from services.core.matching.scoring import Verdict
from services.correlator.likeness import portrait_of
from services.correlator.said import NO_TRAITS, Portrait, Said
from services.wire.records import record_of
from tests.builders import an_id
from tests.correlator.memory import Memory, whole_truth
from tests.correlator.test_handlers import NUMBER
from tests.correlator.test_likeness import heard, says


def claiming(given: str, family: str = "Tesfay Girma", sex: Sex = Sex.FEMALE, born: str = "2011-04-09") -> Portrait:
    written = ((given, NameKind.GIVEN), (family, NameKind.FAMILY))
    subject = Subject(
        names=tuple(Name(text, kind, ClaimStatus.CLAIMED) for text, kind in written if text),
        dates_of_birth=(BirthDate(born, ClaimStatus.CLAIMED),),
        sex=sex,
        nationalities=("ER",),
    )
    return portrait_of(record_of(subject))


SELAM, HANNA, NEITHER, UNKNOWN = (claiming(given) for given in ("Selam", "Hanna", "", "Unknown"))


def together(memory: Memory) -> list[list[int]]:
    """The records of each case, by their numbers."""
    by_case: dict[str, list[int]] = {}
    for subject, case in sorted(memory.cases.items()):
        by_case.setdefault(str(case), []).append(int(subject, 16))
    return list(by_case.values())


def in_every_order(words: Iterable[Said]) -> list[list[int]]:
    """The cases that words come to, which are the same in every order of arrival and of all at once."""
    words = list(words)
    expected = whole_truth(words)
    memories = [heard(*order) for order in permutations(words)]
    assert all(memory.truth() == expected for memory in memories)
    return together(memories[0])


def of_each(portraits: Sequence[Portrait]) -> list[Said]:
    return [says(number, number, portrait) for number, portrait in enumerate(portraits, 1)]


@pytest.mark.parametrize("third", [NEITHER, UNKNOWN], ids=["family names alone", "given name unknown"])
@pytest.mark.parametrize("place", range(3))
def test_twins_stay_two_though_a_record_of_their_family_names_comes(third: Portrait, place: int) -> None:
    portraits = [SELAM, HANNA]
    portraits.insert(place, third)
    assert in_every_order(of_each(portraits)) == [[1], [2], [3]]


def test_a_person_is_told_of_both_as_likely() -> None:
    told = {edge.pair: edge.verdict for edge in heard(*of_each([SELAM, HANNA, NEITHER])).edges.values()}
    one, other, third = (SubjectId(an_id(number)) for number in (1, 2, 3))
    assert (told[pair_of(one, third)], told[pair_of(other, third)]) == (Verdict.LINK, Verdict.LINK)


def test_a_boy_and_a_girl_of_one_name_stay_two_though_the_name_comes_without_a_sex() -> None:
    portraits = [claiming("Selam", sex=sex) for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN)]
    assert in_every_order(of_each(portraits)) == [[1], [2], [3]]


def test_a_record_without_the_given_name_joins_the_only_child_that_has_the_family_names() -> None:
    assert in_every_order(of_each([SELAM, NEITHER, SELAM])) == [[1, 2, 3]]


def test_a_longest_name_joins_two_that_each_leave_out_a_part_of_it() -> None:
    portraits = [claiming("Selamsebhat", family) for family in ("Tesfagaber Girmatsion", "Tesfagaber", "Girmatsion")]
    assert in_every_order(of_each(portraits)) == [[1, 2, 3]]


def test_a_record_that_a_number_settles_with_the_one_twin_is_not_joined_to_the_other() -> None:
    words = [says(1, 1, SELAM, NUMBER), says(2, 2, HANNA), says(3, 3, NEITHER, NUMBER)]
    assert in_every_order(words) == [[1, 3], [2]]


def test_a_record_that_a_person_settles_with_the_one_twin_is_not_joined_to_the_other() -> None:
    linked = says(1, 4, NO_TRAITS, fact=RecordsLinked(SubjectId(an_id(3))))
    assert in_every_order([*of_each([SELAM, HANNA, NEITHER]), linked]) == [[1, 3], [2]]


def test_a_name_that_a_settled_record_gives_later_parts_what_was_joined_though_no_edge_changes() -> None:
    elsewhen = claiming("Hanna", born="2004-11-27")
    words = [
        says(1, 1, NO_TRAITS, NUMBER),
        says(2, 2, NEITHER, NUMBER),
        says(3, 3, SELAM),
        says(1, 4, elsewhen, NUMBER),
    ]
    assert together(heard(*words[:3])) == [[1, 2, 3]]
    assert not [edge for edge in heard(*words).edges.values() if edge.pair[0] == an_id(1)]
    assert in_every_order(words) == [[1, 2], [3]]


def test_twins_two_records_of_each_and_two_of_either_are_three_cases() -> None:
    words = of_each([SELAM, HANNA, SELAM, HANNA, NEITHER, UNKNOWN])
    memories = [heard(*words), heard(*reversed(words)), *(heard(*words[at:], *words[:at]) for at in range(1, 6))]
    assert {str(together(memory)) for memory in memories} == {"[[1, 3], [2, 4], [5, 6]]"}


def test_no_two_records_that_contradict_each_other_are_likely_of_one_child() -> None:
    portraits = [SELAM, HANNA, claiming("Selam", sex=Sex.MALE), claiming("Hanna", sex=Sex.MALE)]
    for one, other in combinations(portraits, 2):
        assert Verdict.LINK not in {edge.verdict for edge in heard(*of_each([one, other])).edges.values()}
