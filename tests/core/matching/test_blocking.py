"""Who is compared with whom: all of whom anybody could be asked, few others, and whoever came first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import Sex
from services.core.matching.blocking import MOST_KEYS, keys
from services.core.matching.names import parts
from services.core.matching.scoring import Profile, Verdict, score
from services.core.matching.weights import Weights
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

WEIGHTS = load_weights(HOME)
WORDS = (
    "Linh",
    "Nguyen",
    "Tran",
    "Mohammed",
    "Muhamad",
    "Ali",
    "Abdi",
    "Baquyen",
    "Trinhvo",
    "Zefqen",
    "Wolora",
    "Thi",
    "Gezim",
    "Gjoka",
)
BIRTHS = (
    "2011",
    "2011-04",
    "2011-04-09",
    "2011-09-04",
    "2011-04-19",
    "2011-05-09",
    "2001-04-09",
    "2011-01-01",
    "2010-06-02/2011-06-01",
)

written = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(" ".join)
profiles = st.builds(
    Profile,
    names=st.lists(written.map(parts), max_size=2).map(tuple),
    births=st.lists(st.sampled_from(BIRTHS), max_size=2).map(tuple),
    sex=st.sampled_from(Sex),
    nationalities=st.sampled_from([frozenset(), frozenset({"VN"}), frozenset({"MW"})]),
    languages=st.sampled_from([frozenset(), frozenset({"so"}), frozenset({"ny"})]),
)


def child(name: str, born: str | None = "2011-04-09", nationality: str = "VN") -> Profile:
    return Profile((parts(name),), (born,) if born else (), nationalities=frozenset({nationality}))


@given(profiles, profiles)
def test_two_records_of_whom_anybody_could_be_asked_share_a_key(one: Profile, other: Profile) -> None:
    if score(one, other, WEIGHTS).verdict is not Verdict.APART:
        assert keys(one, WEIGHTS) & keys(other, WEIGHTS)


@given(profiles, st.floats(12, 40))
def test_so_they_do_under_other_weights(one: Profile, ask_at: float) -> None:
    weights = replace(WEIGHTS, ask_at=ask_at, link_at=ask_at)
    again = replace(one, births=())
    if score(one, again, weights).verdict is not Verdict.APART:
        assert keys(one, weights) & keys(again, weights)


@pytest.mark.parametrize("slip", ["2011-04-08", "2011-04-29", "2011-05-09", "2012-04-09", "2011-09-04"])
def test_a_digit_of_a_day_hides_no_rival(slip: str) -> None:
    one, other = child("Gezim Gjoka", nationality="MW"), child("Gjoka Gezim", slip, nationality="MW")
    assert score(one, other, WEIGHTS).verdict is not Verdict.APART
    assert keys(one, WEIGHTS) & keys(other, WEIGHTS)


def test_a_misspelt_part_hides_nobody_who_was_born_on_the_day() -> None:
    one, other = child("Baquyen Trinhvo"), child("Baqyen Trinhvo", "2011-09-04")
    assert keys(one, WEIGHTS) & keys(other, WEIGHTS)


def test_a_common_part_and_a_day_are_too_little_to_be_compared() -> None:
    assert not keys(child("Linh Nguyen"), WEIGHTS) & keys(child("Mai Nguyen"), WEIGHTS)
    assert keys(child("Linh Trinh"), WEIGHTS) & keys(child("Trinh Thi Linh"), WEIGHTS)


def test_what_is_common_needs_a_day_of_birth_to_be_compared() -> None:
    common = ("Linh Trinh", "Mai Thi Tran")
    assert not any(keys(child(name, born), WEIGHTS) for name in common for born in (None, "2011", "2011-01-01"))
    assert keys(child("Linh Trinh"), WEIGHTS)


def test_what_thousands_are_called_is_compared_by_numbers_alone() -> None:
    assert not keys(child("Linh Nguyen"), WEIGHTS)


def test_what_is_rare_needs_none() -> None:
    one, other = child("Baquyen Trinhvo Zefqen", None), child("Zefqen Trinhvo Baquyen", "2011")
    assert keys(one, WEIGHTS) & keys(other, WEIGHTS)


def test_a_name_that_names_nobody_has_no_key() -> None:
    assert keys(child("Unknown"), WEIGHTS) == keys(child("Baby"), WEIGHTS) == keys(Profile(), WEIGHTS) == frozenset()


def test_a_record_with_many_names_has_few_keys() -> None:
    many = [parts(f"{'abcdefgh'[number]}ba {'abcdefgh'[-number]}cu duc efo fug gih") for number in range(8)]
    assert len(keys(Profile(tuple(many), BIRTHS), WEIGHTS)) <= MOST_KEYS


def test_weights_decide_how_much_is_enough() -> None:
    easy: Weights = replace(WEIGHTS, ask_at=2.0, link_at=2.0)
    assert keys(child("Linh Nguyen", None), easy) > keys(child("Linh Nguyen", None), WEIGHTS)


def test_a_nationality_that_one_of_two_lacks_hides_nobody() -> None:
    said, unsaid = (
        child("Trinhvo Baquyen Nguyen", None, "MW"),
        replace(child("Trinhvo Baquyen Nguyen", None), nationalities=frozenset()),
    )
    assert keys(said, WEIGHTS) & keys(unsaid, WEIGHTS)


def test_a_part_that_somebody_wrote_as_two_hides_nobody() -> None:
    one, two = (child(name, "2010", "SO") for name in ("Abdirahman Yusuf Samatar", "Samatar Yousuf Abdi Rahman"))
    assert keys(one, WEIGHTS) & keys(two, WEIGHTS)
