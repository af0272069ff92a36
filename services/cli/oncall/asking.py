"""What the commands of `lantern oncall` share: the way to the service, and times as people write them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import client, signed_in

SERVICE = "oncall"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def get(data: Path, path: str, **asked: str | int) -> Any:  # noqa: ANN401 - the JSON that the service's API describes
    """What the service answers to whoever is signed in.

    Raises:
        Failed: it refuses; its own sentence is repeated.
    """
    with signed_in.asking(data, SERVICE) as api:
        return client.answer(api.get(path, params=asked))


def send(data: Path, method: str, path: str, document: Any = None) -> Any:  # noqa: ANN401 - as above
    """What the service answers to whoever is signed in and wants something changed.

    Raises:
        Failed: it refuses; its own sentence is repeated.
    """
    with signed_in.asking(data, SERVICE) as api:
        return client.answer(api.request(method, path, json=document))


def show(found: Any, text: Any, *, as_json: bool) -> None:  # noqa: ANN401 - JSON, and what rich prints
    """Print JSON, or a page."""
    from services.cli.casepage import page  # noqa: PLC0415 - a terminal's tables are slow to read in

    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        page().print(text)


def moment(text: str | None) -> str | None:
    """A time with its zone; without one it is what this machine's clock shows."""
    if text is None:
        return None
    return _read(text).astimezone().isoformat()


def wall(text: str | None) -> str | None:
    """A time with its zone, or without one as clocks of the rota show it."""
    return None if text is None else _read(text).isoformat()


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "Say a time, as in 2026-11-28T22:00, or with its zone, as in 2026-11-28T22:00Z."
        ) from None
