"""`lantern match`: how well records of one child are found to be one, and by which weights."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from services.cli.match import pictures, showing, written
from services.cli.match.estimating import estimate, text_of
from services.cli.match.lookups import lookups
from services.cli.match.measuring import figures, match
from services.cli.match.population import Recorded, children, records
from services.cli.match.tables import Table, read_tables
from services.cli.match.with_splink import BySplink, by_splink, splink
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[CSV]...", exists=True, dir_okay=False, help="Records, one file an agency; else generated ones."
    ),
]
Truth = Annotated[
    Path | None,
    typer.Option("--truth", exists=True, dir_okay=False, help="CSV of two columns: ids of records of one child."),
]
Children = Annotated[int, typer.Option("--children", min=100, help="How many children are generated.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Another seed, other children.")]
Beside = Annotated[bool, typer.Option("--splink", help="The same through Splink, beside it.")]
Drawn = Annotated[
    Path | None, typer.Option("--pictures", metavar="DIR", help="Draw calibration.svg and waterfall.svg there.")
]
OnePair = Annotated[
    tuple[int, int] | None,
    typer.Option(
        help="The two records of the waterfall, counted from 1 through all files; else one to be asked about."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
    files: Files = None,
    truth: Truth = None,
    count: Children = 20_000,
    seed: Seed = 77,
    beside: Beside = False,
    drawn: Drawn = None,
    pair: OnePair = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well records are joined: generated ones of four agencies, or those of CSV files.

    Whose the records are, a column `child` says, or a file of pairs.

    Example: lantern match bench police.csv health.csv --pictures pictures
    """
    if beside:
        splink()
    weights = load_weights(HOME)
    with _working("Reading", hidden=as_json):
        table = read_tables(files, truth) if files else _generated(count, seed)
    with _working(f"Matching {len(table.subjects):,} records", hidden=as_json):
        found = match(table.subjects, weights, perf_counter)
        come_to, speed = figures(found, table.children), lookups(table.subjects, weights, process_time)
    other = _beside(table, hidden=as_json) if beside else None
    made = pictures.draw(drawn, table, found, weights, pair) if drawn else []
    _tell(showing.facts(come_to, speed, table.left_out, other), made, as_json=as_json)


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
    count: Children = 20_000,
    seed: Seed = 1,
    file: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write them there.")] = None,
) -> None:
    """Estimate weights from generated children: the same options, the same weights.

    Example: lantern match estimate --version 2 --link-at 23.5 --ask-at 23 --to services/core/matching/weights.v2.json
    """
    with _working(f"Estimating from {count:,} children", hidden=False):
        text = text_of(estimate(seed, count, version, link_at, ask_at))
    if file:
        file.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


def _records(count: int, seed: int) -> list[Recorded]:
    return list(records(seed + 1, list(children(seed, count))))


def _generated(count: int, seed: int) -> Table:
    recorded = _records(count, seed)
    return Table(tuple(each.subject for each in recorded), tuple(each.child for each in recorded), 0)


@contextmanager
def _working(at: str, *, hidden: bool) -> Iterator[None]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        progress.add_task(at, total=None)
        yield


def _beside(table: Table, *, hidden: bool) -> BySplink:
    if table.children is None:
        raise typer.BadParameter(
            "nobody says whose the records are: add a column child, or --truth", param_hint="--splink"
        )
    with _working("The same through Splink", hidden=hidden):
        return by_splink(table.subjects, table.children, perf_counter)


def _tell(found: dict[str, object], made: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    console = Console(soft_wrap=True)
    showing.show(console, found)
    for file in made:
        console.print(f"drawn: {file}")
