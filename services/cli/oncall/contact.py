"""`lantern oncall contact`: how you are reached when you are on duty."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import client
from services.cli.casewords import words
from services.cli.oncall.asking import Json, get, send

_PATH = "/api/contact"


def contact(
    set_to: Annotated[
        Path | None,
        typer.Option("--set", metavar="FILE", exists=True, dir_okay=False, help="Take this in place of what was kept."),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Destroy what is kept of you.")] = False,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show, set or forget how you are reached: a list of ways, the first tried first.

    The file holds {"ways": [{"way": "email", "at": "..."}, {"way": "notify_sms", "at": "+44..."}]}; ways are email,
    notify_sms, notify_email, chat and webhook. It is a file because a command line can be read by others.

    Example: lantern oncall contact --set contact.json
    """
    if forget:
        send(data, "DELETE", _PATH)
        typer.echo("Nothing is kept of how you are reached. If you are on duty, nobody can page you.")
        return
    found: dict[str, Any] = send(data, "PUT", _PATH, _read(set_to)) if set_to else get(data, _PATH)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for number, one in enumerate(found["ways"], 1):
        typer.echo(f"{number}. {words(one['way'])}: {one['at']}")


def _read(path: Path) -> Any:  # noqa: ANN401 - the service judges what it is
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        raise typer.BadParameter(
            f"{path} is not whole JSON: it was cut short, or has a slip in it. Nothing was changed."
        ) from None
