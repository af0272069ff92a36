"""`lantern audit`: whether each service's audit is what it was, and what it says."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from services.cli import client, signed_in
from services.cli.auditing import Verdict, Witnesses, from_copy, from_kafka, sorted_out, verify
from services.core.audit import Action, Outcome
from services.core.audit_check import Fault
from services.core.errors import Unavailable
from services.runtime.local.principals import DATABASE_ROLES, OPERATOR
from services.runtime.settings import HOME
from services.wire.avro import load_schemas

SERVICES = DATABASE_ROLES
WITH_PEOPLE = ("vault", "casefeed", "oncall")
"""There an auditor signs in; elsewhere nobody does, and the audit is shown to the operator."""

_PAGE = 500

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_FAULTS = {
    Fault.OTHER_GENESIS: "the chain does not begin as this service's chain does",
    Fault.OTHER_CHAIN: "another chain stands in the place of the one that was witnessed",
    Fault.LINK_MISSING: "link {link} is missing",
    Fault.LINK_ADDED: "link {link} was added",
    Fault.LINK_CHANGED: "link {link} is not what it was",
    Fault.LINK_REPLACED: "link {link} was replaced by another",
    Fault.ENTRY_MISSING: "entry {entry} of link {link} is missing",
    Fault.ENTRY_ADDED: "entry {entry} of link {link} was added",
    Fault.ENTRY_CHANGED: "entry {entry} of link {link} is not what it was",
    Fault.BACK_DATED: "link {link} is dated before it can have been made",
    Fault.REWRITTEN: "the chain was made anew somewhere between link {since} and link {link}",
    Fault.TRUNCATED: "everything from link {since} on is gone; link {link} was witnessed",
    Fault.UNWITNESSED: "nobody has witnessed it: no checkpoint is known",
    Fault.FORGED_CHECKPOINT: "the chain is whole, but somebody has published checkpoints in its service's name",
}


def commands() -> typer.Typer:
    """The commands of `lantern audit`."""
    app = typer.Typer(no_args_is_help=True, help="What was done, by whom, and whether anybody has changed the record.")
    app.command("verify")(verify_chains)
    app.command("show")(show)
    return app


def _known(service: str | None) -> str | None:
    if service not in {None, *SERVICES}:
        raise typer.BadParameter(f"Choose one of {', '.join(SERVICES)}.")
    return service


Service = Annotated[str | None, typer.Option("--service", metavar="NAME", help="Only this service's.", callback=_known)]


def verify_chains(
    service: Service = None,
    copy: Annotated[
        Path | None,
        typer.Option(
            "--copy", metavar="FILE", exists=True, dir_okay=False, help="Checkpoints that an agency kept, not Kafka's."
        ),
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Read every entry again and compare with the signed checkpoints; exit status 1 names the first that is wrong.

    Example: lantern audit verify --service casefeed
    """
    witnesses = _witnesses(data, copy)
    verdicts = [_verified(data, name, witnesses) for name in ([service] if service else SERVICES)]
    if as_json:
        typer.echo(json.dumps([verdict.as_json() for verdict in verdicts], indent=2))
    else:
        typer.echo("\n".join(sentence(verdict) for verdict in verdicts))
    if not all(verdict.is_whole for verdict in verdicts):
        raise typer.Exit(1)


def show(
    service: Service = None,
    who: Annotated[str | None, typer.Option(help="A person's handle, or operator, service, nobody.")] = None,
    action: Annotated[Action | None, typer.Option(help="What was done.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="What came of it.")] = None,
    about: Annotated[str | None, typer.Option(metavar="KIND:HANDLE", help="As in case:3f2a...")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="From then on: 2026-03-01T22:00:00Z.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Before then.")] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show what was done, oldest first; that it was shown is recorded too. Sign in as an auditor first.

    Example: lantern audit show --action case_read --since 2026-03-01T00:00:00Z
    """
    asked = {"who": who, "action": action, "outcome": outcome, "about": about, "since": since, "until": until}
    given = {name: value for name, value in asked.items() if value is not None}
    found = [line for name in ([service] if service else SERVICES) for line in _entries(data, name, given)]
    found.sort(key=lambda line: datetime.fromisoformat(line["at"]))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        typer.echo("\n".join(map(line_of, found)))
    else:
        typer.echo("There are no such entries.")


def sentence(verdict: Verdict) -> str:
    """What a person reads of one chain."""
    read = f"{verdict.links} links with {verdict.entries} entries"
    if verdict.unread is not None:
        return f"{verdict.service}: NOT READ. {verdict.unread}"
    if verdict.finding is None:
        return f"{verdict.service}: whole. {read}, witnessed up to link {verdict.witnessed}."
    fault = _FAULTS[verdict.finding.fault].format(
        link=verdict.finding.link, entry=verdict.finding.entry, since=verdict.finding.since
    )
    return f"{verdict.service}: NOT WHOLE, {fault}. Before that, {read} are as they were. Keep everything as it is."


def _witnesses(data: Path, copy: Path | None) -> Witnesses:
    edition = client.read_edition(data)
    found = from_copy(copy) if copy else asyncio.run(from_kafka(edition.kafka(OPERATOR), load_schemas(HOME)))
    return sorted_out(found, edition.public_keys, SERVICES)


def _verified(data: Path, service: str, witnesses: Witnesses) -> Verdict:
    """One service that does not answer must not hide what is wrong with the next."""
    try:
        return _read(data, service, witnesses)
    except (Unavailable, client.Failed) as error:
        return Verdict(service, unread=str(error))


def _read(data: Path, service: str, witnesses: Witnesses) -> Verdict:
    with client.http(data, service) as api, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(service, total=None)
        return verify(api, service, witnesses, lambda read, in_all: bar.update(task, completed=read, total=in_all))


def _entries(data: Path, service: str, given: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    people = service in WITH_PEOPLE
    path, way = ("/api/audit/entries", signed_in.asking) if people else ("/audit/entries", client.http)
    with way(data, service) as api:
        after: int | None = -1
        while after is not None:
            page = client.answer(api.get(path, params={**given, "after": after, "at_most": _PAGE}))
            found += [{"service": service, **line} for line in page["entries"]]
            after = page["next"]
    return found


def line_of(entry: dict[str, Any]) -> str:
    """One entry on one line: when, where, who as what, what came of it, of how many things, about what."""
    who = f"{entry['who']} as {entry['role']}" if entry["role"] else entry["who"]
    came = " ".join([entry["outcome"], *entry["reasons"]])
    return "  ".join([
        entry["at"][:19] + "Z", entry["service"], who, entry["action"], came, f"x{entry['count']}", *entry["about"]
    ])  # fmt: skip
