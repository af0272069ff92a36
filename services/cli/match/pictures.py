"""The pictures of a bench: what weights are worth, and one pair's evidence."""

from collections.abc import Sequence
from pathlib import Path

import typer

from services.cli.match import calibration, waterfall
from services.cli.match.measuring import Matched, Numbers
from services.cli.match.tables import Table
from services.core.matching.scoring import Verdict, profile, score
from services.core.matching.weights import Weights


def draw(folder: Path, table: Table, found: Matched, weights: Weights, pair: Numbers | None) -> Sequence[Path]:
    """Draw what there is to draw; `pair` is counted from 1. A calibration needs to know whose the records are.

    Raises:
        typer.BadParameter: these are no two records, or none were compared and none are named.
    """
    one, other = _chosen(found, pair)
    scored = score(profile(table.subjects[one]), profile(table.subjects[other]), weights)
    title = f"Records {one + 1} and {other + 1}: are they of one child?"
    pictures = {"waterfall": waterfall.draw(scored, weights, title)}
    if table.children and found.weighed:
        steps = calibration.steps(found.weighed, table.children)
        pictures["calibration"] = calibration.draw(steps, calibration.before_looking(table.children), weights)
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures.items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    return [folder / f"{name}.svg" for name in pictures]


def _chosen(found: Matched, pair: Numbers | None) -> Numbers:
    """The pair that is named, or one that a person is asked about, or any."""
    count = len(found.subjects)
    if pair:
        if not 1 <= min(pair) < max(pair) <= count:
            raise typer.BadParameter(f"two different records from 1 to {count:,}", param_hint="--pair")
        return min(pair) - 1, max(pair) - 1
    asked = [pair for pair, said in found.weighed.items() if said.verdict is Verdict.ASK] or list(found.weighed)
    if not asked:
        raise typer.BadParameter("no two records were compared: name two with --pair", param_hint="--pictures")
    return asked[0]
