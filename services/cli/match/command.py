"""`lantern match`: how well records of one child are found to be one, and by which weights."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from services.cli.match import calibration, waterfall, written
from services.cli.match.estimating import estimate, text_of
from services.cli.match.measuring import Figures, Matched, figures, match
from services.cli.match.population import Recorded, children, records
from services.cli.match.tables import Table as Records
from services.cli.match.tables import read_tables
from services.cli.match.with_splink import BySplink, by_splink, splink
from services.core.matching.scoring import Verdict, profile, score
from services.core.matching.weights import Weights
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

_WORDS = {
    "records": "records",
    "compared": "pairs compared",
    "seconds_comparing": "seconds comparing",
    "links_by_score": "pairs that the score would join",
    "false_links_by_score": "of these, pairs of two children (a number parts them, or precision falls)",
    "joined": "pairs joined",
    "false_links": "of these, pairs of two children",
    "precision": "precision: of the pairs joined, those of one child",
    "recall": "recall: of the pairs of one child, those joined",
    "recall_by_numbers_alone": "recall by numbers alone",
    "f1": "F1",
    "to_a_person": "share of records sent to a person",
    "dates_left_out": "dates of birth that could not be read",
}
Children = Annotated[int, typer.Option("--children", min=100, help="How many children are generated.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Another seed, other children.")]


def commands() -> typer.Typer:
    """The commands of `lantern match`."""
    app = typer.Typer(no_args_is_help=True, help="How well records of one child are found to be one.")
    app.callback()(about)
    app.command("bench")(bench)
    app.command("generate")(generate)
    app.command("estimate")(estimated)
    return app


def about() -> None:
    """How well records of one child are found to be one."""


def bench(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[CSV]...",
            exists=True,
            dir_okay=False,
            help="Records to match, one file an agency; else generated ones.",
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", exists=True, dir_okay=False, help="CSV of two columns: ids of records of one child."),
    ] = None,
    count: Children = 20_000,
    seed: Seed = 77,
    beside_splink: Annotated[bool, typer.Option("--splink", help="The same through Splink, beside it.")] = False,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", metavar="DIR", help="Draw calibration.svg and waterfall.svg there.")
    ] = None,
    pair: Annotated[
        tuple[int, int] | None,
        typer.Option(
            help="The two records of the waterfall, counted from 1 through all files; else one to be asked about."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well records are joined: generated ones of four agencies, or those of CSV files.

    Whose the records are, a column `child` says, or a file of pairs.

    Example: lantern match bench --children 20000 --pictures pictures

    Example: lantern match bench police.csv health.csv
    """
    if beside_splink:
        splink()
    weights = load_weights(HOME)
    with _working("Reading", hidden=as_json):
        table = read_tables(files, truth) if files else _generated(count, seed)
    with _working(f"Matching {len(table.subjects):,} records", hidden=as_json):
        found = match(table.subjects, weights, perf_counter)
        come_to = figures(found, table.children)
    other = _beside(table, hidden=as_json) if beside_splink else None
    drawn = _draw(pictures, table, found, weights, pair) if pictures else []
    if as_json:
        typer.echo(json.dumps(_facts(come_to, table, other), indent=2))
    else:
        _show(_facts(come_to, table, None), other, drawn)


def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)], count: Children = 20_000, seed: Seed = 77
) -> None:
    """Write generated records as CSV, one file an agency, so that any tool can be given the same.

    Example: lantern match generate population --children 2000
    """
    for file in written.write(_records(count, seed), folder):
        typer.echo(str(file))


def estimated(
    version: Annotated[str, typer.Option(help="What these weights are called.")],
    link_at: Annotated[float, typer.Option(help="Join from so many bits.")],
    ask_at: Annotated[float, typer.Option(help="Ask a person from so many bits.")],
    count: Children = 4_000,
    seed: Seed = 1,
    file: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write them there.")] = None,
) -> None:
    """Estimate weights from generated children: the same options, the same weights.

    Example: lantern match estimate --version 2 --link-at 25 --ask-at 24.6 --to services/core/matching/weights.v2.json
    """
    text = text_of(estimate(seed, count, version, link_at, ask_at))
    if file:
        file.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


def _records(count: int, seed: int) -> list[Recorded]:
    return list(records(seed + 1, list(children(seed, count))))


def _generated(count: int, seed: int) -> Records:
    recorded = _records(count, seed)
    return Records(tuple(each.subject for each in recorded), tuple(each.child for each in recorded), 0)


@contextmanager
def _working(at: str, *, hidden: bool) -> Iterator[None]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        progress.add_task(at, total=None)
        yield


def _beside(table: Records, *, hidden: bool) -> BySplink:
    if table.children is None:
        raise typer.BadParameter(
            "nobody says whose the records are: add a column child, or --truth", param_hint="--splink"
        )
    with _working("The same through Splink", hidden=hidden):
        return by_splink(table.subjects, table.children, perf_counter)


def _draw(
    folder: Path, table: Records, found: Matched, weights: Weights, pair: tuple[int, int] | None
) -> Sequence[Path]:
    """Draw what there is to draw; a calibration needs to know whose the records are."""
    one, other = _chosen(found, pair, len(table.subjects))
    scored = score(profile(table.subjects[one]), profile(table.subjects[other]), weights)
    pictures = {
        "waterfall": waterfall.draw(scored, weights, f"Records {one + 1} and {other + 1}: are they of one child?")
    }
    if table.children and found.weighed:
        steps = calibration.steps(found.weighed, table.children)
        pictures["calibration"] = calibration.draw(steps, calibration.before_looking(table.children), weights)
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures.items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    return [folder / f"{name}.svg" for name in pictures]


def _chosen(found: Matched, pair: tuple[int, int] | None, count: int) -> tuple[int, int]:
    if pair:
        if not 1 <= min(pair) < max(pair) <= count:
            raise typer.BadParameter(f"two different records from 1 to {count:,}", param_hint="--pair")
        return min(pair) - 1, max(pair) - 1
    asked = [pair for pair, said in found.weighed.items() if said.verdict is Verdict.ASK] or list(found.weighed)
    if not asked:
        raise typer.BadParameter("no two records were compared: name two with --pair", param_hint="--pictures")
    return asked[0]


def _facts(come_to: Figures, table: Records, other: BySplink | None) -> dict[str, Any]:
    facts = asdict(come_to)
    facts |= (facts.pop("judged") or {}) | {"dates_left_out": table.left_out}
    if other:
        quality = asdict(other.quality) | {"f1": other.quality.f1}
        facts["splink"] = {
            "version": other.version,
            "probability": other.probability,
            "seconds": other.seconds,
            **quality,
        }
    return facts


def _show(facts: dict[str, Any], other: BySplink | None, drawn: Sequence[Path]) -> None:
    console = Console(soft_wrap=True)
    table = Table("what", "figure", *(["Splink"] if other else []), box=None)
    beside = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "false_links": 0}
    if other:
        beside = {name: getattr(other.quality, name, other.quality.false_pairs) for name in beside}
    for name, words in _WORDS.items():
        if name in facts:
            table.add_row(words, _figure(facts[name]), *([_figure(beside.get(name))] if other else []))
    console.print(table)
    if "recall" not in facts:
        console.print("Nobody says whose the records are: add a column child, or --truth, to learn how many are right.")
    if other:
        console.print(
            f"Splink {other.version} was trained on the same records without labels; these are its figures "
            f"at the probability that serves it best, {other.probability}."
        )
    for file in drawn:
        console.print(f"drawn: {file}")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
