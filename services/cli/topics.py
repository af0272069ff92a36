"""`lantern topics`: what is declared, whether Kafka has it so, and what stands on a topic."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from confluent_kafka.admin import AdminClient
from rich.console import Console
from rich.table import Column, Table

from services.cli import client
from services.cli.reading import Message, Wanted, messages
from services.runtime import topics_admin
from services.runtime.kafka_access import KafkaAccess
from services.runtime.local.principals import ADMIN, OPERATOR
from services.runtime.settings import HOME
from services.wire.avro import Schemas, load_schemas
from services.wire.plain import plain
from services.wire.topics import Topic, load_topics

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")]


def commands() -> typer.Typer:
    """The commands of `lantern topics`."""
    app = typer.Typer(no_args_is_help=True, help="What is declared in topics/, what Kafka has, what stands there.")
    app.command("list")(listing)
    app.command("check")(check)
    app.command("apply")(apply)
    app.command("read")(read)
    return app


def listing(as_json: Json = False) -> None:
    """List every topic: who writes, who reads, how long it is kept.

    Example: lantern topics list
    """
    topics = load_topics(HOME)
    if as_json:
        typer.echo(json.dumps([topic.model_dump(mode="json") for topic in topics], indent=2))
    else:
        Console(soft_wrap=True).print(_table(topics))


def check(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Say where Kafka differs from topics/; exit status 1 if it does.

    Example: lantern topics check
    """
    found = topics_admin.check(_administrator(data), load_topics(HOME))
    _say(found, as_json, "Kafka has every topic and permission as declared, and no other.")
    if found:
        raise typer.Exit(1)


def apply(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Make Kafka what topics/ declares; says what had differed. Nothing that holds messages is taken away.

    Example: lantern topics apply
    """
    found = topics_admin.apply(_administrator(data), load_topics(HOME))
    _say(found, as_json, "There was nothing to do.")


def read(
    name: Annotated[str, typer.Argument(help="A topic, as `lantern topics list` names it.")],
    from_beginning: Annotated[bool, typer.Option(help="From the beginning, or only what comes from now on.")] = True,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until interrupted.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many messages.")] = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Print a topic's messages decoded, one JSON object a line.

    Example: lantern topics read missing-children.v1 --limit 5
    """
    _expect_readable(name)
    access = client.read_edition(data).kafka(OPERATOR)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_print(access, Wanted(name, from_beginning, follow, limit)))


def line(schemas: Schemas, message: Message) -> dict[str, Any]:
    """One message as it is printed: where it stands, when it came (UTC), and what it says."""
    return {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "timestamp": datetime.fromtimestamp(message.timestamp / 1000, UTC).isoformat(),
        "key": message.key.decode(errors="replace") if message.key else None,
        **plain(schemas, message.value),
    }


async def _print(access: KafkaAccess, wanted: Wanted) -> None:
    schemas = load_schemas(HOME)
    async with contextlib.aclosing(messages(access, wanted)) as found:
        async for message in found:
            typer.echo(json.dumps(line(schemas, message), ensure_ascii=False))


def _expect_readable(name: str) -> None:
    topics = {topic.topic: topic for topic in load_topics(HOME)}
    if name not in topics:
        raise typer.BadParameter(f"{name} is declared nowhere: see `lantern topics list`.")
    if OPERATOR not in topics[name].readers:
        readers = ", ".join(topics[name].readers)
        raise client.Failed(f"{name} is not for the operator: it is read by {readers} alone.")


def _administrator(data: Path) -> AdminClient:
    return topics_admin.administrator(client.read_edition(data).kafka(ADMIN))


def _say(found: tuple[topics_admin.Difference, ...], as_json: bool, nothing: str) -> None:
    if as_json:
        typer.echo(json.dumps([{"act": each.act, "says": each.sentence} for each in found], indent=2))
    else:
        typer.echo("\n".join(each.sentence for each in found) or nothing)


def _table(topics: tuple[Topic, ...]) -> Table:
    table = Table(Column("Topic", no_wrap=True), "Kind", "Kept", "Written by", "Read by")
    for topic in topics:
        table.add_row(topic.topic, topic.kind, topic.retention, ", ".join(topic.writers), ", ".join(topic.readers))
    return table
