"""Two records are scored by what they claim: who is joined, who is asked about, and who never is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import BirthDate, Name, Subject
from services.core.codes import ClaimStatus, NameKind, Sex
from services.core.matching.scoring import Profile, Verdict, profile, score
from services.core.matching.weights import UnreadableWeights, Weights, read_weights
from services.runtime.settings import HOME
from services.runtime.weights import FILE, load_weights

SCENARIO = HOME / "services" / "cli" / "scenario"
CLAIMED = ClaimStatus.CLAIMED


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights(HOME)


def claiming(
    *names: str,
    born: str | None = "2011-04-09",
    sex: Sex = Sex.FEMALE,
    nationality: str | None = "VN",
    language: str = "",
) -> Profile:
    return profile(
        Subject(
            names=tuple(Name(name, NameKind.UNKNOWN, CLAIMED) for name in names),
            dates_of_birth=(BirthDate(born, CLAIMED),) if born else (),
            sex=sex,
            nationalities=(nationality,) if nationality else (),
            languages=(language,) if language else (),
        )
    )


def of_scenario(file: str) -> Profile:
    """What a file of the scenario claims about its child."""
    said = json.loads((SCENARIO / f"{file}.json").read_text("utf-8"))[0]["subject"]
    return profile(
        Subject(
            names=tuple(Name(name["text"], NameKind(name["kind"]), CLAIMED) for name in said["names"]),
            dates_of_birth=tuple(BirthDate(birth["value"], CLAIMED) for birth in said["dates_of_birth"]),
            sex=Sex(said["sex"]),
            nationalities=tuple(said.get("nationalities", ())),
            languages=tuple(said.get("languages", ())),
        )
    )


RARE = "Baquyen Trinhvo"


def test_the_same_rare_name_and_day_join_two_records(weights: Weights) -> None:
    assert score(claiming(RARE), claiming("Trinhvo Thi Baquyen"), weights).verdict is Verdict.LINK


def test_the_scenarios_third_child_is_joined_with_the_reasons(weights: Weights) -> None:
    found = score(of_scenario("06-ukba-screening"), of_scenario("07-health-walk-in"), weights)
    assert found.verdict is Verdict.LINK
    assert [(each.field, each.level) for each in found.evidence] == [
        ("name", "same_forms"),
        ("birth", "same_day"),
        ("language", "agrees"),
        ("sex", "agrees"),
    ]


@pytest.mark.parametrize("file", ["01-ukba-port", "03-health-emergency-department", "04-police-coming-to-notice"])
def test_the_scenarios_other_girl_of_nearly_the_same_name_stays_apart(weights: Weights, file: str) -> None:
    assert score(of_scenario(file), of_scenario("05-police-another-girl"), weights).verdict is Verdict.APART


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # twins
        (claiming("Hassan Abdirahman Warfa", sex=Sex.MALE), claiming("Hussein Abdirahman Warfa", sex=Sex.MALE)),
        (claiming("Mariana Baquyen"), claiming("Marina Baquyen")),
        (claiming("Linh Trinhvo"), claiming("Lan Trinhvo")),
        (claiming(RARE), claiming(RARE, sex=Sex.MALE)),
        # siblings with one family name and year of birth
        (claiming("Baquyen Trinhvo", born="2011-01-09"), claiming("Bichha Trinhvo", born="2011-12-09")),
        # father and son with one name
        (claiming("Gezim Trinhvo", born="1985-04-09"), claiming("Gezim Trinhvo", born="2011-04-09")),
        # nothing but a given name, or a year
        (claiming("Baquyen"), claiming("Baquyen")),
        (claiming(RARE, born="2011"), claiming(RARE, born="2011")),
        (claiming(RARE, born="2011-01-01"), claiming(RARE, born="2011-01-01")),
        (claiming(RARE, born=None), claiming(RARE, born=None)),
        (claiming("Unknown"), claiming("Unknown")),
        (claiming("Baby"), claiming("Baby")),
        (claiming(), claiming()),
        (claiming("Nguyen Linh", born="2011-04-09"), claiming("Linh Nguyen", born="2011-09-04")),
    ],
)
def test_these_are_never_joined_without_a_number_or_a_person(weights: Weights, one: Profile, other: Profile) -> None:
    assert score(one, other, weights).verdict is not Verdict.LINK


def test_ten_children_with_one_stand_in_birthday_and_nationality_stay_apart(weights: Weights) -> None:
    names = ("Omid", "Farhad", "Jawad", "Hamid", "Nasir", "Rahim", "Karim", "Najib", "Bilal", "Wali")
    lorry = [claiming(f"{name} Ahmadi", born="2010-01-01", sex=Sex.MALE, nationality="AF") for name in names]
    verdicts = {score(one, other, weights).verdict for one in lorry for other in lorry if one is not other}
    assert verdicts == {Verdict.APART}


def test_what_is_strong_but_mistaken_somewhere_goes_to_a_person(weights: Weights) -> None:
    assert score(claiming(RARE), claiming(RARE, born="2011-09-04"), weights).verdict is Verdict.ASK


def test_a_given_and_a_family_name_are_compared_as_one(weights: Weights) -> None:
    apart = Subject(
        names=(Name("Baquyen", NameKind.GIVEN, CLAIMED), Name("Trinhvo", NameKind.FAMILY, CLAIMED)),
        dates_of_birth=(BirthDate("2011-04-09", CLAIMED),),
    )
    assert score(profile(apart), claiming(RARE), weights).verdict is Verdict.LINK


def test_any_alias_may_be_the_one_that_agrees(weights: Weights) -> None:
    assert score(claiming("Mai Lan", RARE), claiming(RARE, "Unknown"), weights).verdict is Verdict.LINK


profiles = st.builds(
    claiming,
    st.sampled_from([RARE, "Linh Tran", "Tran Linh Mai", "Omar Ali Hassan", "Unknown", "Linh"]),
    st.sampled_from(["Linh", "Hassan Omar", ""]),
    born=st.sampled_from([None, "2011", "2011-04", "2011-04-09", "2011-09-04", "2011-01-01", "2010-06-02/2011-06-01"]),
    sex=st.sampled_from(Sex),
    nationality=st.sampled_from([None, "VN", "SO"]),
    language=st.sampled_from(["", "vi", "so"]),
)


@given(profiles, profiles)
def test_the_score_is_the_same_whichever_record_comes_first(one: Profile, other: Profile) -> None:
    weights = load_weights(HOME)
    assert score(one, other, weights) == score(other, one, weights)


@given(st.sampled_from(["Unknown", "UNKNOWN1", "Baby", "Refused", "", "Baby of Linh Tran"]), profiles)
def test_a_record_that_names_nobody_is_likely_of_no_child(nobody: str, other: Profile) -> None:
    unnamed = claiming(nobody, nationality="SO", language="so")
    assert score(unnamed, other, load_weights(HOME)).verdict is Verdict.APART
    assert score(unnamed, unnamed, load_weights(HOME)).verdict is Verdict.APART


def test_evidence_says_how_far_a_field_agrees_and_never_on_what(weights: Weights) -> None:
    found = score(claiming(RARE), claiming(RARE), weights)
    assert "baquyen" not in str(found).lower()
    assert "2011" not in str(found)


# The weights.


def test_the_pinned_weights_are_read(weights: Weights) -> None:
    assert weights.version == "1"
    assert weights.link_at >= weights.ask_at


@pytest.mark.parametrize(
    "change",
    [
        {"bits": {}},
        {"shares": {}},
        {"link_at": 1.0},
        {"rarest": {"name": 0, "nationality": 0.1, "language": 0.1}},
        {"more": 1},
        {"version": None, "bits": None},
    ],
)
def test_weights_for_other_fields_or_levels_are_refused(change: dict[str, Any]) -> None:
    said = json.loads((HOME / FILE).read_text("utf-8"))
    with pytest.raises(UnreadableWeights):
        read_weights(json.dumps(said | change))
    with pytest.raises(UnreadableWeights):
        read_weights("no weights")


@pytest.mark.parametrize("slip", ["2011-04-08", "2011-04-29", "2011-05-09", "2012-04-09"])
def test_one_name_and_all_but_a_digit_of_a_day_make_two_records_rivals(weights: Weights, slip: str) -> None:
    assert score(claiming("Gezim Gjoka"), claiming("Gjoka Gezim", born=slip), weights).verdict is Verdict.RIVAL


def test_swapped_days_make_rivals_too(weights: Weights) -> None:
    assert score(claiming("Gezim Gjoka"), claiming("Gezim Gjoka", born="2011-09-04"), weights).verdict is Verdict.RIVAL


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(claiming("Gezim Gjoka", born="2011-06-18"), id="two digits"),
        pytest.param(claiming("Gezim Gjoka", born="2011-04-08", sex=Sex.MALE), id="another sex"),
        pytest.param(claiming("Gezim Marku", born="2011-04-08"), id="another name"),
        pytest.param(claiming("Gezim", born="2011-04-08"), id="one part of a name"),
    ],
)
def test_what_would_not_join_on_one_day_makes_no_rivals(weights: Weights, other: Profile) -> None:
    assert score(claiming("Gezim Gjoka"), other, weights).verdict is Verdict.APART


def test_a_record_with_its_family_s_names_besides_its_own_is_not_joined_to_a_sister(weights: Weights) -> None:
    sister = claiming("Hanna Tesfay Girma")
    assert score(claiming("Tesfay Girma"), sister, weights).verdict is Verdict.LINK
    assert score(claiming("Selam Tesfay Girma", "Tesfay Girma"), sister, weights).verdict is not Verdict.LINK


def test_a_record_with_its_family_s_names_besides_its_own_is_joined_to_its_own(weights: Weights) -> None:
    both = claiming("Tesfay Girma", "Selam Tesfay Girma")
    assert score(both, claiming("Selam Tesfay Girma"), weights).verdict is Verdict.LINK
    assert score(both, claiming("Tesfay Girma"), weights).verdict is Verdict.LINK
