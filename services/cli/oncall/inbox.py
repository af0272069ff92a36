"""`lantern oncall inbox`: the e-mails that the local edition caught."""

import dataclasses
import json
from typing import Annotated

import typer

from services.cli import client
from services.cli.casepage import page
from services.cli.casewords import clock
from services.cli.oncall.asking import Json
from services.runtime.local.mail.inbox import Inbox


def inbox(
    last: Annotated[int, typer.Option(metavar="N", min=1, help="So many, the latest last.")] = 20,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show the pages that went by e-mail to the local edition's invented people: it sends no mail to anybody else.

    Example: lantern oncall inbox --last 5
    """
    caught = list(Inbox(client.read_edition(data).data / "mail").messages())[-last:]
    if as_json:
        facts = [{**dataclasses.asdict(one), "caught_at": one.caught_at.isoformat()} for one in caught]
        typer.echo(json.dumps(facts, indent=2))
        return
    if not caught:
        typer.echo("No mail was caught yet. `lantern oncall drill` sends some.")
    for one in caught:
        page().print(f"[bold]{one.subject}[/bold]\nTo {one.to}, {clock(one.caught_at.isoformat())}\n")
        page().print(one.body, markup=False)
