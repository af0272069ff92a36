"""One pair's evidence, field after field, to the weight that decides: how far each agrees, and never on what."""

from services.cli.match.drawing import AGAINST, FOR, INK, SOFT, Axis, Picture
from services.core.matching.scoring import Scored, Verdict
from services.core.matching.weights import Weights

_ROW = 44
BARRED = (
    "It weighs enough to join, but a name of two parts joins with the same day of birth only, and one of three "
    "with the year."
)
_VERDICTS = {
    Verdict.LINK: "join",
    Verdict.ASK: "ask a person",
    Verdict.RIVAL: "leave apart",
    Verdict.APART: "leave apart",
}


def draw(scored: Scored, weights: Weights, title: str) -> str:
    """The picture of it."""
    rows = len(scored.evidence) + 1
    picture = Picture(760, 170 + _ROW * rows, title, _in_words(scored, weights))
    sums = [0.0]
    for evidence in scored.evidence:
        sums.append(sums[-1] + evidence.bits)
    across = Axis(min(*sums, 0.0) - 2, 230, max(*sums, weights.link_at) + 4, 720)
    bottom = 90 + _ROW * rows
    _marks(picture, across, weights, bottom)
    for number, evidence in enumerate(scored.evidence):
        _row(
            picture,
            across,
            90 + _ROW * number,
            (sums[number], sums[number + 1]),
            _words(evidence.field, evidence.level),
        )
    _row(picture, across, 90 + _ROW * (rows - 1), (0.0, scored.bits), f"together: {_VERDICTS[scored.verdict]}")
    if barred(scored, weights):
        picture.text(20, bottom + 60, BARRED, fill=SOFT, size=12)
    picture.text(
        20, bottom + 40, "bits; to the right of 0 they speak for one child, to the left against it", fill=SOFT, size=12
    )
    return picture.svg()


def barred(scored: Scored, weights: Weights) -> bool:
    """Whether the weight would join the records, and what agrees may not join anybody."""
    return scored.verdict is Verdict.ASK and scored.bits >= weights.link_at


def _marks(picture: Picture, across: Axis, weights: Weights, bottom: int) -> None:
    picture.line((across.at(0), 80), (across.at(0), bottom), INK)
    picture.text(across.at(0), bottom + 18, "0", anchor="middle", size=12)
    for words, bits, anchor in (("ask from", weights.ask_at, "end"), ("join from", weights.link_at, "start")):
        picture.line((across.at(bits), 66), (across.at(bits), bottom), INK, "4 4")
        picture.text(
            across.at(bits) + (4 if anchor == "start" else -4), 62, f"{words} {bits:g}", anchor=anchor, size=12
        )


def _row(picture: Picture, across: Axis, y: int, span: tuple[float, float], words: str) -> None:
    low, high = sorted(map(across.at, span))
    bits = span[1] - span[0]
    picture.text(20, y + 19, words)
    picture.bar(low, y, high - low, 28, FOR if bits >= 0 else AGAINST)
    fits = high + 60 < across.at_high + 30
    picture.text(high + 6 if fits else low - 6, y + 19, f"{bits:+.1f}", anchor="start" if fits else "end")


def _words(field: str, level: str) -> str:
    return f"{field}: {level.replace('_', ' ')}"


def _in_words(scored: Scored, weights: Weights) -> str:
    said = "; ".join(f"{_words(each.field, each.level)}, {each.bits:+.1f} bits" for each in scored.evidence)
    return (
        f"{said}; together {scored.bits:+.1f} bits: {_VERDICTS[scored.verdict]}. "
        f"A person is asked from {weights.ask_at:g}, records are joined from {weights.link_at:g}."
        + (f" {BARRED}" if barred(scored, weights) else "")
    )
