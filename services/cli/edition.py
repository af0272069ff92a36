"""`lantern up`, `down`, `status` and `doctor`: the local edition on this machine."""

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli import client
from services.cli.demo import play
from services.cli.login import ensure_somebody, sentence
from services.cli.story import OPENS, SEARCHES, told_in
from services.runtime.local import credentials, doctor, kafka, record, starting
from services.runtime.local.edition import Edition
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import ROOT
from services.runtime.local.ports import DEFAULT_BASE
from services.runtime.local.principals import OPERATOR, SERVICES
from services.runtime.local.programs import PARTS
from services.runtime.local.supervisor import State, Supervisor
from services.wire.topics import load_topics

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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
    edition = _edition(data, port_base)
    with starting.alone(edition.data):
        for step in starting.steps(edition):
            with _told(console, step.title):
                step.act()
    if demo:
        _play(console, data)
    with _told(console, "Sign in an invented person"):
        ensure_somebody(data)
    typer.echo(_closing(edition, data))


def down(
    data: client.Data = client.DEFAULT_DATA,
    erase: Annotated[bool, typer.Option("--erase", help="Delete the data folder afterwards, for good.")] = False,
) -> None:
    """Stop every service, PostgreSQL and Kafka; the data stays, unless it is to be erased.

    Example: lantern down
    """
    edition = _edition(data)
    if not edition.data.exists():
        typer.echo(f"There is no edition in {edition.data}: nothing was done.")
        return
    with starting.alone(edition.data):
        starting.stop(edition)
        if erase:
            _erase(edition)
    typer.echo("Stopped and erased." if erase else f"Stopped. The data is kept in {edition.data}.")


def status(data: client.Data = client.DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Say what runs, where, and how to reach Kafka as the operator.

    Example: lantern status --json
    """
    edition = _started(data)
    facts = _facts(edition)
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    table = Table("service", "state", "pid", "address", box=None)
    for name, service in facts["services"].items():
        table.add_row(name, service["state"], str(service["pid"] or ""), service["url"] or "")
    Console().print(table)


def examine(data: client.Data = client.DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Look at each thing that can be wrong, and say what to do; exit status 1 when something is.

    Example: lantern doctor
    """
    findings = doctor.examine(_edition(data))
    if as_json:
        typer.echo(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{'well ' if finding.well else 'WRONG'}  {finding.subject}: {finding.sentence}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _edition(data: Path, port_base: int | None = None) -> Edition:
    record.refuse_strangers(data.resolve())
    record.refuse_other_folders(data.resolve())
    edition = Edition(data.resolve(), port_base or DEFAULT_BASE)
    if port_base is not None and edition.data.exists() and edition.record.port_base != port_base:
        raise EditionFailed(
            f"The edition in {edition.data} counts its ports from {edition.record.port_base}, and keeps to them. "
            f"Leave --port-base away, or start in another folder with --data."
        )
    return edition


def _started(data: Path) -> Edition:
    client.read_edition(data)
    edition = _edition(data)
    record.read(edition.data)
    return edition


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


def _erase(edition: Edition) -> None:
    """Only a folder that holds an edition: a slip of the finger must not take another."""
    if edition.secrets.is_dir() and edition.run.is_dir():
        shutil.rmtree(edition.data)
        return
    raise EditionFailed(f"{edition.data} does not look like a data folder: it was not erased.")


def _facts(edition: Edition) -> dict[str, Any]:
    supervisor = Supervisor(edition.run)
    known = {state.name: state for state in supervisor.states()} if supervisor.answers() else {}
    stopped = {name: State(name, "stopped", None) for name in (*PARTS, *SERVICES)}
    return {
        "data": str(edition.data),
        "kafka": {
            "bootstrap": edition.kafka.bootstrap,
            "client": kafka.client_properties(
                edition.kafka.bootstrap, OPERATOR, credentials.kafka_password(edition.secrets, OPERATOR)
            ),
            "shared_topics": [topic.topic for topic in load_topics(ROOT) if topic.kind == "shared"],
        },
        "services": {name: _service(edition, known.get(name, state)) for name, state in stopped.items()},
    }


def _service(edition: Edition, state: State) -> dict[str, Any]:
    url = None if state.name in PARTS else f"http://127.0.0.1:{edition.ports[state.name]}"
    return {"state": state.state, "pid": state.pid, "url": url, "metrics": url and f"{url}/metrics"}
