"""Every place where something of a running edition can be read: files, messages, rows, and answers."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from confluent_kafka import Consumer, Message, TopicPartition
from psycopg import sql

from services.casefeed.access import ROUTES
from services.runtime.local import credentials, kafka
from services.runtime.local.postgres import Postgres
from services.runtime.local.principals import ADMIN, SERVICES
from services.runtime.local.supervisor import Supervisor
from services.runtime.tls import trusted
from tests.edition import LocalEdition
from tests.leaks.processes import Sink, of_processes, temporary_files

_PRIVATE = {"keys", "secrets"}
_CHUNK_BYTES = 1 << 24
_OVERLAP_BYTES = 1 << 10
_READ_SECONDS = 10.0


def everything(edition: LocalEdition) -> Iterator[Sink]:
    """All of it, one sink after another."""
    yield from files(edition.data)
    yield from messages(edition)
    yield from rows(edition)
    yield from answers(edition)
    yield from of_processes(_pids(edition), but=edition.data.resolve())
    yield from temporary_files(since=(edition.data / "edition.json").stat().st_mtime)


def _pids(edition: LocalEdition) -> list[int]:
    """Every process of an edition, and their keeper."""
    pids = [state.pid for state in Supervisor(edition.parts.run).states() if state.pid is not None]
    return [psutil.Process(pids[0]).ppid(), *pids]


def files(data: Path) -> Iterator[Sink]:
    """Every file of the data folder in overlapping chunks, holes left out; only keys and passwords are not read."""
    for path in sorted(path for path in data.rglob("*") if path.is_file() and not path.is_symlink()):
        place = path.relative_to(data)
        if place.parts[0] not in _PRIVATE:
            yield f"name of {place}", str(place).encode()
            yield from ((f"file {place}", chunk) for chunk in _chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            end, start = os.fstat(file.fileno()).st_size, 0
            while start < end:
                try:
                    start = os.lseek(file.fileno(), start, os.SEEK_DATA)
                except OSError:  # nothing but a hole is left
                    return
                file.seek(start)
                chunk = file.read(_CHUNK_BYTES)
                yield chunk
                start += max(len(chunk) - _OVERLAP_BYTES, 1) if start + len(chunk) < end else len(chunk)
    except FileNotFoundError:  # a log segment or a temporary file that has gone since it was listed
        return


def messages(edition: LocalEdition) -> Iterator[Sink]:
    """Key, value and headers of every message of every topic, those of Kafka itself included."""
    for message in taken(edition):
        headers = b"\n".join(f"{name}=".encode() + value for name, value in _headers(message))
        yield f"topic {message.topic()}", b"\n".join((message.key() or b"", message.value() or b"", headers))


def _headers(message: Message) -> list[tuple[str, bytes]]:
    """The client's stub allows for more shapes than a message that was read has."""
    headers: Any = message.headers() or ()
    return [(name, value) for name, value in headers if value is not None]


def taken(edition: LocalEdition, *topics: str) -> Iterator[Message]:
    """Every message of these topics, or of all that there are."""
    node = edition.parts.kafka
    settings = kafka.client_properties(node.bootstrap, ADMIN, node.password)
    consumer = Consumer(
        {
            **settings,
            "group.id": "sweep",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
        }
    )
    try:
        for topic, described in consumer.list_topics(timeout=_READ_SECONDS).topics.items():
            for number in described.partitions if topic in topics or not topics else ():
                yield from _partition(consumer, TopicPartition(topic, number, 0))
    finally:
        consumer.close()


def _partition(consumer: Consumer, place: TopicPartition) -> Iterator[Message]:
    consumer.assign([place])
    while message := consumer.poll(_READ_SECONDS):
        if message.error():  # the end of the partition
            return
        yield message


def rows(edition: LocalEdition) -> Iterator[Sink]:
    """Every table of every schema as its administrator copies it out: text as it is, bytes as hex."""
    yield from tables(edition.parts.postgres)


def tables(server: Postgres) -> Iterator[Sink]:
    r"""The same of a server; the mark `\x` before bytes stands apart, for with digits it can spell a postcode."""
    with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern")) as admin:
        found = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname <> 'information_schema'"
        ).fetchall()
        for schema, table in found:
            command = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
            with admin.cursor().copy(command) as copied:
                yield f"table {schema}.{table}", b"".join(bytes(block) for block in copied).replace(rb"\x", rb"\x ")


def answers(edition: LocalEdition) -> Iterator[Sink]:
    """What each service answers over HTTP: to its operator, and the case feed to who sees every case."""
    token = (edition.data / "secrets" / credentials.OPERATOR_TOKEN).read_text()
    with httpx.Client(
        headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False, verify=trusted()
    ) as client:
        for service in SERVICES:
            base = f"http://127.0.0.1:{edition.parts.ports[service]}"
            for path in ("/metrics", "/healthz", "/readyz", "/digests", "/openapi.json", "/nowhere"):
                yield f"{service} {path}", _spelt(client.get(f"{base}{path}"))
    casefeed = f"http://127.0.0.1:{edition.parts.ports['casefeed']}"
    with httpx.Client(headers=edition.person(), timeout=60, trust_env=False, verify=trusted()) as coordinator:
        yield from _cases(coordinator, casefeed)
        yield from _enquiries(coordinator, casefeed)
        yield from _pages(coordinator, casefeed)
        yield from _vault(coordinator, f"http://127.0.0.1:{edition.parts.ports['vault']}")
        yield from (("/api/feed", line.encode()) for line in feed(edition, coordinator, casefeed))


def _spelt(answer: httpx.Response) -> bytes:
    """An answer with its headers."""
    return str(answer.headers.raw).encode() + answer.content


def feed(edition: LocalEdition, client: httpx.Client, casefeed: str) -> Iterator[str]:
    """Every entry of the live feed, as it is sent, up to the latest."""
    server = edition.parts.postgres
    with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern")) as admin:
        (head,) = admin.execute("SELECT sequence FROM casefeed.feed_head").fetchone() or (0,)
    with client.stream("GET", f"{casefeed}/api/feed", params={"after": 0}) as stream:
        number = ""
        for line in stream.iter_lines() if head else ():
            yield line
            number = line.removeprefix("id: ") if line.startswith("id: ") else number
            if number == str(head) and line.startswith("data: "):
                return


def _vault(client: httpx.Client, base: str) -> Iterator[Sink]:
    """The vault's own pages and answers, to somebody to whom nothing was opened."""
    unknown = "f" * 32
    decisions = (f"/decisions/{unknown}", f"/api/decisions/{unknown}")
    for path in ("/", "/over", *decisions, "/directory", "/doubts", "/signin", "/nowhere"):
        yield f"vault {path}", _spelt(client.get(f"{base}{path}", headers={"accept": "text/html"}))


def _enquiries(client: httpx.Client, base: str) -> Iterator[Sink]:
    for path in ("/api/answer", "/api/person", "/api/patterns", "/api/waiting", "/signin"):
        yield path, _spelt(client.get(f"{base}{path}"))
    listed = client.get(f"{base}/api/enquiries", params={"at_most": 500})
    yield "/api/enquiries", _spelt(listed)
    for enquiry in listed.json()["enquiries"]:
        yield "/api/enquiries/{id}", _spelt(client.get(f"{base}/api/enquiries/{enquiry['enquirer']}"))
        yield "/enquirers/{id}", _page(client, f"{base}/enquirers/{enquiry['enquirer']}")
    links = client.get(f"{base}/api/links", params={"at_most": 200, "decided": True})
    yield "/api/links", _spelt(links)
    for link in links.json()["links"]:
        yield "/api/links/{one}/{other}", _spelt(client.get(f"{base}/api/links/{link['one']}/{link['other']}"))
        yield "/links/{one}/{other}", _page(client, f"{base}/links/{link['one']}/{link['other']}")


def _pages(client: httpx.Client, base: str) -> Iterator[Sink]:
    """Every page of the case feed that is of no one case or adult; those are asked for beside their JSON."""
    for method, path in ROUTES:
        if method == "GET" and "{" not in path and not path.startswith("/api/") and path != "/feed/bell":
            yield path, _page(client, f"{base}{path}")


def _page(client: httpx.Client, url: str) -> bytes:
    return _spelt(client.get(url, headers={"accept": "text/html"}))


def _cases(client: httpx.Client, base: str) -> Iterator[Sink]:
    asked: dict[str, str] | None = {}
    while asked is not None:
        listed = client.get(f"{base}/api/cases", params=asked)
        yield "/api/cases", _spelt(listed)
        for case in listed.json()["cases"]:
            yield "/api/cases/{id}", _spelt(client.get(f"{base}/api/cases/{case['case_id']}"))
            yield "/cases/{id}", _page(client, f"{base}/cases/{case['case_id']}")
        cursor = listed.json()["next"]
        asked = {"cursor": cursor} if cursor else None
