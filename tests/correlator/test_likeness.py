"""Records that no number and no person joins: which of them the weights join, and which never."""

from itertools import permutations

import pytest

from services.core.claims import BirthDate, Name, Subject
from services.core.codes import ClaimStatus, NameKind, Sex
from services.core.facts import Fact, LinkRefused, PoliceContact
from services.core.ids import SubjectId
from services.core.matching.scoring import Verdict
from services.correlator.kept import edge_from, evidence_to, portrait_from, portrait_to
from services.correlator.likeness import NOBODY_BESIDE, portrait_of
from services.correlator.said import NO_TRAITS, Claim, Portrait, Said
from services.wire.records import record_of
from tests.builders import an_id, day, entry
from tests.correlator.memory import MATCHER, Memory
from tests.correlator.test_handlers import NUMBER

NAME, BORN = "Baquyen Trinhvo", "2011-04-09"


def claiming(
    name: str = NAME, born: str = BORN, sex: Sex = Sex.FEMALE, status: ClaimStatus = ClaimStatus.CLAIMED
) -> Portrait:
    subject = Subject(
        names=(Name(name, NameKind.FULL, status),),
        dates_of_birth=(BirthDate(born, status),),
        sex=sex,
        nationalities=("VN",),
    )
    return portrait_of(record_of(subject))


def says(record: int, event: int, portrait: Portrait, *claims: Claim, fact: Fact | None = None) -> Said:
    said = entry(fact or PoliceContact(), event=event, subject=record, recorded_at=day(event))
    return Said(said, frozenset(claims), b"", portrait)


def heard(*words: Said) -> Memory:
    memory = Memory()
    for one in words:
        memory.take([one])
    return memory


def cases(memory: Memory) -> list[str]:
    return sorted(set(memory.cases.values()))


def test_records_of_one_name_and_day_of_birth_are_one_case() -> None:
    assert cases(heard(says(1, 1, claiming()), says(2, 2, claiming("Trinhvo Baquyen")))) == [an_id(1)]


def test_records_that_come_in_one_batch_are_compared_too() -> None:
    memory = Memory()
    memory.take([says(1, 1, claiming()), says(2, 2, claiming())])
    assert cases(memory) == [an_id(1)]


def test_a_name_that_is_said_later_joins_a_record_that_was_there_before() -> None:
    assert cases(heard(says(1, 1, claiming()), says(2, 2, NO_TRAITS), says(2, 3, claiming()))) == [an_id(1)]


@pytest.mark.parametrize("status", [ClaimStatus.UNVERIFIED, ClaimStatus.DISPUTED])
def test_a_name_that_nobody_stands_by_joins_nothing(status: ClaimStatus) -> None:
    """An adult at a counter may name a child (¶5.66)."""
    assert len(cases(heard(says(1, 1, claiming()), says(2, 2, claiming(status=status))))) == 2


def test_what_a_person_refused_is_not_joined_and_goes_to_a_person() -> None:
    refused = says(1, 3, NO_TRAITS, fact=LinkRefused(SubjectId(an_id(2))))
    memory = heard(says(1, 1, claiming()), says(2, 2, claiming()), refused)
    assert len(cases(memory)) == 2
    assert [edge.verdict for edge in memory.edges.values()] == [Verdict.LINK]


def test_two_numbers_of_which_a_person_has_one_part_what_the_weights_would_join() -> None:
    other = NUMBER._replace(value="2")
    memory = heard(says(1, 1, claiming(), NUMBER), says(2, 2, claiming(), other))
    assert len(cases(memory)) == 2


NAMESAKE = "Gezim Gjoka"


def test_a_record_without_a_number_joins_neither_of_two_namesakes_born_a_digit_apart() -> None:
    """A clerk's slip in the date of one is the date of the other (¶5.41)."""
    others = NUMBER._replace(value="2")
    one, other = claiming(NAMESAKE, "2012-04-25"), claiming(NAMESAKE, "2012-04-28")
    words = [says(1, 1, one, NUMBER), says(2, 2, other, others), says(3, 3, one)]
    for order in permutations(words):
        memory = heard(*order)
        assert cases(memory) == [an_id(1), an_id(2), an_id(3)]
        assert {edge.pair: edge.verdict for edge in memory.edges.values() if edge.is_told} == {
            (an_id(1), an_id(3)): Verdict.LINK
        }


def test_where_nothing_says_that_they_are_two_a_record_is_joined() -> None:
    one, other = claiming(NAMESAKE, "2012-04-25"), claiming(NAMESAKE, "2012-04-28")
    assert cases(heard(says(1, 1, one, NUMBER), says(2, 2, other), says(3, 3, one))) == [an_id(1), an_id(2)]


def test_what_is_strong_but_not_sure_goes_to_a_person_with_its_evidence() -> None:
    memory = heard(says(1, 1, claiming()), says(2, 2, claiming(born="2011-09-04")))
    [edge] = memory.edges.values()
    assert len(cases(memory)) == 2
    assert edge.verdict is Verdict.ASK
    assert {(one.field, one.level) for one in edge.evidence} >= {("name", "same"), ("birth", "swapped")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(claiming("Hassan Warfa Cabdi"), claiming("Hussein Warfa Cabdi"), id="twins"),
        pytest.param(claiming(), claiming(sex=Sex.MALE), id="twins of one name as it was written"),
        pytest.param(claiming("Bichha Trinhvo", "2011-01-09"), claiming(NAME, "2011-12-09"), id="siblings"),
        pytest.param(claiming(born="1985-04-09"), claiming(), id="parent and child of one name"),
        pytest.param(claiming("Unknown"), claiming("Unknown"), id="nobody knows their names"),
    ],
)
def test_these_are_never_joined_without_a_number_or_a_person(one: Portrait, other: Portrait) -> None:
    assert len(cases(heard(says(1, 1, one), says(2, 2, other)))) == 2


def test_ten_children_of_one_lorry_are_ten_cases() -> None:
    names = ("Omid", "Farhad", "Jawad", "Hamid", "Nasir", "Rahim", "Karim", "Najib", "Bilal", "Wali")
    lorry = [claiming(f"{name} Ahmadi", "2010-01-01", Sex.MALE) for name in names]
    memory = heard(*(says(number, number, one) for number, one in enumerate(lorry, 1)))
    assert len(cases(memory)) == len(names)


def test_a_date_that_is_none_is_left_out() -> None:
    assert {one.kind for one in claiming(born="2011-02-30")} == {"name:full", "sex", "nationality"}


def test_two_sexes_of_one_record_say_nothing() -> None:
    [edge] = MATCHER.edges(
        {SubjectId(an_id(1)): claiming() | claiming(sex=Sex.MALE), SubjectId(an_id(2)): claiming()}, NOBODY_BESIDE
    )
    assert "sex" not in {one.field for one in edge.evidence}


def test_what_is_kept_is_read_back_as_it_was() -> None:
    zero = claiming("A\x00B")
    [edge] = MATCHER.edges({SubjectId(an_id(1)): claiming(), SubjectId(an_id(2)): claiming()}, NOBODY_BESIDE)
    assert portrait_from(portrait_to(zero)) == zero
    assert edge_from(edge.pair, edge.verdict.value, evidence_to(edge)) == edge
