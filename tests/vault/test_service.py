"""The vault's own process: what agencies seal is kept across kills, and its words are nowhere else."""

import asyncio
import base64
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from confluent_kafka import Producer

from services.core.codes import SealedField
from services.core.sharing import SealedFact
from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.local.waiting import until
from services.runtime.metrics import Metrics
from services.vault.keys import load_vault_keys
from services.wire.avro import Schemas
from services.wire.topics import SEALED_FACTS
from tests.runtime.running import Service, service
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.edge import PRIVATE, fact, frame
from tests.vault.opened import contents

SECONDS = 30


@dataclass(frozen=True)
class Running:
    """A running vault, and an agency's pen."""

    service: Service
    keys: Path
    where: Database
    producer: Producer
    schemas: Schemas

    def send(self, *frames: bytes) -> None:
        for value in frames:
            self.producer.produce(SEALED_FACTS, key=b"key", value=value)
        assert self.producer.flush(SECONDS) == 0

    def seal(self, *facts: SealedFact) -> None:
        self.send(*(frame(self.schemas, one) for one in facts))

    def addresses(self) -> list[str]:
        """Everything that the vault holds, opened with its own key."""

        async def read() -> list[str]:
            session = Session(self.where, Health(Metrics()))
            kek, _ = load_vault_keys(self.keys)
            held = await session.run(lambda connection: contents(connection, kek))
            await session.close()
            return sorted(json.loads(content.plaintext)["address"] for content in held)

        return asyncio.run(read())

    def holds(self, address: str) -> bool:
        return until(lambda: address in self.addresses(), SECONDS)

    def metric(self, name: str) -> float:
        lines = httpx.get(f"{self.service.url}/metrics", trust_env=False).text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def make_keys(folder: Path) -> Path:
    folder.mkdir()
    private = {"key_id": PRIVATE.key_id, "private_key": base64.b64encode(PRIVATE.key).decode()}
    (folder / f"{PRIVATE.key_id}.json").write_text(json.dumps(private))
    (folder / "kek.key").write_bytes(bytes(range(32)))
    (folder / "digest.key").write_bytes(bytes(32))
    return folder


@pytest.fixture(scope="module")
def vault(
    kafka: SecuredKafka, postgres: SecuredPostgres, schemas: Schemas, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("vault")
    keys, where = make_keys(folder / "keys"), postgres.database("vault")
    with service("vault", kafka, postgres, folder, keys=keys, public_keys=folder) as running:
        running.start_and_wait()
        yield Running(running, keys, where, Producer(kafka.properties("local_authority")), schemas)


def test_what_an_agency_seals_the_vault_holds(vault: Running) -> None:
    vault.seal(fact("1 Test Street", number=1))
    assert vault.holds("1 Test Street")


def test_what_is_sent_while_the_vault_is_down_is_held_when_it_is_up_again(vault: Running) -> None:
    vault.seal(fact("2 Test Street", number=2))
    assert vault.holds("2 Test Street")
    vault.service.end(signal.SIGKILL)
    vault.seal(fact("2 Test Street", number=2), fact("3 Test Street", number=3))
    vault.service.start_and_wait()
    assert vault.holds("3 Test Street")
    assert vault.addresses().count("2 Test Street") == 1


def test_what_does_not_open_raises_an_alarm_and_the_others_go_on(vault: Running) -> None:
    before = vault.metric("lantern_dead_letters")
    vault.send(b"\x00\x00\x00\x00\x11junk")
    vault.seal(fact("4 Test Street", number=4))
    assert vault.holds("4 Test Street")
    assert until(lambda: vault.metric("lantern_dead_letters") == before + 1, SECONDS)


def test_the_alarm_outlives_a_restart(vault: Running) -> None:
    vault.send(b"")
    vault.seal(fact("5 Test Street", number=5))
    assert vault.holds("5 Test Street")
    before = vault.metric("lantern_dead_letters")
    vault.service.end()
    vault.service.start_and_wait()
    assert vault.metric("lantern_dead_letters") == before > 0


@pytest.mark.parametrize("field", list(SealedField))
def test_no_word_of_it_is_in_the_vaults_log_or_metrics(vault: Running, field: SealedField) -> None:
    vault.seal(fact(f"Canary {field} Street", number=6, field=field))
    vault.send(frame(vault.schemas, fact("Canary Lane"))[:-1])
    assert vault.holds(f"Canary {field} Street")
    said = vault.service.log.read_text() + httpx.get(f"{vault.service.url}/metrics", trust_env=False).text
    assert "Canary" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's own")
def test_the_vaults_memory_goes_into_no_core_file(vault: Running) -> None:
    assert vault.service.process is not None
    limits = Path(f"/proc/{vault.service.process.pid}/limits").read_text("ascii").splitlines()
    assert next(line.split()[4:6] for line in limits if line.startswith("Max core file size")) == ["0", "0"]


@pytest.mark.parametrize("path", ["/", "/open", "/api/cases"])
def test_the_vault_answers_nothing_to_anybody(vault: Running, path: str) -> None:
    with vault.service.client() as operator:
        assert operator.get(path).status_code == 404
    assert httpx.get(f"{vault.service.url}{path}", trust_env=False).status_code == 401


def test_a_vault_without_its_keys_does_not_start(
    kafka: SecuredKafka, postgres: SecuredPostgres, tmp_path: Path
) -> None:
    with service("vault", kafka, postgres, tmp_path, keys=tmp_path, public_keys=tmp_path) as keyless:
        keyless.start()
        assert keyless.process is not None
        assert keyless.process.wait(SECONDS) == 1
        assert "kek.key" in keyless.log.read_text()
