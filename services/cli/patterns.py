"""`lantern patterns`: one adult around several children, as the case feed shows it to coordinators."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import typer

from services.cli import client, signed_in
from services.cli.casepage import bare_table, page
from services.cli.cases import Json
from services.cli.casewords import short, words

_PAGE = 500


def patterns(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """List the patterns: the same adult, telephone, address or document around several children.

    Example: lantern patterns --json
    """
    with signed_in.asking(data, "casefeed") as api:
        found = list(_pages(api))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        rows = bare_table("Pattern", "The same", "Around the cases")
        for one in found:
            rows.add_row(short(one["pattern_id"]), words(one["kind"]), ", ".join(map(short, one["cases"])))
        page().print(rows)
    else:
        typer.echo("There are no patterns for you to see.")


def _pages(api: httpx.Client) -> Iterator[Mapping[str, Any]]:
    skip = 0
    while found := client.answer(api.get("/api/patterns", params={"skip": skip, "at_most": _PAGE}))["patterns"]:
        yield from found
        skip += len(found)
