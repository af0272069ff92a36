"""Twin worlds through two running editions: whatever anybody can hear in them is the same.

What a world says of its own time (when the broker took a record, when a line was logged) is told as "<now>" if it lies
within the world's run. Left out, because they are of time itself: how the correlator's updates are cut into batches,
the heads of the audit's chains, who was paged when and how grave it then looked, and the metrics of processes, of
batches, of pages and of the moment. Kafka's and PostgreSQL's own logs are left to the canaries.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psycopg
import pytest

from services.runtime.local import credentials
from services.runtime.local.principals import ADMIN, SERVICES
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.wire.avro import Schemas
from services.wire.topics import ALERTS, AUDIT_CHECKPOINTS, PATTERNS, Topic
from tests.conftest import full_size
from tests.edition import LocalEdition, editions
from tests.leaks.alike import differences
from tests.leaks.publishing import kept, printed, publish
from tests.leaks.sinks import feed, taken
from tests.leaks.told import (
    called,
    headers_of,
    of_alerts,
    of_case,
    of_enquiry,
    of_feed,
    of_message,
    of_page,
    of_patterns,
    of_summary,
    of_widest,
)
from tests.leaks.worlds import World, submissions

CHILDREN = 10_000 if full_size() else 96
PATIENCE_SECONDS = 600
AT_MOST = 500
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
OF_TIME = re.compile(
    r"process_|python_|lantern_(batch_seconds|outbox_age_seconds|consumer_lag|cases_refolded|audit_unwitnessed)"
    r"|lantern_(time_to|page|sends|steps|alerts)\w*"
    r'|lantern_events_(in|out)\w*{topic="(case-updates|patterns|audit-checkpoints|alerts).v1"}|\w+_created'
)
# Nobody is on duty in an edition without a rota: how often on-call said so is told by when it looked, and whether it
# says that it is late, by how busy the machine is.
OF_PAGING = ("Pages could not be sent", "Open alerts are owned by nobody", "Open alerts owe pages")
# What a Kafka client logs of its connection, its words withheld, is told by how busy the machine is.
OF_KAFKA = ('"library": "aiokafka', '"library": "faust', '"library": "mode')
WRONG = [
    ("/api/cases", {"cursor": "none"}),
    ("/api/cases", {"status": "asleep"}),
    ("/api/cases/x", {}),
    ("/api/cases/ffffffffffffffffffffffffffffffff", {}),
    ("/api/feed", {"after": "999999999"}),
    ("/nowhere", {}),
]


@dataclass
class Told:
    """A world that was published to an edition of its own, and everything that was then heard there."""

    edition: LocalEdition
    schemas: Schemas
    topics: tuple[Topic, ...]
    began: datetime
    logged: dict[str, int]
    published: list[str]

    def texts(self) -> list[str]:
        """All of it, with moments of the run as "<now>"."""
        operator = {"authorization": f"Bearer {self._token()}"}
        with httpx.Client(headers=operator, timeout=60, trust_env=False, verify=trusted()) as client:
            said = [*self._published(), *self._messages(), *self._logs(), *self._others(client)]
        with httpx.Client(headers=self.edition.person(), timeout=60, trust_env=False, verify=trusted()) as coordinator:
            said += [*self._cases(coordinator), *self._refused(coordinator)]
        ended = datetime.now(UTC)
        return [MOMENT.sub(lambda found: self._moment(found[0], ended), text) for text in said]

    def _token(self) -> str:
        return (self.edition.data / "secrets" / credentials.OPERATOR_TOKEN).read_text()

    def _moment(self, text: str, ended: datetime) -> str:
        return "<now>" if self.began <= datetime.fromisoformat(text) <= ended else text

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.edition.parts.ports[service]}"

    def _published(self) -> Iterator[str]:
        for answer in map(json.loads, self.published):
            yield from (f"publish: {subject}" for subject in answer.pop("subjects"))
            yield f"publish: {answer}"

    def _messages(self) -> Iterator[str]:
        patterns, alerts = [], []
        for message in taken(self.edition, *(topic.topic for topic in self.topics if topic.topic != AUDIT_CHECKPOINTS)):
            if message.topic() == PATTERNS:
                patterns.append(message.value() or b"")
            elif message.topic() == ALERTS:
                alerts.append(message.value() or b"")
            else:
                headers: Any = message.headers() or ()
                key, value = message.key() or b"", message.value() or b""
                yield from of_message(self.schemas, str(message.topic()), key, value, headers_of(headers))
        yield from of_widest(self.schemas, patterns)
        yield from of_alerts(self.schemas, alerts)

    def _cases(self, client: httpx.Client) -> Iterator[str]:
        api = f"{self.url('casefeed')}/api/cases"
        listed = list(_pages(client, api))
        order = [(case["state"]["last_occurred_at"] or "", case["case_id"]) for case in listed]
        assert order == sorted(sorted(order, key=lambda one: one[1]), key=lambda one: one[0], reverse=True)
        names = called(listed)
        for case in listed:
            yield from of_summary(case, names)
            yield from of_case(client.get(f"{api}/{case['case_id']}").json(), names)
        yield from self._enquiries(client, names)
        yield from of_patterns(_listed(client, f"{self.url('casefeed')}/api/patterns", "patterns"), names)
        lines = list(feed(self.edition, client, self.url("casefeed")))
        heard = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        numbers = [line.removeprefix("id: ") for line in lines if line.startswith("id: ")]
        assert numbers == [str(number) for number in range(len(heard) + 1)]
        yield from (of_feed(line, names) for line in heard)
        printed(self.edition, "login", "--as", "coordinator")
        yield from of_page(printed(self.edition, "cases"))

    def _enquiries(self, client: httpx.Client, names: dict[str, str]) -> Iterator[str]:
        api = f"{self.url('casefeed')}/api/enquiries"
        yield f"/api/answer: {_spelt(client.get(self.url('casefeed') + '/api/answer'))}"
        for enquiry in _listed(client, api, "enquiries"):
            yield from of_enquiry(enquiry, names)
            yield from of_enquiry(client.get(f"{api}/{enquiry['enquirer']}").json(), names)

    def _others(self, client: httpx.Client) -> Iterator[str]:
        for service in SERVICES:
            for path in ("/healthz", "/readyz", "/openapi.json", "/nowhere"):
                yield f"{service} {path}: {_spelt(client.get(self.url(service) + path))}"
            for line in client.get(f"{self.url(service)}/metrics").text.splitlines():
                if not OF_TIME.match(line):
                    yield f"{service}: {line}"

    def _refused(self, client: httpx.Client) -> Iterator[str]:
        for path, asked in WRONG:
            yield f"{path} {asked}: {_spelt(client.get(self.url('casefeed') + path, params=asked))}"

    def _logs(self) -> Iterator[str]:
        for service, before in self.logged.items():
            lines = log_of(self.edition, service)[before:]
            said = (line for line in lines if not any(words in line for words in (*OF_PAGING, *OF_KAFKA)))
            yield from (f"log of {service}: {line}" for line in said)


def _pages(client: httpx.Client, api: str) -> Iterator[dict[str, Any]]:
    asked: dict[str, str] | None = {}
    while asked is not None:
        page = client.get(api, params=asked).json()
        yield from page["cases"]
        asked = {"cursor": page["next"]} if page["next"] else None


def _listed(client: httpx.Client, api: str, what: str) -> Iterator[dict[str, Any]]:
    """Everything of a list that is asked for from a number on."""
    skip = 0
    while page := client.get(api, params={"skip": skip, "at_most": AT_MOST}).json()[what]:
        yield from page
        skip += len(page)


def _spelt(answer: httpx.Response) -> str:
    """An answer with its headers, but for the date."""
    headers = sorted((name, said) for name, said in answer.headers.items() if name != "date")
    return f"{answer.status_code} {headers} {answer.text}"


def log_of(edition: LocalEdition, service: str) -> list[str]:
    return [line for path in edition.parts.logs.glob(f"{service}*") for line in path.read_text().splitlines()]


def settled(edition: LocalEdition, contents: int) -> bool:
    """Whether the case feed shows what the correlator holds, and the vault holds so many contents."""
    token = (edition.data / "secrets" / credentials.OPERATOR_TOKEN).read_text()
    asked = [
        httpx.get(
            f"http://127.0.0.1:{edition.parts.ports[service]}/digests",
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=60,
        ).json()["digests"]
        for service in ("correlator", "casefeed")
    ]
    return asked[0] == asked[1] and kept(edition) == contents


def patterns_are_shown(edition: LocalEdition, schemas: Schemas) -> bool:
    """Whether the vault has told every pattern, and the case feed holds each as wide as it was told."""
    told = [schemas.decode(message.value() or b"")[1] for message in taken(edition, PATTERNS)]
    widest = {record["pattern_id"]: 0 for record in told}
    for record in told:
        widest[record["pattern_id"]] = max(widest[record["pattern_id"]], len(record["subjects"]))
    server = edition.parts.postgres
    with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern")) as admin:
        waiting = admin.execute("SELECT FROM vault.outbox WHERE told_at IS NULL").fetchall()
        shown = admin.execute(
            "SELECT encode(pattern_id, 'hex'), cardinality(subjects) FROM casefeed.patterns"
        ).fetchall()
    return not waiting and dict(shown) == widest


def told(edition: LocalEdition, schemas: Schemas, topics: tuple[Topic, ...], world: World) -> list[str]:
    """What is heard in a world that is published to an edition of its own."""
    logged = {service: len(log_of(edition, service)) for service in SERVICES}
    began = datetime.now(UTC).replace(microsecond=0)
    with TemporaryDirectory() as folder:
        published = [publish(edition, Path(folder), files) for files in submissions(world)]
    assert until(lambda: settled(edition, _contents(edition, schemas)), PATIENCE_SECONDS, 0.5)
    assert until(lambda: patterns_are_shown(edition, schemas), PATIENCE_SECONDS, 0.5)
    return Told(edition, schemas, topics, began, logged, published).texts()


def _contents(edition: LocalEdition, schemas: Schemas) -> int:
    """How many different contents were sealed: one a field of a fact, and one more for each placement told again."""
    sealed = [schemas.decode(message.value() or b"")[1] for message in taken(edition, "sealed-facts.v1")]
    return len(
        {(one["fact_id"], one["field"], one["recorded_at"]) for one in sealed if one["field"] == "location"}
    ) + len({(one["fact_id"], one["field"]) for one in sealed if one["field"] != "location"})


@pytest.fixture(scope="module")
def real_worlds(
    schemas: Schemas, topics: tuple[Topic, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], list[str]]:
    """One after the other: an edition that only waits takes half a core of the one that is read."""

    def heard(number: int) -> list[str]:
        with editions(tmp_path_factory.mktemp(f"world-{number}") / "data") as (edition,):
            return told(edition, schemas, topics, World(number, CHILDREN))

    return heard(0), heard(1)


def test_twin_worlds_are_heard_alike(real_worlds: tuple[list[str], list[str]]) -> None:
    assert differences(*real_worlds)[:20] == []


def test_everything_that_can_be_heard_was_heard(real_worlds: tuple[list[str], list[str]]) -> None:
    texts = real_worlds[0]
    sources = {text.partition(": ")[0] for text in texts}
    assert {
        f"topic {name}" for name in ("intake.ukba.v1", "out.health.v1", "quarantine.v1", "sealed-facts.v1")
    } <= sources
    assert {
        "publish",
        "case",
        "entry of a case",
        "approaches of an adult",
        "answers to an adult",
        "the feed",
        "page",
        "police",
        "vault",
        "casefeed /nowhere",
    } <= sources
    assert len([text for text in texts if text.startswith("entry of a case:")]) > 2 * CHILDREN
