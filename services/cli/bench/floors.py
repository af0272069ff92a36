"""This machine's own floors, in the same run: what is left when everything that Lantern does is taken away."""

import contextlib
import io
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter

import psycopg
from aiokafka import TopicPartition
from confluent_kafka.admin import NewTopic
from fastavro import schemaless_reader
from psycopg import sql

from services.cli.bench import decided, generating
from services.cli.bench.target import Target
from services.core.events import Event
from services.runtime.kafka import Message, make_consumer, make_producer, send_batch
from services.runtime.local import database, kafka
from services.runtime.local.principals import ADMIN
from services.runtime.settings import HOME
from services.wire.avro import HEADER_BYTES, load_schemas
from services.wire.records import to_record
from services.wire.seal import BatchSealer, public_key_of
from services.wire.submissions import canonical

_BATCH = 1_000
_IN_FLIGHT = 500
_COLUMNS = {
    "event_id": "bytea",
    "subject_id": "bytea",
    "fact_id": "bytea",
    "said_at": "timestamptz",
    "known_at": "timestamptz",
    "frame": "bytea",
}
_INSERT = sql.SQL("INSERT INTO entries SELECT * FROM unnest({})").format(
    sql.SQL(", ").join(sql.SQL(f"%b::{kind}[]") for kind in _COLUMNS.values())
)
_TABLE = sql.SQL("CREATE TABLE entries ({}, PRIMARY KEY (event_id))").format(
    sql.SQL(", ").join(sql.SQL(f"{name} {kind}") for name, kind in _COLUMNS.items())
)


async def floors(target: Target, events: int) -> Mapping[str, float]:
    """Records a second of each kind of work by itself, in one process, with records as large as shared events are."""
    said = [event for telling in generating.tellings(2, "FLOOR", events) for event in decided.events(target, telling)]
    schemas = load_schemas(HOME)
    frames = [(event, schemas.encode(event.type, to_record(event))) for event in said]
    parsed = {event.type: schemas.newest(event.type).parsed for event in said}
    into, out_of = await _kafka(target, [frame for _, frame in frames])
    return {
        "Kafka in": into,
        "Kafka out": out_of,
        "Avro decode": _rate(len(frames), lambda: [_decode(frame, parsed[event.type]) for event, frame in frames]),
        "sealing": _sealing(target, events),
        "PostgreSQL insert": _postgres(target, frames),
    }


def _rate(count: int, work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return count / (perf_counter() - began)


def _decode(frame: bytes, parsed: dict[str, object]) -> object:
    body = io.BytesIO(frame)
    body.seek(HEADER_BYTES)
    return schemaless_reader(body, parsed, None)


def _sealing(target: Target, events: int) -> float:
    plain = [canonical(document) for one in generating.tellings(2, "FLOOR", events) for document in one.documents]
    sealer = BatchSealer(public_key_of(target.clients.public_keys, "police", datetime.now(UTC)))
    return _rate(len(plain), lambda: [sealer.seal(text, "floor", "floor") for text in plain])


async def _kafka(target: Target, frames: Sequence[bytes]) -> tuple[float, float]:
    access = target.clients.kafka(ADMIN)
    async with _topic(target) as topic, contextlib.AsyncExitStack() as open_:
        producer, consumer = make_producer(access), make_consumer(access)
        for one in (producer, consumer):
            await one.start()
            open_.push_async_callback(one.stop)
        began = perf_counter()
        for start in range(0, len(frames), _IN_FLIGHT):
            await send_batch(
                producer, [Message(topic, b"floor", frame) for frame in frames[start : start + _IN_FLIGHT]]
            )
        written = perf_counter()
        places = [TopicPartition(topic, 0)]
        consumer.assign(places)
        consumer.seek(places[0], 0)
        left = len(frames)
        while left > 0:
            left -= sum(map(len, (await consumer.getmany(timeout_ms=500)).values()))
        return len(frames) / (written - began), len(frames) / (perf_counter() - written)


@contextlib.asynccontextmanager
async def _topic(target: Target) -> AsyncIterator[str]:
    """A topic of one partition, gone afterwards."""
    admin = kafka.administrator(target.parts.kafka.bootstrap, target.parts.kafka.password)
    name = f"bench-{secrets.token_hex(8)}"
    for made in admin.create_topics([NewTopic(name, 1, 1)]).values():
        made.result()
    try:
        yield name
    finally:
        for gone in admin.delete_topics([name]).values():
            gone.result()


def _postgres(target: Target, frames: Sequence[tuple[Event, bytes]]) -> float:
    rows = [_row(event, frame) for event, frame in frames]
    with _table(target) as connection:
        return _rate(
            len(rows), lambda: [_insert(connection, rows[at : at + _BATCH]) for at in range(0, len(rows), _BATCH)]
        )


def _row(event: Event, frame: bytes) -> tuple[object, ...]:
    head, now = event.head, datetime.now(UTC)
    names = (bytes.fromhex(name) for name in (head.event_id, head.subject_id, head.fact_id))
    return (*names, head.recorded_at, now, frame)


def _insert(connection: psycopg.Connection[tuple[object, ...]], rows: Sequence[tuple[object, ...]]) -> int:
    return connection.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)], binary=True).rowcount


@contextlib.contextmanager
def _table(target: Target) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A table as the correlator's entries, in a schema that is gone afterwards; each batch is a transaction."""
    postgres, name = target.parts.postgres, sql.Identifier(f"bench_{secrets.token_hex(8)}")
    conninfo = postgres.conninfo(ADMIN, postgres.password, database.NAME)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
        try:
            connection.execute(sql.SQL("SET search_path TO {}").format(name))
            connection.execute(_TABLE)
            yield connection
        finally:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name))
