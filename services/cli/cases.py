"""`lantern cases` and `lantern case`: the cases as the case feed shows them, readable at three in the morning."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import httpx
import typer

from services.cli import client, signed_in
from services.cli.casepage import case_page, case_table, page
from services.core.case import CaseStatus

_GRAVEST_FIRST = (CaseStatus.MISSING, CaseStatus.AWAY, CaseStatus.KNOWN)
_ASKED = (*_GRAVEST_FIRST, CaseStatus.AWAY, CaseStatus.MISSING)
"""Who goes missing while the others are asked for would be in none of the lists: those are asked for once more."""
_PAGE = 500
_ID = re.compile("[0-9a-f]{6,32}")

Case = Mapping[str, Any]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _checked(digits: str) -> str:
    if not _ID.fullmatch(digits.lower()):
        raise typer.BadParameter("An id has 32 digits 0-9 and a-f; the first 6 or more are enough.")
    return digits.lower()


def cases(
    status: Annotated[CaseStatus | None, typer.Option(help="Only cases of this status.")] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """List the cases that you see: who is missing first, then what happened last.

    Example: lantern cases --status missing
    """
    with signed_in.asking(data, "casefeed") as api:
        found = as_last_read(case for each in ([status] if status else _ASKED) for case in _pages(api, each))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        page().print(case_table(found))
    else:
        typer.echo("There is no case of this status that you see." if status else "There is no case that you see.")


def case(
    digits: Annotated[
        str, typer.Argument(metavar="ID", help="The id of a case or record, or its first digits.", callback=_checked)
    ],
    as_known_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As the hub knew it then, as in 2026-03-01T22:00:00Z.")
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show one case: its status, what is claimed about the child, and everything that was said.

    Example: lantern case 3f2a9c1e --as-known-at 2026-03-01T22:00:00Z
    """
    with signed_in.asking(data, "casefeed") as api:
        asked = {"as_known_at": as_known_at} if as_known_at else {}
        shown = client.answer(api.get(f"/api/cases/{digits}", params=asked))
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
    else:
        page().print(case_page(shown))


def as_last_read(found: Iterable[Case]) -> list[Case]:
    """Each case once, as it was read last; the gravest first, and otherwise in the order in which they came."""
    each = {case["case_id"]: case for case in found}
    return sorted(each.values(), key=lambda case: _GRAVEST_FIRST.index(CaseStatus(case["state"]["status"])))


def _pages(api: httpx.Client, status: CaseStatus) -> Iterator[Case]:
    asked: dict[str, str | int] = {"status": status.value, "at_most": _PAGE}
    while True:
        page = client.answer(api.get("/api/cases", params=asked))
        yield from page["cases"]
        if page["next"] is None:
            return
        asked["cursor"] = page["next"]
