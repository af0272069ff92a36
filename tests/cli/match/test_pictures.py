"""The pictures say what they show in words too, and of a pair how far it agrees and never on what."""

from xml.etree import ElementTree as ET

import pytest

from services.cli.match import calibration, waterfall
from services.cli.match.calibration import Step
from services.cli.match.drawing import Axis
from services.cli.match.measuring import Weighed
from services.core.matching.names import parts
from services.core.matching.scoring import Profile, Verdict, score
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

WEIGHTS = load_weights(HOME)
SVG = "{http://www.w3.org/2000/svg}"
CHILD = Profile((parts("Baquyen Trinhvo"),), ("2011-04-09",))


def described(svg: str) -> tuple[ET.Element, str]:
    """A picture, and what it says to who cannot see it."""
    picture = ET.fromstring(svg)  # noqa: S314 - we have just drawn it
    assert picture.get("role") == "img"
    return picture, " ".join(picture.findtext(f"{SVG}{name}", "") for name in ("title", "desc"))


def test_a_waterfall_has_a_bar_for_each_field_and_one_for_all() -> None:
    scored = score(CHILD, CHILD, WEIGHTS)
    picture, words = described(waterfall.draw(scored, WEIGHTS, "Records 1 and 2"))
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert {"name: same", "birth: same day", "together: join"} <= set(texts)
    assert sum(text.startswith(("+", "-")) for text in texts) == len(scored.evidence) + 1
    assert f"together {scored.bits:+.1f} bits: join" in words


def test_a_waterfall_never_says_in_what_two_records_agree() -> None:
    drawn = waterfall.draw(score(CHILD, CHILD, WEIGHTS), WEIGHTS, "Records 1 and 2").lower()
    assert not any(secret in drawn for secret in ("baquyen", "trinhvo", "2011"))


def test_a_waterfall_says_why_what_weighs_enough_is_not_joined() -> None:
    swapped = score(CHILD, Profile(CHILD.names, ("2011-09-04",)), WEIGHTS)
    assert swapped.verdict is Verdict.ASK
    assert waterfall.barred(swapped, WEIGHTS)
    assert waterfall.BARRED in waterfall.draw(swapped, WEIGHTS, "Records 1 and 2")


def test_what_speaks_against_goes_to_the_left() -> None:
    against = score(CHILD, Profile((parts("Omar Ali"),), ("1999-02-03",)), WEIGHTS)
    _, words = described(waterfall.draw(against, WEIGHTS, "Records 1 and 2"))
    assert against.bits < 0
    assert "leave apart" in words


def test_calibration_counts_what_each_weight_is_worth() -> None:
    weighed = {
        (0, 1): Weighed(Verdict.LINK, 30.0),
        (0, 2): Weighed(Verdict.APART, 1.0),
        (1, 2): Weighed(Verdict.APART, 2.5),
        (2, 3): Weighed(Verdict.APART, 3.0),
    }
    found = calibration.steps(weighed, [7, 7, 8, 8])
    assert [(step.low, step.pairs, step.of_one_child) for step in found] == [(0.0, 3, 1), (28.0, 1, 1)]
    assert calibration.before_looking([7, 7, 8, 8]) == -1.0
    picture, words = described(calibration.draw(found, -1.0, WEIGHTS))
    assert "0 to 4 bits: 33.3% of 3 pairs" in words
    assert len(list(picture.iter(f"{SVG}circle"))) == len(found) + 1  # and one that says what a dot is


@pytest.mark.parametrize(("bits", "share"), [(0.0, 0.5), (1.0, 2 / 3), (-1.0, 1 / 3), (60.0, 1.0)])
def test_a_weight_stands_for_a_share(bits: float, share: float) -> None:
    assert calibration.expected(bits, 0.0) == pytest.approx(share)


def test_of_few_pairs_a_share_is_said_to_be_unsure() -> None:
    few, many = Step(0, 2, 1, 0.5).between, Step(0, 2000, 1000, 0.5).between
    assert few[0] < many[0] < 0.5 < many[1] < few[1]


def test_what_lies_beyond_an_axis_stands_at_its_end() -> None:
    axis = Axis(0, 10, 4, 50)
    assert [axis.at(value) for value in (-1, 0, 2, 4, 9)] == [10, 10, 30, 50, 50]
