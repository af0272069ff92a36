"""`lantern oncall alerts` and `ack`: who is missing, who was told, who owns it; and what your agency does about it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.cli import client
from services.cli.casepage import bare_table
from services.cli.casewords import clock, happened, short, words
from services.cli.oncall.asking import Json, get, moment, send, show
from services.core.oncall.alerts import Answer

Shown = Mapping[str, Any]


def _digits(number: str | None) -> str | None:
    if number is not None and not _NUMBER.fullmatch(number):
        raise typer.BadParameter(
            "An alert's number is given by its first 6 digits or more, 0-9 and a-f: `lantern oncall alerts` shows them."
        )
    return number


Number = Annotated[
    str, typer.Argument(metavar="ALERT", help="The alert's number, or at least its first 6 digits.", callback=_digits)
]

_NUMBER = re.compile("[0-9a-f]{6,32}")
_WHOLE = (0, 1, 3)
"""The columns that are never broken into lines, however narrow the terminal: number, severity and time."""

_STYLES = {"critical": "bold red", "high": "red"}


def alerts(
    number: Annotated[
        str | None,
        typer.Argument(metavar="[ALERT]", help="One alert, with everybody who was told.", callback=_digits),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """List the open alerts of your agency, or show one with its pages.

    Example: lantern oncall alerts --all
    """
    if number is not None:
        found = get(data, f"/api/alerts/{number}")
        show(found, alert_page(found), as_json=as_json)
        return
    found = _every(data, everything=everything)
    show({"alerts": found}, list_page(found), as_json=as_json)


def ack(
    number: Number,
    answer: Annotated[Answer, typer.Argument(metavar="ANSWER", help=f"What you do: {', '.join(Answer)}.")],
    next_check: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When you look again; the latest that may be, if you say nothing."),
    ] = None,
    check: Annotated[bool, typer.Option(help="You have looked again, before it was due.")] = False,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Answer an alert for your agency: what you do, and when you look again. Until then nobody of yours is paged.

    Example: lantern oncall ack 3f2a9c1e search_begun --next-check 2026-11-24T23:30Z
    """
    said = {"answer": answer.value, "next_check_at": moment(next_check), "check": check}
    found = send(data, "POST", f"/api/alerts/{number}/answer", said)
    show(found, alert_page(found), as_json=as_json)


def _every(data: Path, *, everything: bool) -> list[Shown]:
    """All of them, page by page."""
    asked = {"all": str(everything).lower()}
    page = get(data, "/api/alerts", **asked)
    found = list(page["alerts"])
    while page.get("next"):
        page = get(data, "/api/alerts", after=page["next"], **asked)
        found += page["alerts"]
    return found


def list_page(found: Iterable[Shown]) -> RenderableType:
    """Alerts, a line each."""
    rows = bare_table("Alert", "Severity", "About", "Since", "Owner", "Owed by")
    for place in _WHOLE:
        rows.columns[place].no_wrap = True
    for one in found:
        owed = ", ".join(words(call["agency"]) for call in one["calls"] if call["status"] == "owed")
        since = happened(one["opened_at"], "instant")
        rows.add_row(short(one["alert_id"]), _severity(one["severity"]), _about(one), since, _owner(one), owed or "-")
    return rows if rows.rows else Text("No alert of your agency is open.")


def alert_page(one: Shown) -> RenderableType:
    """One alert: how grave and why, who owns it, what each agency said, and who was paged when."""
    head = Text.assemble(
        f"Alert {short(one['alert_id'])}: {words(one['kind'])}, ",
        _severity(one["severity"]),
        f", {words(one['state'])}",
    )
    why = f"Because: {', '.join(map(words, one['reasons']))}. Owner: {_owner(one)}."
    return Group(head, Text(why), _calls(one["calls"]), *([_pages(one["pages"])] if one["pages"] else []))


def _calls(calls: Iterable[Shown]) -> Table:
    rows = bare_table("Agency", "Stands", "Says", "By", "Next")
    for call in calls:
        said = words(call["answer"]) if call["answer"] else "-"
        by = short(call["answered_by"]) if call["answered_by"] else "-"
        after = clock(call["next_at"]) if call["next_at"] else "-"
        rows.add_row(words(call["agency"]), words(call["status"]), said, by, after)
    return rows


def _pages(pages: Iterable[Shown]) -> Table:
    rows = bare_table("Paged", "Who", "By", "Due", "Left")
    for page in pages:
        who = short(page["recipient"]) if page["recipient"] else "NOBODY ON DUTY"
        left = clock(page["sent_at"]) if page["sent_at"] else "not yet"
        ways = ", ".join(map(words, page["ways"])) or "-"
        rows.add_row(words(page["agency"]), who, ways, clock(page["due_at"]), left)
    return rows


def _about(one: Shown) -> str:
    """What it is about, and how it stands where it is not simply open."""
    return words(one["kind"]) if one["state"] == "open" else f"{words(one['kind'])}, {words(one['state'])}"


def _owner(one: Shown) -> str:
    return f"{short(one['owner'])} ({words(one['owner_agency'])})" if one["owner"] else "NOBODY"


def _severity(severity: str) -> Text:
    return Text(severity, _STYLES.get(severity, ""))
