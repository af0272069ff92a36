"""Names as people have them: which agree and how far, in whatever order, script and spelling; and which name nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.matching.name_forms import FORMS, NOBODY, NOBODY_ALONE, PARTICLES, WRITTEN_WITHOUT_VOWELS
from services.core.matching.names import MAX_PARTS, Likeness, compare, names_nobody, parts, says_less

names = st.text(min_size=0, max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Linh Tran", "Tran Linh"),
        ("Trần Thị Linh", "Linh Tran"),
        ("TRAN VAN MINH", "minh tran"),
        ("Nguyễn Đào", "Dao Nguyen"),
        ("Ștefan Ioniță", "Stefan Ionita"),
        ("Çelë Gëzim", "Gezim Cele"),
        ("Mohammed bin Salman", "Salman Mohammed"),
        ("Al-Rashid Omar", "Omar Rashid"),
        ("O\u2019Brien", "OBrien"),
        ("አበበ በቀለ", "Abebe Bekele"),
        ("王小明", "Wang Xiaoming"),
        ("Xiao Ming Wang", "Wang Xiaoming"),
        ("Олена", "Olena"),
        ("Mr Omar Rashid", "Omar Rashid"),
        ("Li Na", "Na Li"),
    ],
)
def test_the_order_marks_script_titles_and_particles_of_a_name_do_not_tell_people_apart(one: str, other: str) -> None:
    assert compare(one, other) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed Ali", "Muhamad Aly"),
        ("محمد علی", "Mohammed Ali"),
        ("یوسف", "Yusuf"),
        ("عمر خالد", "Omar Khaled"),
        ("فاطمة نور", "Fatima Noor"),
        ("Aleksander", "Alex"),
        ("Xhevdet", "Djevdet"),
        ("Ioan Stefan", "Ion Stefan"),
        ("Zhang Li", "Lee Cheung"),
        ("Tesfaye Girma", "Ghirma Tesfay"),
    ],
)
def test_known_forms_of_a_name_are_that_name(one: str, other: str) -> None:
    assert compare(one, other) is Likeness.SAME_FORMS


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Mohamed Abdi", "Abdi Mohamed Farah", Likeness.CONTAINED),
        ("Linh Tran", "Linh Tran Hoang Mai", Likeness.CONTAINED),
        ("Bekele", "Bikila", Likeness.ALIKE),
        ("زرغونه", "Zarghuna", Likeness.ALIKE),
        ("Shpresa Kola", "Shpressa Kola", Likeness.ALIKE),
        ("Linh Tran", "Linh Pham", Likeness.SHARED),
        ("Linh", "Linh Tran", Likeness.SHARED),
        ("O Rashid", "Omar Rashid", Likeness.SHARED),
        ("Linh Tran", "Mai Pham", Likeness.DIFFERENT),
        ("Ana", "Ina", Likeness.DIFFERENT),
        ("Hassan", "Hussein", Likeness.DIFFERENT),
        ("حسن", "حسین", Likeness.DIFFERENT),
        ("Le Linh", "Do Linh", Likeness.SHARED),
        ("Thi", "Van", Likeness.DIFFERENT),
        ("Linh", "", Likeness.UNKNOWN),
    ],
)
def test_a_name_agrees_as_far_as_its_parts_do(one: str, other: str, likeness: Likeness) -> None:
    assert compare(one, other) is likeness


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Unknown",
        "UNKNOWN",
        "Baby",
        "Baby Girl",
        "Refused",
        "not known",
        "N/A",
        "?",
        "---",
        "Mr",
        "No Name",
        "X",
        "Xxx Xxx",
        "Unknown1",
        "Baby-2",
        "1Unknown",
        "UNKNOWN2010",
        "UnknownUnknown",
        "Babygirl",
        "Unknown" * 1_000,
        "unkown",
        "Unknow Unknwon",
        "Refuse to say",
        "Did not give name",
        "Vietnamese male",
        "Foreign national",
        "John DOE",
        "Baby of Linh Tran",
        "Necunoscut",
        "i panjohur",
        "Kh\u00f4ng r\u00f5",
        "\u672a\u77e5",  # the same in Chinese,
        "\u0645\u062c\u0647\u0648\u0644",  # Arabic,
        "\u063a\u064a\u0631 \u0645\u0639\u0631\u0648\u0641",
        "\u043d\u0435\u0432\u0456\u0434\u043e\u043c\u043e",  # and Ukrainian
    ],
)
def test_what_stands_for_an_unknown_name_agrees_with_nothing(text: str) -> None:
    assert names_nobody(text)
    assert {compare(text, other) for other in (text, "Unknown", "Baby", "Linh Tran")} == {Likeness.UNKNOWN}


JOINERS = ("", "\u200b", "\u200d", "\u00ad", "\u202e", "\ufeff", "\u2060")
LIKE = {"o": "\u043e\u03bf0\uff4f", "e": "\u04353", "a": "\u0430\u03b1", "u": "\u03c5\uff55", "n": "\uff4e\U0001d427"}


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """A word for nobody, as somebody might write it who wants it to be taken for a name."""
    word = draw(st.sampled_from(sorted(word for word in NOBODY if len(word) > 3)))
    kept = draw(st.integers(0, len(word) - 1))  # one letter stays as it is, so that the script shows
    letters = [
        letter if place == kept else draw(st.sampled_from((letter, letter.upper(), *LIKE.get(letter, ()))))
        for place, letter in enumerate(word)
    ]
    around = draw(st.sampled_from(("", " ", "1", "-", "\u2067", " 7")))
    return draw(st.sampled_from(JOINERS)).join(letters) + around + draw(st.sampled_from(("", word, word.upper())))


@given(disguised(), disguised())
def test_a_word_for_nobody_is_one_in_any_disguise_and_matches_no_other(one: str, other: str) -> None:
    assert names_nobody(one)
    assert compare(one, other) is Likeness.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["Khong Minh", "Li Na", "Somali Omar", "Samuel Doe", "Babyrose Tran", "Unwin", "Mehrab", "Nobel", "Refat", "Missa"],
)
def test_a_name_that_is_only_near_such_a_word_stays_one(text: str) -> None:
    assert not names_nobody(text)


def test_a_baby_is_not_called_as_its_mother_is() -> None:
    assert compare("Linh, daughter of Mai Pham", "Linh") is Likeness.SAME
    assert compare("Baby girl of Mai Pham", "Mai Pham") is Likeness.UNKNOWN


def test_beside_a_name_the_unknown_part_is_left_out() -> None:
    assert compare("Baby Tran", "Tran") is Likeness.SAME
    assert compare("Unknown Tran", "Linh Tran") is Likeness.SHARED


def test_a_word_that_stands_for_nobody_may_be_a_part_of_a_name() -> None:
    assert names_nobody("NA")
    assert compare("Li Na", "Li Mei") is Likeness.SHARED
    assert compare("\u0639\u0645\u0631", "Umar") is Likeness.SAME_FORMS  # Umar in Arabic letters, which are "mr"


# Hostile.


@pytest.mark.parametrize(
    "text",
    [
        "Linh\u202e Tran",  # an override of direction
        "\u2066Linh\u2069 Tran",
        "Li\u200dnh T\u200bran",  # joiners without width
        "Li\u00adnh Tran",
        "L\u0456nh Tran",  # a Cyrillic letter that looks Latin
        "Linh Tr\u03b1n",
        "\uff2c\uff49\uff4e\uff48 Tran",
        "\U0001d40binh Tran",
        "L\u0300inh Tran",
        "Linh Tran \U0001f600",
        "Linh\x00 Tran",
    ],
)
def test_what_is_not_written_or_only_looks_like_a_letter_hides_no_name(text: str) -> None:
    assert compare(text, "Linh Tran") is Likeness.SAME


@pytest.mark.parametrize("text", ["0mar Ra5hid", "Omar Rashid 1", "Omar 2011 Rashid"])
def test_digits_in_a_name_are_letters_or_nothing(text: str) -> None:
    assert compare(text, "Omar Rashid") is Likeness.SAME


@pytest.mark.parametrize("text", ["a" * 10_000, "a " * 10_000, "\u202e" * 10_000, "\ufdfa" * 10_000, "\ud800" * 9])
def test_a_name_of_any_length_has_few_short_parts(text: str) -> None:
    assert len(parts(text)) <= MAX_PARTS
    assert all(len(part.letters) <= 30 for part in parts(text))


@given(names, names)
def test_a_name_agrees_the_same_whichever_comes_first(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one)


@given(names)
def test_a_name_agrees_with_itself_or_names_nobody(name: str) -> None:
    assert compare(name, name) is (Likeness.UNKNOWN if names_nobody(name) else Likeness.SAME)


@given(st.permutations(["Linh", "Tran", "Omar", "Abebe", "\u5c0f"]), st.integers(1, 5))
def test_the_order_of_parts_changes_nothing(words: list[str], many: int) -> None:
    assert parts(" ".join(words[:many])) == parts(" ".join(sorted(words[:many])))


@given(names)
def test_parts_hold_small_latin_letters_alone(name: str) -> None:
    assert all(part.letters.isascii() and part.letters.isalpha() and part.letters.islower() for part in parts(name))


# The lists.


def test_every_form_has_one_name_and_names_somebody() -> None:
    assert {form for form in FORMS if not parts(form)} == set()
    assert all(FORMS[name] == name for name in FORMS.values())
    assert set(WRITTEN_WITHOUT_VOWELS.values()) <= set(FORMS)


def test_no_particle_and_no_word_for_nobody_is_a_form_of_a_name() -> None:
    assert (PARTICLES | NOBODY | NOBODY_ALONE) & set(FORMS) == set()


@pytest.mark.parametrize(
    ("one", "other", "less"),
    [
        ("Tesfay Girma", "Selam Tesfay Girma", True),
        ("Girma Tesfaye", "Selam Tesfay Girma", True),
        ("Xiao Ming Li", "Xiaoming Li Wang", True),
        ("Selam Tesfay Girma", "Tesfay Girma", False),
        ("Selam Tesfay Girma", "Girma Tesfay Selam", False),
        ("Hanna Girma", "Selam Tesfay Girma", False),
        ("Girma", "Tesfay Girma", False),
        ("Unknown", "Tesfay Girma", False),
    ],
)
def test_a_name_says_less_than_one_that_has_all_of_its_several_parts_and_more(
    one: str, other: str, *, less: bool
) -> None:
    assert says_less(parts(one), parts(other)) is less
