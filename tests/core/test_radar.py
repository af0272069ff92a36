"""One adult around several children is found from tokens alone, and what is told depends on no value."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.ids import SubjectId
from services.core.radar import LARGEST_PATTERN, Found, Holder, PatternKind, found, signs
from services.core.statements import LocationKey
from tests.builders import an_id

OF_NO_ADULT = [key for key in LocationKey if not key.startswith(("enquirer", "adult"))]
ONE, TWO, THREE = (SubjectId(an_id(number)) for number in (1, 2, 3))
TELEPHONE = PatternKind.TELEPHONE

subjects = st.integers(1, 6).map(lambda number: SubjectId(an_id(number)))
holders = st.builds(Holder, st.integers(0, 5).map(lambda number: bytes([number])), st.just(TELEPHONE), subjects)
batches = st.lists(st.lists(holders, max_size=5), max_size=6)


def holder(token: bytes, subject: SubjectId) -> Holder:
    return Holder(token, TELEPHONE, subject)


SAME = [
    ("enquirer_telephone", "+44 7700 900123", "07700 900 123"),
    ("enquirer_telephone", "0044 (0)7700-900123", "07700900123"),
    ("enquirer_name", "Givenname  Família", "FAMILIA, Givenname"),
    ("enquirer_email", " Somebody@Example.org", "somebody@example.ORG"),
    ("enquirer_address", "1 Example Street, EX1 1EX", "1, example street ex11ex"),
    ("enquirer_document", "AB 123-456", "ab123456"),
    ("adult_telephone", "+44 7700 900123", "07700 900 123"),
    ("adult_name", "Givenname  Família", "FAMILIA, Givenname"),
]
OTHER = [
    ("enquirer_telephone", "07700 900123", "07700 900124"),
    ("enquirer_name", "Givenname Familia", "Givenname Other"),
    ("enquirer_address", "1 Example Street", "11 Example Street"),
    ("enquirer_document", "AB123456", "AB123457"),
]
NOTHING = [
    ("enquirer_telephone", "none"),
    ("enquirer_telephone", "900123"),
    ("enquirer_name", "Givenname"),
    ("enquirer_email", "not known"),
    ("enquirer_address", "Example Town"),
    ("enquirer_address", "1"),
    ("enquirer_document", "none"),
    ("enquirer_reference", "E-1"),
]


@pytest.mark.parametrize(("key", "one", "other"), SAME)
def test_what_is_the_same_is_compared_as_the_same(key: str, one: str, other: str) -> None:
    assert signs({key: one}) == signs({key: other}) != frozenset()


def test_an_adult_who_approached_one_child_is_compared_with_those_seen_around_another() -> None:
    seen = signs({"adult_telephone": "07700 900 124 | 07700 900 123"})
    assert len(seen) == 2
    assert signs({"enquirer_telephone": "+44 7700 900123"}) < seen


@pytest.mark.parametrize(("key", "one", "other"), OTHER)
def test_what_differs_is_not_compared_as_the_same(key: str, one: str, other: str) -> None:
    assert signs({key: one}) != signs({key: other})


@pytest.mark.parametrize(("key", "text"), NOTHING)
def test_what_says_too_little_is_not_compared(key: str, text: str) -> None:
    assert signs({key: text}) == frozenset()


@given(
    st.dictionaries(
        st.sampled_from([key for key in LocationKey if not key.startswith(("enquirer", "adult"))]), st.text()
    )
)
def test_nothing_of_a_child_a_placement_a_carer_or_a_school_is_ever_compared(location: dict[str, str]) -> None:
    assert signs(location) == frozenset()


@given(st.dictionaries(st.text() | st.sampled_from(list(LocationKey)), st.text() | st.integers() | st.none()))
def test_whatever_a_sealed_content_holds_its_signs_are_short_lists_of_closed_kinds(content: dict[str, object]) -> None:
    found_signs = signs(content)

    assert len(found_signs) < len(PatternKind)
    assert all(sign.text and sign.kind is not PatternKind.UNKNOWN for sign in found_signs)


def test_a_second_record_makes_a_pattern_and_a_third_one_makes_it_larger() -> None:
    first, second, third = (holder(b"t", subject) for subject in (ONE, TWO, THREE))

    assert found([], [first]) == ()
    assert found([first], [second]) == (Found(b"t", TELEPHONE, frozenset({ONE, TWO})),)
    assert found([first, second], [third]) == (Found(b"t", TELEPHONE, frozenset({ONE, TWO, THREE})),)


def test_what_was_found_is_not_found_again() -> None:
    both = [holder(b"t", ONE), holder(b"t", TWO)]

    assert found(both, both) == ()


def test_of_what_stands_around_hundreds_of_records_no_more_is_told() -> None:
    many = [holder(b"t", SubjectId(an_id(number))) for number in range(LARGEST_PATTERN)]

    assert len(found([], many)) == 1
    assert found(many, [holder(b"t", SubjectId(an_id(999)))]) == ()


def told(news: list[list[Holder]]) -> set[tuple[bytes, frozenset[SubjectId]]]:
    """The largest pattern of each token, batch after batch."""
    held: list[Holder] = []
    largest: dict[bytes, frozenset[SubjectId]] = {}
    for batch in news:
        for one in found(held, batch):
            largest[one.token] = one.subjects
        held += batch
    return set(largest.items())


@given(batches, st.randoms())
def test_any_order_and_any_repetition_of_arrival_finds_the_same(news: list[list[Holder]], random: Random) -> None:
    again = [list(batch) for batch in (*news, *news)]
    for batch in again:
        random.shuffle(batch)
    random.shuffle(again)

    assert told(again) == told(news) == told([[holder for batch in news for holder in batch]])


@given(batches, st.permutations(range(6)))
def test_nothing_that_is_told_depends_on_which_value_matched(news: list[list[Holder]], renamed: list[int]) -> None:
    """With every value exchanged for another, the same records are told, of the same kind, in the same order."""
    held: list[Holder] = []
    held_elsewhere: list[Holder] = []
    for batch in news:
        elsewhere = [Holder(bytes([renamed[one.token[0]]]), one.kind, one.subject_id) for one in batch]
        assert spoken(found(held, batch)) == spoken(found(held_elsewhere, elsewhere))
        held, held_elsewhere = held + batch, held_elsewhere + elsewhere


def spoken(news: tuple[Found, ...]) -> list[tuple[str, list[SubjectId]]]:
    return [(one.kind, sorted(one.subjects)) for one in news]
