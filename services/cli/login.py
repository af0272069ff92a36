"""`lantern login`, `logout` and `whoami`: who the other commands ask for."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import client, signed_in
from services.cli.casewords import words

USUAL = "coordinator"
"""Who is signed in to the local edition unless another is named."""

_PEOPLE = Path(__file__).parent / "scenario" / "people.json"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def login(
    invented: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="An invented person of the local edition, without a browser."),
    ] = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Sign in at the identity provider's page; for the local edition, as one of its invented people.

    Example: lantern login --as social-worker
    """
    from services.cli.signing_in import is_local, sign_in  # noqa: PLC0415 - a web server and an OAuth client

    if invented is not None:
        _expect_invented(invented, local=is_local(client.read_edition(data)))
    sign_in(data, invented)
    typer.echo(sentence(data))


def logout(data: client.Data = client.DEFAULT_DATA) -> None:
    """Sign out of this terminal.

    Example: lantern logout
    """
    if signed_in.forget(data):
        typer.echo("You are signed out of this terminal.")
    else:
        typer.echo(f"Nobody is signed in in {data}: nothing was done.")


def whoami(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Say who is signed in, as the services see it.

    Example: lantern whoami --json
    """
    with signed_in.asking(data, "casefeed") as api:
        seen: dict[str, Any] = client.answer(api.get("/api/person"))
    if as_json:
        claims = signed_in.current(data).claims
        until = datetime.fromtimestamp(claims["exp"], UTC).isoformat()
        more = {"name": claims["name"], "organisation": claims["lantern_organisation"], "until": until}
        typer.echo(json.dumps({**seen, **more}, indent=2))
    else:
        typer.echo(sentence(data))


def sentence(data: Path) -> str:
    """Who is signed in, and until when."""
    found = signed_in.current(data)
    said = found.claims
    who = f"{said['name']}, {words(said['lantern_role'])}, {said['lantern_organisation']}"
    invented = " (an invented person)" if found.invented else ""
    return f"You are signed in as {who}{invented}, until {found.until.astimezone():%H:%M}."


def ensure_somebody(data: Path) -> None:
    """Sign the usual invented person in, unless somebody is signed in: so a new edition can be used at once.

    Raises:
        NotTaken: the provider does not let them in.
        Unavailable: it does not answer.
    """
    from services.cli.signing_in import is_local, sign_in  # noqa: PLC0415 - a web server and an OAuth client

    found = signed_in.read(data)
    if is_local(client.read_edition(data)) and not (found and found.lasts(datetime.now(UTC))):
        sign_in(data, (found and found.invented) or USUAL)


def _expect_invented(name: str, *, local: bool) -> None:
    if not local:
        raise typer.BadParameter("Only the local edition has invented people: leave --as away.")
    people = [one["sub"] for one in json.loads(_PEOPLE.read_bytes())]
    if name not in people:
        raise typer.BadParameter(f"Nobody invented is called {name}. There are: {', '.join(people)}.")
