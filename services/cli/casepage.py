"""The pages of `lantern cases` and `lantern case`: what a reader must know first stands first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.cli.casewords import claimed, clock, happened, said, short, status, words

Shown = Mapping[str, Any]

_UNBROKEN = 1_000


def page() -> Console:
    """Where pages are printed; what is written to a file or another program is not broken into short lines."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_UNBROKEN)


def case_table(cases: Iterable[Shown]) -> Table:
    """One line a case."""
    table = bare_table("Case", "Status", "Last happened", "Records", "Entries", "Heard from", "Also")
    for case in cases:
        state = case["state"]
        table.add_row(
            short(case["case_id"]),
            status(state["status"]),
            happened(state["last_occurred_at"], "day"),
            str(len(case["subjects"])),
            str(state["entries"]),
            ", ".join(map(words, state["sectors"])),
            ", ".join(_remarks(state)),
        )
    return table


def case_page(case: Shown) -> RenderableType:
    """Everything that is known of one case."""
    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(case):
        facts.add_row(Text(name, "dim"), value)
    title = Text.assemble(("Case ", "bold"), (case["case_id"], "bold"), "  ", status(case["state"]["status"]))
    return Group(title, facts, Text(), timeline_table(case["entries"]))


def _facts(case: Shown) -> Iterator[tuple[str, str]]:
    if case["as_known_at"]:
        yield "As known at", clock(case["as_known_at"])
    for episode in case["state"]["open_episodes"]:
        yield words(episode["kind"]).capitalize(), f"since {happened(episode['since'], 'instant')}"
    current = [entry for entry in case["entries"] if entry["superseded_by"] is None]
    yield from _claims([entry["claims"] for entry in current])
    yield "Location", case["location"]
    if remarks := ", ".join(_remarks(case["state"])):
        yield "Also", remarks
    if indicators := ", ".join(map(words, case["state"]["indicators"])):
        yield "Indicators", indicators
    yield "Records", ", ".join(map(short, case["subjects"]))


def _claims(claims: Sequence[Shown]) -> Iterator[tuple[str, str]]:
    lists = {"Names": ("names", "text"), "Born": ("dates_of_birth", "value"), "Numbers": ("identifiers", "value")}
    for title, (name, key) in lists.items():
        if value := claimed((claim for one in claims for claim in one[name]), key):
            yield title, value
    for title, name in (("Nationality", "nationalities"), ("Speaks", "languages")):
        if codes := sorted({code for one in claims for code in one[name]}):
            yield title, ", ".join(codes)
    if sexes := sorted({one["sex"] for one in claims} - {"unknown"}):
        yield "Sex", ", ".join(sexes)


def _remarks(state: Shown) -> Iterator[str]:
    if state["unaccompanied"] == "yes":
        yield "unaccompanied"
    if state["looked_after"]:
        yield "looked after"
    if state["kinship_claims"]:
        yield f"kinship claimed ({state['kinship_claims']})"
    if state["decision_awaited"]:
        due = state["decision_due_at"]
        yield f"decision due {clock(due)}" if due else "decision awaited"


def timeline_table(entries: Iterable[Shown]) -> Table:
    """One line an entry; a corrected one is struck out."""
    table = bare_table("Happened", "What was said", "By", "Known since")
    for entry in entries:
        corrected = entry["superseded_by"]
        table.add_row(
            happened(entry["occurred_at"], entry["precision"]),
            said(entry["type"], entry["fact"]) + (f" (corrected by {short(corrected)})" if corrected else ""),
            f"{words(entry['sector'])}, {words(entry['role'])}",
            clock(entry["known_at"]),
            style="dim strike" if corrected else "",
        )
    return table


def bare_table(*columns: str) -> Table:
    """A table without lines around it."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
