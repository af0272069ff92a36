"""What is now said of each fact, and since when: the same in every order of arrival."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import Finding, MissingKind, Precision
from services.core.facts import ChildMissing, IdentityChecked, ReportWithdrawn
from services.core.known import Known, Word, after, dated_not_before, lives, not_before, present
from tests.builders import an_id
from tests.core.enquiries import moment, said

FIRST, OTHER = IdentityChecked(an_id(1), an_id(2)), IdentityChecked(an_id(1), an_id(2), Finding.ESTABLISHED)


def saying(event: int, recorded: float, known: float, on: float | None = 1) -> Known:
    """One of several events of one fact; each event says the same whenever it is said."""
    return said(FIRST if event % 2 else OTHER, event, on, of_fact=1, recorded=recorded, known=known)


sayings = st.lists(st.builds(saying, st.integers(1, 3), st.integers(1, 4), st.integers(5, 9)), min_size=1, max_size=8)


@given(sayings, st.randoms())
def test_no_order_and_no_repetition_changes_what_is_said(told: list[Known], random: Random) -> None:
    again = [*told, *told]
    random.shuffle(again)

    assert present(again) == present(told)


def test_the_event_last_recorded_speaks_whenever_it_arrived() -> None:
    [word] = present([saying(2, recorded=4, known=5), saying(1, recorded=3, known=9)])

    assert (word.fact, word.since) == (OTHER, moment(5))


def test_saying_it_again_changes_nothing() -> None:
    [word] = present([saying(1, recorded=1, known=5), saying(1, recorded=3, known=9)])

    assert word.since == moment(5)


def test_what_is_said_again_after_something_else_is_known_since_then() -> None:
    [word] = present([saying(1, recorded=1, known=5), saying(2, recorded=2, known=6), saying(1, recorded=3, known=9)])

    assert (word.fact, word.since) == (FIRST, moment(9))


@pytest.mark.parametrize("event", [1, 3])
def test_a_report_outlives_what_takes_it_back_at_the_same_moment(event: int) -> None:
    made = said(ChildMissing(MissingKind.MISSING), 2, 1, of_fact=1)
    back = said(ReportWithdrawn(), event, 1, of_fact=1)
    assert [one.fact for one in present([back, made])] == [made.event.fact]


def word(on: float | None, known: float, precision: Precision = Precision.INSTANT) -> Word[IdentityChecked]:
    [one] = present([said(FIRST, 1, on, known=known, precision=precision)])
    return one


AFTER = [
    (word(2, 3), word(1, 1), True),
    (word(2, 3), word(1, 3), False),  # both came to be known at once
    (word(2, 3), word(2, 1), False),
    (word(1, 3), word(2, 1), False),  # dated back
    (word(1.5, 3), word(1, 1, Precision.DAY), False),  # perhaps the same hour
    (word(2, 3), word(1, 1, Precision.DAY), True),
    (word(None, 3), word(1, 1), False),
    (word(2, 3), word(None, 1), True),  # what nobody dated had happened when it was known
    (word(2, 4), word(None, 3), False),
]


@pytest.mark.parametrize(("later", "earlier", "answer"), AFTER)
def test_after_is_certainly_after(later: Word[IdentityChecked], earlier: Word[IdentityChecked], answer: bool) -> None:  # noqa: FBT001 - a row of the table
    assert after([earlier])(later) is answer


moments = st.integers(1, 4).map(float)
words = st.builds(
    word, moments | st.none(), st.integers(5, 8).map(float), st.sampled_from([Precision.INSTANT, Precision.DAY])
)


@given(words, words)
def test_of_two_words_not_both_are_after_the_other_and_what_is_after_is_not_before(
    one: Word[IdentityChecked], other: Word[IdentityChecked]
) -> None:
    assert not (after([other])(one) and after([one])(other))
    if after([other])(one):
        assert not_before([other])(one)
        assert dated_not_before([other])(one)
        assert not not_before([one])(other)


@given(words, st.lists(words, max_size=4), st.sampled_from([after, dated_not_before, not_before]))
def test_what_is_later_than_several_is_later_than_each(
    later: Word[IdentityChecked], earlier: list[Word[IdentityChecked]], than: Callable[[Any], Callable[[Any], bool]]
) -> None:
    assert than(earlier)(later) is all(than([one])(later) for one in earlier)


def test_what_could_lapse_and_names_no_day_counts_at_no_time() -> None:
    assert not lives(moment(1))(word(1, 1))
