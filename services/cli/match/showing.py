"""What `lantern match bench` prints: each figure in words, beside Splink's where it was asked."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.match.lookups import Lookups
from services.cli.match.measuring import Figures
from services.cli.match.with_splink import BySplink

_WORDS = {
    "records": "records",
    "compared": "pairs compared",
    "seconds_comparing": "seconds comparing",
    "links_by_score": "pairs that the score would join",
    "false_links_by_score": "of these, pairs of two children (a number parts them, or precision falls)",
    "joined": "pairs joined",
    "false_pairs": "of these, pairs of two children",
    "precision": "precision: of the pairs joined, those of one child",
    "recall": "recall: of the pairs of one child, those joined",
    "recall_by_numbers_alone": "recall by numbers alone",
    "f1": "F1",
    "to_a_person": "share of records sent to a person",
    "lookups_a_second": "lookups a second of CPU, in memory",
    "lookup_growth": "how many times as long a lookup takes as among 10,000 records",
    "dates_left_out": "dates of birth that could not be read",
}


def facts(come_to: Figures, speed: Lookups, left_out: int, other: BySplink | None) -> dict[str, Any]:
    """All figures by name."""
    found = asdict(come_to)
    found |= found.pop("judged") or {}
    found |= {"lookups_a_second": speed.a_second, "lookup_growth": speed.growth, "dates_left_out": left_out}
    return found | ({"splink": _of_splink(other)} if other else {})


def _of_splink(other: BySplink) -> dict[str, Any]:
    came_to = {"version": other.version, "probability": other.probability, "seconds": other.seconds}
    return came_to | asdict(other.quality) | {"f1": other.quality.f1}


def show(console: Console, found: Mapping[str, Any]) -> None:
    """Print the figures for people."""
    beside: Mapping[str, Any] | None = found.get("splink")
    table = Table("what", "figure", *(["Splink"] if beside else []), box=None)
    for name, words in _WORDS.items():
        if found.get(name) is not None:
            table.add_row(words, _figure(found[name]), *([_figure(beside.get(name))] if beside else []))
    console.print(table)
    if "recall" not in found:
        console.print("Nobody says whose the records are: add a column child, or --truth, to learn how many are right.")
    if beside:
        console.print(
            f"Splink {beside['version']} was trained on the same records without labels; these are its figures "
            f"at the probability that serves it best, {beside['probability']}."
        )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
