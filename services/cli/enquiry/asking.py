"""`lantern enquiry list`, `show` and `answer`, and what the other commands must know first."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import client, signed_in
from services.cli.casepage import page
from services.cli.enquiry.documents import Enquiry
from services.cli.enquiry.pages import answer_page, enquiry_page, enquiry_table
from services.cli.enquiry.telling import Speaker

_PAGE = 500

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def speaker(data: Path) -> Speaker:
    """Who is signed in at this terminal.

    Raises:
        NotSignedIn: nobody is.
    """
    found = signed_in.current(data)
    return Speaker(found.token, found.claims)


def enquiry_of(data: Path, adult: str) -> Enquiry:
    """The adult whom these digits name, and the record of their latest approach that is in sight.

    Raises:
        Failed: they are not known, or asked for no child whose case is in sight.
    """
    shown = _asked(data, f"/api/enquiries/{adult}")
    if not shown["approaches"]:
        raise client.Failed("This adult asked for no child whose case you see: nothing was said.")
    return Enquiry(shown["enquirer"], shown["approaches"][-1]["subject_id"])


def list_all(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """List the adults who ask for children whose cases you see, the latest first.

    Example: lantern enquiry list
    """
    found: list[Any] = []
    while len(page_of := _asked(data, "/api/enquiries", skip=len(found), at_most=_PAGE)["enquiries"]) == _PAGE:
        found += page_of
    found += page_of
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        page().print(enquiry_table(found))
    else:
        typer.echo("No adult asks for a child whose case you see.")


def show(
    adult: Annotated[str, typer.Argument(metavar="ID", help="The adult's handle, or its first digits.")],
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show what was found out about an adult, and what is still missing.

    Example: lantern enquiry show 3f2a9c1e
    """
    shown = _asked(data, f"/api/enquiries/{adult}")
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
    else:
        page().print(enquiry_page(shown))


def answer(
    adult: Annotated[
        str | None, typer.Argument(metavar="ID", help="The adult's handle; without it, for somebody who is here now.")
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Say what may be said to an adult now, in these words: the same for every adult, and whatever is true of a child.

    Example: lantern enquiry answer
    """
    given = _asked(data, f"/api/enquiries/{adult}")["answers"] if adult else []
    latest = given[-1] if given else _asked(data, "/api/answer")
    if as_json:
        typer.echo(json.dumps(latest, indent=2))
    else:
        page().print(answer_page(latest))


def _asked(data: Path, path: str, **asked: int) -> Mapping[str, Any]:
    with signed_in.asking(data, "casefeed") as api:
        found: Mapping[str, Any] = client.answer(api.get(path, params=asked))
        return found
