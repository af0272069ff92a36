"""`lantern up`: the local edition on this machine is started, and its scenario played."""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.cli import client
from services.cli.demo import play
from services.cli.edition import edition_in
from services.cli.login import ensure_somebody, sentence
from services.cli.story import OPENS, SEARCHES, told_in
from services.runtime.local import starting
from services.runtime.local.edition import Edition

PortBase = Annotated[
    int | None, typer.Option("--port-base", metavar="N", help="Count all ports from N; only at the first start.")
]


def up(
    data: client.Data = client.DEFAULT_DATA,
    port_base: PortBase = None,
    demo: Annotated[bool, typer.Option(help="Play the scenario once the services run.")] = False,
) -> None:
    """Start Kafka, PostgreSQL and every service; run again, it changes nothing.

    Example: lantern up --data /srv/lantern --port-base 21000
    """
    console = Console(stderr=True)
    edition = edition_in(data, port_base)
    with starting.alone(edition.data):
        for step in starting.steps(edition):
            with _told(console, step.title):
                step.act()
    if demo:
        _play(console, data)
    with _told(console, "Sign in an invented person"):
        ensure_somebody(data)
    typer.echo(_closing(edition, data))


@contextlib.contextmanager
def _told(console: Console, title: str) -> Iterator[None]:
    began = time.monotonic()
    with console.status(f"{title} ..."):
        yield
    console.print(f"  {title}: done ({time.monotonic() - began:.1f} s)", highlight=False)


def _play(console: Console, data: Path) -> None:
    with _told(console, "Play the scenario (invented people)"):
        play(data, datetime.now(UTC))


def _closing(edition: Edition, data: Path) -> str:
    folder = "" if data == client.DEFAULT_DATA else f" --data {data}"
    return "\n".join([
        "",
        f"Lantern is up: http://127.0.0.1:{edition.ports['casefeed']}/ (sign in with one click)",
        sentence(data),
        f"  lantern watch{folder}     the live case feed",
        f"  lantern cases{folder}     every case",
        f"  lantern login{folder}     sign in as somebody else: --as NAME",
        f"  lantern status{folder}    what runs where",
        f"  lantern down{folder}      stop; the data stays",
        *_to_open(edition, data),
    ])  # fmt: skip


def _to_open(edition: Edition, data: Path) -> list[str]:
    """What the scenario left for a person to open, and as whom, on the vault's page."""
    told = told_in(data)
    if told is None:
        return []
    page = f"http://127.0.0.1:{edition.ports['vault']}/decisions"
    return [
        "Two decisions on where a child is, to be opened on the vault's page by the one who asked:",
        f"  {page}/{told.release}   as {OPENS}: a release that two people approved",
        f"  {page}/{told.access}   as {SEARCHES}: a second person is asked; after two minutes it opens alone",
    ]
