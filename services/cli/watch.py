"""`lantern watch`: the live case feed in a terminal, one line an event."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from services.cli import client, signed_in
from services.cli.casewords import clock, happened, short, status, words
from services.cli.following import Event, Place, follow

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SECTOR_WIDTH = 15
_WHAT_WIDTH = 38


def watch(
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Begin there: 30m, 12h or 2d ago, or a time as in 2026-03-01T22:00:00Z."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Follow the live case feed until Ctrl-C: what is said of which case, as it comes.

    Example: lantern watch --since 12h
    """
    place = Place(begin(since, datetime.now(UTC)) if since else None)
    show = _json_line if as_json else _lines(Console(highlight=False))
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            _follow(data, place, show)


def _follow(data: Path, place: Place, show: Callable[[Event], None]) -> None:
    """Follow until the sign-in is over, if it ever is.

    Raises:
        Misconfigured: there is no edition in `data`.
        NotSignedIn: nobody is signed in.
        NotLetIn: who is signed in is not let in.
    """
    edition, asked = client.read_edition(data), signed_in.current(data)
    settings = client.settings_with(edition, "casefeed", asked.token)
    try:
        asyncio.run(follow(settings, place, show, _say_live))
    except client.NotLetIn:
        if asked.lasts(datetime.now(UTC)):
            raise


def begin(since: str, now: datetime) -> datetime:
    """The time that somebody means by "12h" or by a time with its zone.

    Raises:
        BadParameter: it is neither.
    """
    number, unit = since[:-1], since[-1:]
    try:
        if number.isdecimal() and unit in _UNITS:
            return now - timedelta(**{_UNITS[unit]: int(number)})
        moment = datetime.fromisoformat(since)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter("Say how long ago (30m, 12h, 2d), or a time with its zone (2026-03-01T22:00:00Z).")
    return moment


def line(entry: dict[str, Any]) -> Text:
    """Time, sector, what, case, status: in columns, so that an eye runs down them."""
    what = f"{words(entry['type']).capitalize()}, {happened(entry['occurred_at'], entry['precision'])}"
    return Text.assemble(
        (clock(entry["known_at"]), "dim"),
        f"  {words(entry['sector']):<{_SECTOR_WIDTH}}  {what:<{_WHAT_WIDTH}}  ",
        (short(entry["case_id"]), "bold"),
        "  ",
        status(entry["status"]),
    )


def _lines(console: Console) -> Callable[[Event], None]:
    return lambda event: console.print(line(json.loads(event.data)), soft_wrap=True)


def _json_line(event: Event) -> None:
    typer.echo(json.dumps({"id": int(event.number or 0), **json.loads(event.data)}))


def _say_live(live: bool) -> None:
    if live:
        typer.secho("live again: nothing was left out", fg="green", err=True)
    else:
        typer.secho("not live: the case feed is not heard; trying until it is", fg="red", bold=True, err=True)
