"""`lantern oncall drill`: pages whoever is on duty, as an alert would, and measures until they have answered."""

import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from services.cli import client, signed_in
from services.cli.casewords import short
from services.cli.oncall.asking import SERVICE, Json
from services.cli.oncall.measuring import is_answered, measured, sentences
from services.core.errors import LanternError
from services.runtime.local.waiting import until

_LOOK_SECONDS = 0.5
Facts = dict[str, Any]


class NotAnswered(LanternError):
    """Nobody answered the drill in time: see who is on duty with `lantern oncall who`, and what became of the pages."""


def drill(
    within: Annotated[float, typer.Option(metavar="MINUTES", min=0.01, help="So long an answer is waited for.")] = 10,
    wait: Annotated[bool, typer.Option(help="Wait until it is answered.")] = True,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Hold a drill: whoever is on duty in your agency is paged on the real path, and answers it as they would an alert.

    Example: lantern oncall drill --within 5
    """
    with signed_in.asking(data, SERVICE) as api:
        begun = client.answer(api.post("/api/drills"))
        typer.echo(_begun(begun, data), err=True)
        found = _followed(api, begun["alert_id"], within * 60 if wait else 0)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        typer.echo("\n".join(sentences(found)))
    if wait and found["answered_seconds"] is None:
        raise NotAnswered


def _begun(alert: Facts, data: Path) -> str:
    folder = "" if data == client.DEFAULT_DATA else f" --data {data}"
    number = short(alert["alert_id"])
    return f"Drill {number} has begun. Whoever is paged answers: lantern oncall ack {number} drill_answered{folder}"


def _followed(api: httpx.Client, alert_id: str, seconds: float) -> Facts:
    until(lambda: is_answered(_facts(api, alert_id)), seconds, _LOOK_SECONDS)
    return _facts(api, alert_id)


def _facts(api: httpx.Client, alert_id: str) -> Facts:
    return measured(client.answer(api.get(f"/api/alerts/{alert_id}/pages")))
