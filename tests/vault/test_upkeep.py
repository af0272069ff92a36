"""What an operator does for a running vault, through `lantern vault`: nothing kept is shown, nothing is lost."""

import asyncio
import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from confluent_kafka import Producer

from services.core.sharing import SealedFact
from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.local import keys
from services.runtime.local.waiting import until
from services.runtime.metrics import Metrics
from services.runtime.settings import environment
from services.runtime.tls import trusted
from services.vault.keys import load_keyring
from services.wire.avro import Schemas
from services.wire.seal import public_key_of
from services.wire.topics import SEALED_FACTS
from tests.builders import an_id, day
from tests.conftest import HOME
from tests.free_ports import free_base
from tests.runtime.running import TOKEN, Service, service
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.edge import fact, frame
from tests.vault.opened import contents

SECONDS = 30


@dataclass(frozen=True)
class Running:
    """A running vault, the data folder from which the command line reaches it, and an agency's pen."""

    service: Service
    data: Path
    where: Database
    producer: Producer
    schemas: Schemas

    @property
    def keys(self) -> Path:
        return self.data / "keys" / "vault"

    def seal(self, *facts: SealedFact) -> None:
        public = public_key_of(self.data / "keys" / "public", "vault", datetime.now(UTC))
        for one in facts:
            self.producer.produce(SEALED_FACTS, key=one.subject_id.encode(), value=frame(self.schemas, one, public))
        assert self.producer.flush(SECONDS) == 0
        assert until(lambda: {json.dumps(dict(one.content)) for one in facts} <= set(self.texts()), SECONDS)

    def texts(self) -> list[str]:
        """Everything that the vault holds, opened with its own keys."""

        async def read() -> list[str]:
            session = Session(self.where, Health(Metrics()))
            held = await session.run(lambda connection: contents(connection, load_keyring(self.keys)))
            await session.close()
            return sorted(json.dumps(json.loads(content.plaintext)) for content in held)

        return asyncio.run(read())

    def lantern(self, *words: str, status: int = 0) -> str:
        """What `lantern vault` prints."""
        command = [sys.executable, "-m", "services.cli", "vault", words[0], "--data", str(self.data), *words[1:]]
        done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False, timeout=SECONDS)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def vault(
    kafka: SecuredKafka, postgres: SecuredPostgres, schemas: Schemas, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    data, where = tmp_path_factory.mktemp("upkeep"), postgres.database("vault")
    keys.make_missing(data / "keys", datetime.now(UTC))
    own = {"keys": data / "keys" / "vault", "public_keys": data / "keys" / "public"}
    with service("vault", kafka, postgres, data, **own) as running:
        (data / "secrets").mkdir()
        (data / "secrets" / "operator_token").write_text(TOKEN)
        (data / "edition.json").write_text(json.dumps({"ports": {"vault": int(running.told["LANTERN_HTTP_PORT"])}}))
        running.told |= environment(public_url=running.url)
        running.start_and_wait()
        yield Running(running, data, where, Producer(kafka.properties("local_authority")), schemas)


def test_a_backup_comes_back_into_a_vault_that_then_goes_on(vault: Running, tmp_path: Path) -> None:
    file = tmp_path / "vault.backup"
    vault.seal(*(fact(f"{number} Canary Street", number=number) for number in range(1, 30)))
    before = vault.texts()
    assert "Canary" not in vault.lantern("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Canary" not in file.read_bytes()
    vault.seal(fact("99 Later Street", number=99))

    assert "--replace" in vault.lantern("restore", str(file), status=1)
    vault.lantern("restore", "--replace", str(file))
    assert vault.service.process is not None
    assert vault.service.process.wait(SECONDS) == 0
    assert vault.texts() == before
    vault.service.start_and_wait()
    # What was said after the backup was made still stands in Kafka, and is read again from where the backup stood.
    assert until(lambda: len(vault.texts()) == len(before) + 1, SECONDS)
    vault.seal(fact("100 New Street", number=100))


def test_a_truncated_backup_changes_nothing(vault: Running, tmp_path: Path) -> None:
    file = tmp_path / "vault.backup"
    vault.seal(fact("7 Test Street", number=7, recorded_at=day(7)))
    vault.lantern("backup", str(file))
    file.write_bytes(file.read_bytes()[:-20])
    before = vault.texts()
    assert "Nothing was changed" in vault.lantern("restore", "--replace", str(file), status=1)
    assert vault.texts() == before
    assert vault.service.is_ready()


def test_the_key_encryption_key_is_replaced_while_the_vault_works(vault: Running) -> None:
    vault.seal(*(fact(f"{number} Old Street", number=number) for number in range(200, 230)))
    before, old = vault.texts(), (vault.keys / "kek.key").read_bytes()
    told = json.loads(vault.lantern("rotate", "--json"))
    assert (told["older"], told["rows_left"]) == ([], 0)
    assert (vault.keys / "kek.key").read_bytes() != old
    assert [path.name for path in vault.keys.glob("kek.*")] == ["kek.key"]
    assert vault.texts() == before
    vault.seal(fact("300 New Street", number=300))
    assert old not in b"".join(path.read_bytes() for path in vault.keys.iterdir())


def test_what_is_erased_is_gone_and_written_down(vault: Running) -> None:
    vault.seal(fact("400 Test Street", number=400))
    told = ("erase", "--fact", an_id(400), "--reason", "ordered_by_court")
    assert json.loads(vault.lantern(*told, "--json")) == {"contents": 1, "before": 0, "dead_letters": 0}
    assert json.loads(vault.lantern(*told, "--json")) == {"contents": 0, "before": 1, "dead_letters": 0}
    assert not any("400 Test Street" in text for text in vault.texts())
    last = json.loads(vault.lantern("erasures", "--json"))[-1]
    assert (last["fact_id"], last["reason"], last["contents"]) == (an_id(400), "ordered_by_court", 1)


BECAUSE = ("--reason", "ordered_by_court")


@pytest.mark.parametrize("told", [BECAUSE, ("--fact", "0" * 31, *BECAUSE), ("--fact", "0" * 32, "--reason", "because")])
def test_an_erasure_without_scope_or_reason_is_refused(vault: Running, told: tuple[str, ...]) -> None:
    assert "Name a record or a fact" in vault.lantern("erase", *told, status=1)


def test_a_backup_of_a_vault_that_does_not_answer_leaves_no_file(vault: Running, tmp_path: Path) -> None:
    (tmp_path / "secrets").symlink_to(vault.data / "secrets")
    (tmp_path / "edition.json").write_text(json.dumps({"ports": {"vault": free_base()}}))
    elsewhere = dataclasses.replace(vault, data=tmp_path)
    assert "does not answer" in elsewhere.lantern("backup", str(tmp_path / "vault.backup"), status=1)
    assert not list(tmp_path.glob("*vault.backup*"))


@pytest.mark.parametrize("path", ["/keys", "/erasures", "/backup"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_for_anybody_but_the_operator_it_is_as_if_it_were_not_there(vault: Running, path: str, method: str) -> None:
    it, nothing = (
        httpx.request(method, f"{vault.service.url}{there}", trust_env=False, verify=trusted())
        for there in (path, "/nothing-at-all")
    )
    assert it.status_code in {401, 403, 404}
    assert (it.status_code, it.content) == (nothing.status_code, nothing.content)


def test_no_word_and_no_key_is_in_the_vaults_log(vault: Running) -> None:
    said = vault.service.log.read_text()
    assert "Street" not in said
    secrets = [path.read_bytes() for path in vault.keys.glob("*.key")]
    assert secrets
    assert [secret for secret in secrets if secret.hex() in said] == []
