"""`lantern rebuild`: timelines and case feed made again from Kafka, compared with the live ones, put in their place."""

import json
import threading
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from services.cli import client

SERVICES = ("correlator", "casefeed")
"""In the order in which they depend on each other: the case feed's topic is what the correlator tells."""

_LOOK_AGAIN_SECONDS = 0.2
UNDER_WAY = ("reading", "comparing", "adopting")
_SENTENCES = {
    "equal": "{service}: all {cases} cases are the same when made again from Kafka.",
    "different": "{service}: {differing} of {cases} cases are not the same when made again from Kafka. Nothing was "
    "changed: `lantern rebuild` puts what was made again in their place.",
    "adopted": "{service}: made again from Kafka and put in place; {differing} of {cases} cases are not as they were.",
    "refused": "{service}: Kafka no longer holds every event that the tables hold, so they were left as they are. Find "
    "out which topic lost records before anything else is done.",
    "failed": "{service}: could not be made again ({reason}). The live tables are as they were: see the service's log, "
    "then run the same command again.",
    "none": "{service}: was stopped in the middle. The live tables are as they were: run the same command again.",
}


def rebuild(
    verify: Annotated[bool, typer.Option("--verify", help="Compare only, and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Make timelines and case feed again from Kafka; exit status 1 when they are not the same as before.

    Example: lantern rebuild --verify
    """
    ends = {service: _rebuilt(data, service, verify) for service in SERVICES}
    if as_json:
        typer.echo(json.dumps(ends, indent=2))
    else:
        for service, end in ends.items():
            typer.echo(_SENTENCES[end["phase"]].format(service=service, **end))
    if any(end["phase"] not in {"equal", "adopted"} or end["differing"] for end in ends.values()):
        raise typer.Exit(1)


def _rebuilt(data: Path, service: str, verify: bool) -> dict[str, Any]:
    with client.http(data, service) as api:
        client.answer(api.post("/rebuild", json={"verify": verify}))
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(service, total=None)
            while (seen := _seen(api))["phase"] in UNDER_WAY:
                bar.update(task, completed=seen["records"], total=seen["records_in_all"] or None)
                threading.Event().wait(_LOOK_AGAIN_SECONDS)
    return seen


def _seen(api: httpx.Client) -> dict[str, Any]:
    return dict(client.answer(api.get("/rebuild")))
