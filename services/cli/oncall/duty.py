"""`lantern oncall who`."""

from typing import Annotated

import typer

from services.cli import client
from services.cli.oncall.asking import Json, get, moment, show
from services.cli.oncall.pages import duty_page


def who(
    at: Annotated[
        str | None, typer.Option(metavar="TIME", callback=moment, help="Then, as in 2026-11-28T22:00; else now.")
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Say who is on duty in each agency, and who stands behind them: your own colleagues by name.

    Example: lantern oncall who --at 2026-11-28T22:00
    """
    found = get(data, "/api/duty", **({"at": at} if at else {}))
    show(found, duty_page(found), as_json=as_json)
