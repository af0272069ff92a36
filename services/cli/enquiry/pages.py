"""The pages of `lantern enquiry`: who asks, what is found out about them, and what they are told."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from services.cli.casepage import timeline_table
from services.cli.casewords import happened, short, words

Shown = Mapping[str, Any]


def enquiry_table(enquiries: Iterable[Shown]) -> Table:
    """One line an adult."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Adult", "Says to be", "Asked for", "Last approached", "Cases"):
        table.add_column(column, overflow="fold")
    for one in enquiries:
        last = one["approaches"][-1]
        table.add_row(
            short(one["enquirer"]),
            words(last["connection"]),
            ", ".join(map(words, last["asked"])),
            happened(last["occurred_at"], "day"),
            ", ".join(sorted({short(approach["case_id"]) for approach in one["approaches"]})),
        )
    return table


def enquiry_page(shown: Shown) -> RenderableType:
    """Everything that is shown of one adult."""
    title = Text.assemble(("Adult ", "bold"), (shown["enquirer"], "bold"))
    said = [Text(f"Last answer: {words(one['step'])}, {one['on']}") for one in shown["answers"][-1:]]
    ladders = [part for ladder in shown["ladders"] for part in _ladder(ladder)]
    asked = [enquiry_table([shown])] if shown["approaches"] else []
    return Group(title, *asked, *said, *ladders, Text(), timeline_table(shown["entries"]))


def answer_page(given: Shown) -> RenderableType:
    """What to say, what to write and what to do."""
    parts = (
        ("Say", [given["say"]]),
        ("Write", given["letter"].split("\n\n")),
        ("Do", given["do"]),
    )
    return Group(*(line for title, lines in parts for line in _part(title, lines)))


def _ladder(ladder: Shown) -> list[RenderableType]:
    """How far the adult has come with one child; approvals name the assessment."""
    table = Table.grid(padding=(0, 2))
    for rung in ladder["rungs"]:
        table.add_row(
            "stands" if rung["stands"] else "lacks", words(rung["rung"]), ", ".join(map(words, rung["lacks"]))
        )
    if ladder["adverse"]:
        table.add_row("against", f"{ladder['adverse']} findings speak against the adult")
    if ladder["assessment"]:
        table.add_row("name", "assessment", ladder["assessment"])
    return [Text(), Text(f"In case {short(ladder['case_id'])}", "bold"), table]


def _part(title: str, lines: Iterable[str]) -> list[RenderableType]:
    return [Text(title, "bold"), *(Padding(Text(line), (0, 0, 1, 2)) for line in lines)]
