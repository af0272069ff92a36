"""`lantern cases` and `lantern case`: the cases as the case feed shows them, readable at three in the morning."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from services.cli import client
from services.cli.casepage import case_page, case_table
from services.core.case import CaseStatus

_GRAVEST_FIRST = (CaseStatus.MISSING, CaseStatus.AWAY, CaseStatus.KNOWN)
_PAGE = 500

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def cases(
    status: Annotated[CaseStatus | None, typer.Option(help="Only cases of this status.")] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """List the cases: who is missing first, then what happened last.

    Example: lantern cases --status missing
    """
    with client.http(data, "casefeed") as api:
        found = [case for each in ([status] if status else _GRAVEST_FIRST) for case in _pages(api, each)]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        Console(highlight=False).print(case_table(found))
    else:
        typer.echo("There are no such cases." if status else "There are no cases yet.")


def case(
    digits: Annotated[str, typer.Argument(metavar="ID", help="The id of a case or record, or its first digits.")],
    as_known_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As the hub knew it then, as in 2026-03-01T22:00:00Z.")
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show one case: its status, what is claimed about the child, and everything that was said.

    Example: lantern case 3f2a9c1e --as-known-at 2026-03-01T22:00:00Z
    """
    with client.http(data, "casefeed") as api:
        asked = {"as_known_at": as_known_at} if as_known_at else {}
        shown = client.answer(api.get(f"/api/cases/{digits}", params=asked))
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
    else:
        Console(highlight=False).print(case_page(shown))


def _pages(api: httpx.Client, status: CaseStatus) -> Iterator[Mapping[str, Any]]:
    asked: dict[str, str | int] = {"status": status.value, "at_most": _PAGE}
    while True:
        page = client.answer(api.get("/api/cases", params=asked))
        yield from page["cases"]
        if page["next"] is None:
            return
        asked["cursor"] = page["next"]
