"""Is a weight worth what it says? How many pairs of each weight are of one child, beside how many should be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2, sqrt

from services.cli.match.drawing import FOR, INK, SOFT, Axis, Picture
from services.cli.match.measuring import Numbers, Weighed, pairs_within
from services.core.matching.weights import Weights

_STEP = 4.0  # bits
_SURE = 1.96  # standard deviations on either side of a share: it lies between them 19 times in 20


@dataclass(frozen=True, slots=True)
class Step:
    """The pairs whose weight is between `low` and `low + 4` bits, and how many are of one child."""

    low: float
    pairs: int
    of_one_child: int
    expected: float

    @property
    def share(self) -> float:
        return self.of_one_child / self.pairs

    @property
    def between(self) -> tuple[float, float]:
        """Where the share truly lies, 19 times in 20 (Wilson's interval)."""
        n, p, z = self.pairs, self.share, _SURE
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(middle - reach, 0.0), min(middle + reach, 1.0)


def before_looking(children: Sequence[int]) -> float:
    """The bits for any two records being of one child, before anything is compared."""
    true, every = pairs_within(children), len(children) * (len(children) - 1) // 2
    return log2(true / (every - true))


def expected(bits: float, prior: float) -> float:
    """The share of pairs of one child that a weight stands for."""
    return float(1 / (1 + 2 ** -(bits + prior)))


def steps(weighed: Mapping[Numbers, Weighed], children: Sequence[int]) -> list[Step]:
    """The compared pairs by their weight, from the lightest."""
    prior = before_looking(children)
    found: dict[float, list[tuple[bool, float]]] = defaultdict(list)
    for (one, other), said in weighed.items():
        found[said.bits // _STEP * _STEP].append((children[one] == children[other], expected(said.bits, prior)))
    return [
        Step(low, len(said), sum(same for same, _ in said), sum(share for _, share in said) / len(said))
        for low, said in sorted(found.items())
    ]


def draw(found: Sequence[Step], prior: float, weights: Weights) -> str:
    """The picture of it."""
    picture = Picture(760, 480, "Is a weight worth what it says?", _in_words(found))
    across = Axis(found[0].low, 80, found[-1].low + _STEP, 720)
    up = Axis(0, 400, 1, 70)
    _axes(picture, across, up)
    curve = [found[0].low + bits / 2 for bits in range(int(2 * (across.high - across.low)) + 1)]
    picture.curve([(across.at(bits), up.at(expected(bits, prior))) for bits in curve])
    for words, bits, y in (("ask a person", weights.ask_at, 200), ("join", weights.link_at, 220)):
        picture.line((across.at(bits), 60), (across.at(bits), 400), INK, "4 4")
        picture.text(across.at(weights.link_at) + 8, y, f"{words} from {bits:g}", size=12)
    for step in found:
        _point(picture, step, across, up)
    picture.dot(90, 466)
    picture.text(100, 470, "share of the compared pairs that are of one child, and between what it lies", size=12)
    picture.line((520, 466), (550, 466))
    picture.text(556, 470, "what the weight says", size=12)
    return picture.svg()


def _axes(picture: Picture, across: Axis, up: Axis) -> None:
    for tenth in range(0, 11, 2):
        picture.line((80, up.at(tenth / 10)), (720, up.at(tenth / 10)), "#d0d4d6")
        picture.text(72, up.at(tenth / 10) + 5, f"{tenth * 10} %", anchor="end", fill=SOFT, size=12)
    for bits in range(int(across.low), int(across.high) + 1, 8):
        picture.text(across.at(bits), 418, f"{bits}", anchor="middle", fill=SOFT, size=12)
    picture.text(400, 440, "weight of all evidence, in bits", anchor="middle")


def _point(picture: Picture, step: Step, across: Axis, up: Axis) -> None:
    x, (low, high) = across.at(step.low + _STEP / 2), step.between
    picture.line((x, up.at(low)), (x, up.at(high)), FOR)
    picture.dot(x, up.at(step.share))


def _in_words(found: Sequence[Step]) -> str:
    said = (
        f"{step.low:g} to {step.low + _STEP:g} bits: "
        f"{step.share:.1%} of {step.pairs:,} pairs, {step.expected:.1%} expected"
        for step in found
    )
    return "Share of compared pairs that are of one child, by weight. " + "; ".join(said) + "."
