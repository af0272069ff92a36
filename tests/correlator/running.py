"""A real correlator process beside a real Kafka and PostgreSQL, and what is sent to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from confluent_kafka import Producer

from services.core.events import Event
from services.runtime.local import credentials
from services.runtime.local.ports import HOST, ports_from
from services.runtime.local.waiting import until
from services.runtime.settings import environment
from services.runtime.tls import trusted
from services.wire.avro import Schemas
from services.wire.records import to_record
from services.wire.signing import KEY_BYTES, SIGNING_KEY
from services.wire.topics import topic_of
from tests.conftest import HOME
from tests.free_ports import free_base
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres

NAME = "correlator"
START_SECONDS = 60
STOP_SECONDS = 10
TOKEN = "token-of-the-tests"


@dataclass
class Correlator:
    """One process that is started, killed, frozen and asked."""

    settings: dict[str, str]
    url: str
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.correlator"], env=self.settings, cwd=HOME, stdout=log, stderr=log
            )

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        assert self.process
        return self.process.wait(STOP_SECONDS)

    def wait_until_ready(self) -> None:
        assert until(self._ready, START_SECONDS), self.log.read_text()

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=30, verify=trusted()
        )

    def digests(self) -> dict[str, str]:
        with self.client() as client:
            return dict(client.get("/digests").raise_for_status().json()["digests"])

    def wait_until_committed(self, events: Iterable[str], seconds: float = START_SECONDS) -> None:
        asked = {"event_ids": list(events)}
        assert until(lambda: self._missing(asked) == [], seconds), self.log.read_text()

    def _missing(self, asked: dict[str, list[str]]) -> object:
        try:
            with self.client() as client:
                return client.post("/committed", json=asked).json()["missing"]
        except httpx.TransportError:
            return None

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", verify=trusted()).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def correlator(kafka: SecuredKafka, postgres: SecuredPostgres, folder: Path, instance: int = 0) -> Iterator[Correlator]:
    """A correlator that is not started yet, and is gone afterwards whatever happened."""
    made = Correlator(_settings(kafka, postgres, folder, instance), "", folder / "correlator.log")
    made.url = f"http://{HOST}:{made.settings['LANTERN_HTTP_PORT']}"
    try:
        yield made
    finally:
        if made.process and made.process.poll() is None:
            made.kill()


def send(kafka: SecuredKafka, schemas: Schemas, events: Iterable[Event]) -> None:
    """Write events to their topics as the police's processor would, and wait until Kafka has them all."""
    producer = Producer({**kafka.properties("police"), "linger.ms": 5})
    for event in events:
        value = schemas.encode(event.type, to_record(event))
        producer.produce(topic_of(event.type), key=event.head.subject_id, value=value)
        producer.poll(0)
    assert producer.flush(30) == 0


def _settings(kafka: SecuredKafka, postgres: SecuredPostgres, folder: Path, instance: int) -> dict[str, str]:
    secrets, token, keys = folder / "correlator.json", folder / "token", folder / "correlator.keys"
    passwords = credentials.kafka_password(kafka.secrets, NAME), credentials.database_password(postgres.secrets, NAME)
    secrets.write_text('{{"kafka_password": "{}", "database_password": "{}"}}'.format(*passwords))
    token.write_text(TOKEN)
    keys.mkdir(exist_ok=True)
    (keys / SIGNING_KEY).write_bytes(NAME.encode().ljust(KEY_BYTES))
    return {
        **os.environ,
        **environment(
            service=NAME,
            kafka_bootstrap=kafka.bootstrap,
            kafka_security="SASL_PLAINTEXT",
            kafka_user=NAME,
            instance=instance,
            secrets_file=secrets,
            http_port=ports_from(free_base())[NAME],
            operator_token_file=token,
            database_host=HOST,
            database_port=postgres.server.port,
            database_user=NAME,
            keys=keys,
            public_keys=keys,
        ),
    }
