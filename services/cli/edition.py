"""`lantern down` and `status`: the local edition on this machine."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli import client
from services.runtime.local import credentials, kafka, record, starting
from services.runtime.local.edition import Edition
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import ROOT
from services.runtime.local.ports import DEFAULT_BASE
from services.runtime.local.principals import OPERATOR, SERVICES
from services.runtime.local.programs import PARTS
from services.runtime.local.supervisor import State, Supervisor
from services.wire.topics import load_topics

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def down(
    data: client.Data = client.DEFAULT_DATA,
    erase: Annotated[bool, typer.Option("--erase", help="Delete the data folder afterwards, for good.")] = False,
) -> None:
    """Stop every service, PostgreSQL and Kafka; the data stays, unless it is to be erased.

    Example: lantern down
    """
    edition = edition_in(data)
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


def edition_in(data: Path, port_base: int | None = None) -> Edition:
    """The edition of a folder; one that was never started counts its ports from `port_base`.

    Raises:
        EditionFailed: the folder is somebody else's, or of something else, or counts its ports from another.
    """
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
    edition = edition_in(data)
    record.read(edition.data)
    return edition


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
