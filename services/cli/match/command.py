"""`lantern match`: how well records of one child are found to be one."""

import json
from dataclasses import asdict
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from services.cli.match.measuring import Figures, measure
from services.cli.match.population import children, records
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

_WORDS = {
    "records": "records, five a child",
    "compared": "pairs compared",
    "seconds_comparing": "seconds comparing",
    "links_by_score": "pairs that the score would join",
    "false_links_by_score": "of these, pairs of two children (a number parts them, or precision falls)",
    "precision": "precision: of the pairs joined, those of one child",
    "recall": "recall: of the pairs of one child, those joined",
    "recall_by_numbers_alone": "recall by numbers alone",
    "f1": "F1",
    "to_a_person": "share of records sent to a person",
}


def commands() -> typer.Typer:
    """The commands of `lantern match`."""
    app = typer.Typer(no_args_is_help=True, help="How well records of one child are found to be one.")
    app.callback()(match)
    app.command("bench")(bench)
    return app


def match() -> None:
    """How well records of one child are found to be one."""


def bench(
    count: Annotated[int, typer.Option("--children", min=100, help="How many children are generated.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other children.")] = 77,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Generate children, what four agencies record of them, and measure how well these records are joined.

    Example: lantern match bench --children 20000
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as progress:
        progress.add_task(f"Matching the records of {count} children", total=None)
        figures = measure(list(records(seed + 1, list(children(seed, count)))), load_weights(HOME), perf_counter)
    if as_json:
        typer.echo(json.dumps(asdict(figures) | {"f1": figures.f1}, indent=2))
    else:
        _show(figures)


def _show(figures: Figures) -> None:
    table = Table("what", "figure", box=None)
    for name, words in _WORDS.items():
        value = getattr(figures, name)
        table.add_row(words, f"{value:,}" if isinstance(value, int) else f"{value:.4f}")
    Console(soft_wrap=True).print(table)
