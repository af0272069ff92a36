"""`lantern oncall handover`: duty passes when the receiver accepts; until then the giver is on duty."""

import re
from pathlib import Path
from typing import Annotated

import typer

from services.cli import client
from services.cli.oncall.asking import Json, get, moment, send, show
from services.cli.oncall.pages import offers_table

_PATH, _DIGITS = "/api/handovers", 32
_NUMBER = re.compile(f"[0-9a-f]{{6,{_DIGITS}}}")

Number = Annotated[
    str, typer.Argument(metavar="NUMBER", help="The offer's number, or its first 6 digits: `handover list`.")
]


def offer(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A colleague, by name or handle.")],
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", callback=moment, help="Up to then; else all that is left of your shift."),
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Offer your duty to a colleague; you are on duty until they accept.

    Example: lantern oncall handover offer "Dana Invented" --until 2026-11-29T02:00
    """
    found = send(data, "POST", _PATH, {"to": name, "until": until})["handovers"]
    show(found[:1], offers_table(found[:1]), as_json=as_json)


def listed(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """List the last handovers of your agency.

    Example: lantern oncall handover list
    """
    found = get(data, _PATH)["handovers"]
    show(found, offers_table(found), as_json=as_json)


def accept(number: Number, data: client.Data = client.DEFAULT_DATA) -> None:
    """Accept what is offered to you: from now on you are on duty, and own what your colleague owned.

    Example: lantern oncall handover accept 5d0f2c7b
    """
    _answer(data, number, "accept")
    typer.echo("You are on duty. `lantern oncall who` says until when.")


def decline(number: Number, data: client.Data = client.DEFAULT_DATA) -> None:
    """Say no to what is offered to you: whoever offered it stays on duty.

    Example: lantern oncall handover decline 5d0f2c7b
    """
    _answer(data, number, "decline")
    typer.echo("Your colleague stays on duty.")


def withdraw(number: Number, data: client.Data = client.DEFAULT_DATA) -> None:
    """Take back what you offered: you stay on duty.

    Example: lantern oncall handover withdraw 5d0f2c7b
    """
    _answer(data, number, "withdraw")
    typer.echo("You stay on duty.")


def commands() -> typer.Typer:
    """Every command of `lantern oncall handover`."""
    app = typer.Typer(no_args_is_help=True, help="Hand your duty over to a colleague, who accepts it.")
    app.command("list")(listed)
    for command in (offer, accept, decline, withdraw):
        app.command()(command)
    return app


def _answer(data: Path, number: str, answer: str) -> None:
    """Send an answer to the offer whose number begins so."""
    if not _NUMBER.fullmatch(number):
        raise typer.BadParameter(
            "An offer is named by its first 6 digits or more, 0-9 and a-f: `lantern oncall handover list` shows them."
        )
    send(data, "POST", f"{_PATH}/{_whole(data, number)}/{answer}")


def _whole(data: Path, number: str) -> str:
    if len(number) == _DIGITS:
        return number
    found = [one["handover"] for one in get(data, _PATH)["handovers"] if one["handover"].startswith(number)]
    if len(found) != 1:
        raise client.Failed(
            f"{'No offer begins' if not found else 'Several offers begin'} with {number}. Nothing was changed: "
            f"`lantern oncall handover list` shows their numbers."
        )
    return str(found[0])
