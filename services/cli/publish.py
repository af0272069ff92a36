"""`lantern publish`: an agency's files, cut, sealed to its own processor and sent; then what became of each record."""

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from services.cli import client
from services.cli.exchange import exchange, wait_until_committed
from services.cli.sending import Plan, plan
from services.cli.summary import Summary, show, summarise
from services.core.codes import OrganisationKind, Sector
from services.runtime.kafka import Message
from services.runtime.settings import HOME
from services.wire import topics
from services.wire.avro import Schemas, load_schemas
from services.wire.seal import BatchSealer, PublicKey, public_key_of
from services.wire.submissions import MAX_ORGANISATION, Content, Submission, to_record

USUAL_KIND = {
    Sector.POLICE: OrganisationKind.POLICE_FORCE,
    Sector.UKBA: OrganisationKind.UKBA,
    Sector.LOCAL_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY,
    Sector.HEALTH: OrganisationKind.HEALTH_BODY,
}
_FAILED, _SOME_REFUSED = 1, 3


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks, and through which agency's processor; `token` is the identity token of the person who does."""

    agency: Sector
    organisation: str
    kind: OrganisationKind
    token: str | None = field(default=None, repr=False)


def _checked(code: str) -> str:
    if not 1 <= len(code) <= MAX_ORGANISATION or not code.isprintable() or code != code.strip():
        raise typer.BadParameter(
            f"A code has 1 to {MAX_ORGANISATION} letters, digits and signs, without spaces around it: nothing was sent."
        )
    return code


def publish(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="Files of one return or report."),
    ],
    agency: Annotated[Sector, typer.Option(help="The agency that answers for the organisation.")],
    organisation: Annotated[
        str, typer.Option(metavar="CODE", help="The organisation that speaks; it is only sealed.", callback=_checked)
    ],
    kind: Annotated[
        OrganisationKind | None, typer.Option(help="What kind of body it is.", show_default="the agency's usual")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Return once every event is on a timeline.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a summary.")] = False,
    patience: Annotated[float, typer.Option("--timeout", min=1, help="Seconds to wait without any progress.")] = 60,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Send an agency's files to the hub and say what became of each record: shared, held back or refused.

    Example: lantern publish --agency local_authority --organisation E09000001 --wait return/*.csv
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it says of a broken connection, we say better
    sender = Sender(agency, organisation, kind or USUAL_KIND[agency])
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
        summary = asyncio.run(published(sender, files, client.read_edition(data), patience, wait, progress))
    if as_json:
        typer.echo(json.dumps(summary.to_json(), indent=2))
    else:
        show(Console(soft_wrap=True), summary)
    raise typer.Exit(_status(summary, agency))


async def published(
    sender: Sender, files: Sequence[Path], edition: client.Edition, patience: float, wait: bool, progress: Progress
) -> Summary:
    """Send files and hear what became of every record; with `wait`, until every event is on a timeline.

    Raises:
        Unavailable: Kafka, or with `wait` the correlator, made no progress for `patience` seconds.
    """
    return await submitted(sender, plan(sender.agency, files), edition, patience, wait, progress)


async def submitted(
    sender: Sender, planned: Plan, edition: client.Edition, patience: float, wait: bool, progress: Progress
) -> Summary:
    """Send what is planned, and hear what became of it.

    Raises:
        Unavailable: Kafka, or with `wait` the correlator, made no progress for `patience` seconds.
    """
    now = datetime.now(UTC)
    submission = Submission(uuid.uuid4().hex, len(planned.outgoing), now)
    schemas = load_schemas(HOME)
    key = public_key_of(edition.public_keys, sender.agency.value, now)
    access = edition.kafka(f"publisher.{sender.agency.value}")
    async with exchange(access, sender.agency, schemas) as hub:
        messages = _messages(sender, submission, planned, schemas, key)
        await hub.send(messages, patience, _bar(progress, "Sent", submission.record_count))
        answered = _bar(progress, "Answered", submission.record_count)
        receipts = await hub.receipts(submission.submission_id, submission.record_count, patience, answered)
    summary = summarise(submission.submission_id, planned, receipts)
    if wait and not summary.unanswered:
        on_timelines = _bar(progress, "On timelines", len(summary.event_ids))
        await wait_until_committed(edition, summary.event_ids, patience, on_timelines)
    return summary


def _messages(
    sender: Sender, submission: Submission, planned: Plan, schemas: Schemas, key: PublicKey
) -> Iterator[Message]:
    sealer = BatchSealer(key)
    topic = topics.intake(sender.agency.value)
    for number, one in enumerate(planned.outgoing):
        content = Content(one.format, sender.organisation, sender.kind, one.record, sender.token)
        frame = schemas.encode("IntakeRecord", to_record(submission, number, content, sealer))
        yield Message(topic, submission.submission_id.encode(), frame)


def _status(summary: Summary, agency: Sector) -> int:
    if summary.unanswered:
        typer.echo(
            f"{summary.unanswered} records are not answered: the {agency.value} processor is slow or stopped. They "
            "stay in Kafka for a week and will be processed. See `lantern status`; publish again to hear the answers.",
            err=True,
        )
        return _FAILED
    return _SOME_REFUSED if summary.refused else 0


def _bar(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    task = progress.add_task(what, total=total)
    return lambda done: progress.update(task, completed=done)
