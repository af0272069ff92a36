"""The pages of `lantern oncall who`, `rota` and `handover`."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.cli.casepage import bare_table
from services.cli.casewords import happened, short, words

Shown = Mapping[str, Any]

_LINES = ("on duty", "stands behind", "behind them")


def duty_page(found: Shown) -> RenderableType:
    """Who is on duty in each agency; people of another agency by their role."""
    rows = bare_table("Agency", "On duty", "Until", "Behind")
    for one in found["duty"]:
        behind = ", ".join(map(person, one["behind"]))
        rows.add_row(words(one["agency"]), _on_duty(one), _until(one), behind)
    return Group(Text(f"At {minute(found['at'])}", "dim"), rows)


def _on_duty(one: Shown) -> Text:
    if one["on_duty"] is None:
        return Text("NOBODY", "bold red")
    return Text(person(one["on_duty"]) + (" (you)" if one["is_you"] else ""))


def _until(one: Shown) -> Text:
    if one["until"]:
        return Text(minute(one["until"]))
    return Text("the rota has run out" if one["on_duty"] else "there is no rota", "bold red")


def rota_page(found: Shown) -> RenderableType:
    """The rota of one's own agency: what it comes to, and what is to be mended."""
    if not found["version"]:
        return Text("There is no rota yet. `lantern oncall rota publish FILE` publishes one.")
    title = Text(
        f"Rota of {words(found['agency'])}, version {found['version']}, until {minute(found['rota']['until'])}"
    )
    rows = bare_table("From", "Until", "", "Who")
    for one in found["shifts"]:
        rows.add_row(minute(one["start"]), minute(one["end"]), _LINES[one["level"]], person(one["person"]))
    flags = [Text(f"- {flag['sentence']}", "bold yellow") for flag in found["flags"]]
    return Group(title, rows, *([Text("To be mended:")] if flags else []), *flags)


def versions_table(found: Iterable[Shown]) -> Table:
    """Every version, the newest first."""
    rows = bare_table("Version", "Published", "Why", "By")
    for one in found:
        rows.add_row(str(one["version"]), minute(one["published_at"]), words(one["cause"]), person(one["by"]))
    return rows


def staff_table(found: Iterable[Shown]) -> Table:
    """Who can be on duty."""
    rows = bare_table("Name", "Role", "Handle")
    for one in found:
        rows.add_row(one["name"], words(one["role"]), one["person"])
    return rows


def offers_table(found: Iterable[Shown]) -> RenderableType:
    """The last handovers."""
    rows = bare_table("Number", "From", "To", "Until", "How it stands")
    for one in found:
        state = words(one["state"]) if one["is_open"] or one["state"] != "offered" else "lapsed"
        mine = " (to you)" if one["is_to_you"] and one["is_open"] else ""
        people = person(one["giver"]), person(one["receiver"])
        rows.add_row(short(one["handover"]), *people, minute(one["until"]), state + mine)
    return rows if rows.rows else Text("Nobody has offered their duty to a colleague yet.")


def person(one: Shown) -> str:
    """Somebody by name, by role where they are of another agency, by handle where they have left."""
    return one["name"] or (words(one["role"]) if one["role"] else one["person"])


def minute(moment: str) -> str:
    """A time on the reader's own clock."""
    return happened(moment, "instant")
