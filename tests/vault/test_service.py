"""The vault's own process: what agencies seal is kept across kills, and its words are nowhere else."""

import asyncio
import base64
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.core.codes import SealedField
from services.core.facts import PlacementStarted
from services.core.known import Known
from services.core.rights import Person
from services.core.sharing import SealedFact
from services.core.weeks import key_id
from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.local.waiting import until
from services.runtime.metrics import Metrics
from services.runtime.settings import environment
from services.runtime.signin import sessions
from services.runtime.signin.doorkeeper import csrf_of
from services.runtime.tls import trusted
from services.vault.keys import load_vault_keys
from services.wire.avro import Schemas
from services.wire.seal import PublicKey
from services.wire.topics import CASE_UPDATES, PATTERNS
from tests.builders import an_id
from tests.core.enquiries import ONE, TWO, said
from tests.runtime.running import Service, service
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.deciding import ADDRESS, COLLEAGUE, MISSING, OFFICER, PLACEMENT, TOKEN, sealed
from tests.vault.edge import PRIVATE, PUBLIC, Stored, fact, frame
from tests.vault.messages import PRIVATE as SIGNING
from tests.vault.messages import case_update, stored
from tests.vault.opened import contents

SECONDS = 30
TODAY = PublicKey(key_id("vault", datetime.now(UTC)), PUBLIC.key)


@dataclass(frozen=True)
class Running:
    """A running vault, and an agency's pen."""

    service: Service
    keys: Path
    where: Database
    pens: Mapping[str, Producer]
    schemas: Schemas

    def send(self, *frames: bytes) -> None:
        self.write(*(Stored(0, value, key=an_id(999).encode()) for value in frames))

    def write(self, *records: Stored) -> None:
        """Write records to their topics, and wait until Kafka has them."""
        for record in records:
            pen = self.pens["correlator" if record.topic == CASE_UPDATES else "local_authority"]
            pen.produce(record.topic, key=record.key, value=record.value, headers=list(record.headers))
        assert all(pen.flush(SECONDS) == 0 for pen in self.pens.values())

    def say(self, *said: Known) -> None:
        self.write(*(stored(self.schemas, known) for known in said))

    def seal(self, *facts: SealedFact) -> None:
        self.send(*(frame(self.schemas, one, TODAY) for one in facts))

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
        lines = httpx.get(f"{self.service.url}/metrics", trust_env=False, verify=trusted()).text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def make_keys(folder: Path) -> Path:
    folder.mkdir()
    private = {"key_id": TODAY.key_id, "private_key": base64.b64encode(PRIVATE.key).decode()}
    (folder / f"{TODAY.key_id}.json").write_text(json.dumps(private))
    (folder / "kek.key").write_bytes(bytes(range(32)))
    (folder / "digest.key").write_bytes(bytes(32))
    (folder / "backup.key").write_bytes(bytes(32))
    (folder / "people.key").write_bytes(bytes(32))
    return folder


def make_public(folder: Path) -> Path:
    """The agencies' public signing keys, and the key to which the police are told of a disclosure."""
    folder.mkdir()
    for sector, private in SIGNING.items():
        key = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        (folder / f"{sector.value}.signing.json").write_text(json.dumps({"public_key": base64.b64encode(key).decode()}))
    pair, own = key_id("police", datetime.now(UTC)), base64.b64encode(PUBLIC.key).decode()
    (folder / "police").mkdir()
    (folder / "police" / f"{pair}.json").write_text(json.dumps({"key_id": pair, "public_key": own}))
    return folder


@pytest.fixture(scope="module")
def vault(
    kafka: SecuredKafka, postgres: SecuredPostgres, schemas: Schemas, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("vault")
    keys, where = make_keys(folder / "keys"), postgres.database("vault")
    with service("vault", kafka, postgres, folder, keys=keys, public_keys=make_public(folder / "public")) as running:
        running.told |= environment(public_url=running.url)
        running.start_and_wait()
        pens = {name: Producer(kafka.properties(name)) for name in ("local_authority", "correlator")}
        yield Running(running, keys, where, pens, schemas)


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
    said = (
        vault.service.log.read_text()
        + httpx.get(f"{vault.service.url}/metrics", trust_env=False, verify=trusted()).text
    )
    assert "Canary" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's own")
def test_the_vaults_memory_goes_into_no_core_file(vault: Running) -> None:
    assert vault.service.process is not None
    limits = Path(f"/proc/{vault.service.process.pid}/limits").read_text("ascii").splitlines()
    assert next(line.split()[4:6] for line in limits if line.startswith("Max core file size")) == ["0", "0"]


@pytest.mark.parametrize("path", ["/", "/open", "/api/decisions", f"/decisions/{an_id(1)}"])
def test_the_vault_answers_nothing_to_the_operator(vault: Running, path: str) -> None:
    with vault.service.client() as operator:
        assert operator.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", f"/api/decisions/{an_id(1)}", f"/decisions/{an_id(1)}"])
def test_the_vault_answers_nothing_to_whoever_is_not_signed_in(vault: Running, path: str) -> None:
    assert httpx.get(f"{vault.service.url}{path}", trust_env=False, verify=trusted()).status_code == 401


def browser(vault: Running, who: Person) -> httpx.Client:
    """A browser in which this person has just signed in."""
    secret, now = sessions.new_secret(), datetime.now(UTC)

    async def begin() -> None:
        session = Session(vault.where, Health(Metrics()))
        held = sessions.Held(who, TOKEN, now, now, now)
        await session.run(lambda connection: sessions.begin(connection, secret, held))
        await session.close()

    asyncio.run(begin())
    url = vault.service.url
    cookie = f"lantern-{url.rpartition(':')[2]}"
    return httpx.Client(
        base_url=url,
        headers={"origin": url},
        cookies={cookie: secret},
        timeout=SECONDS,
        trust_env=False,
        verify=trusted(),
    )


def look(client: httpx.Client, number: str) -> httpx.Response:
    (secret,) = client.cookies.values()
    return client.post(f"/decisions/{number}/look", data={"csrf": csrf_of(secret), "attested": "yes"})


def test_what_was_said_a_moment_before_a_look_is_known_to_it(vault: Running) -> None:
    """A search by two opens; the move that Kafka took last voids the next one, read to the end or denied."""
    vault.say(MISSING, PLACEMENT)
    vault.write(case_update(vault.schemas, ONE, [ONE, TWO]))
    vault.seal(sealed(MISSING, address=ADDRESS))
    wish = {"subject": ONE, "purpose": "search_for_child"}
    with browser(vault, OFFICER) as officer, browser(vault, COLLEAGUE) as colleague:

        def asked() -> str:
            number: str = officer.post("/api/decisions", json=wish).json()["decision_id"]
            assert colleague.post(f"/api/decisions/{number}/second").is_success
            return number

        # What has not been read when a search is asked for voids it: of one that opens, all is known.
        assert until(lambda: ADDRESS in look(officer, asked()).text, SECONDS)
        number = asked()
        vault.say(said(PlacementStarted(), 850, 40))
        moved = look(officer, number)
    assert "void" in moved.text
    assert ADDRESS not in moved.text


def test_one_adult_around_two_records_is_told_without_a_word_of_it(vault: Running, kafka: SecuredKafka) -> None:
    said_of_adult = {"address": "7 Test Street", "enquirer_telephone": "07700 900123"}
    vault.seal(*(replace(fact("", number=number, subject=number), content=said_of_adult) for number in (71, 72)))
    reader = Consumer({**kafka.properties("casefeed"), "group.id": "casefeed"})
    reader.assign([TopicPartition(PATTERNS, 0, OFFSET_BEGINNING)])
    message = reader.poll(SECONDS)
    reader.close()

    assert message is not None, vault.service.log.read_text()
    name, record = vault.schemas.decode(message.value() or b"", ("PatternFound",))
    assert (name, record["kind"], record["subjects"]) == ("PatternFound", "telephone", [an_id(71), an_id(72)])
    assert message.key() == record["pattern_id"].encode()


def in_doubt(operator: httpx.Client) -> list[str]:
    """The records that are in doubt, as the operator is told."""
    return [one["subject_id"] for one in operator.get("/doubts").json()["doubts"]]


def test_the_operator_lists_what_is_in_doubt_and_settles_it(vault: Running) -> None:
    until_now = {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    with vault.service.client() as operator:
        operator.post("/doubts/settled", json=until_now)  # what others left on the topics would fill the list
        vault.send(b"junk")
        assert until(lambda: an_id(999) in in_doubt(operator), SECONDS)
        listed = in_doubt(operator)
        assert operator.post("/doubts/settled", json={"until": "tomorrow"}).status_code == 422
        assert operator.post("/doubts/settled", json=until_now).json() == {"settled": len(listed)}
        assert in_doubt(operator) == []
    assert vault.metric("lantern_dead_letters") == 0


def test_a_vault_without_its_keys_does_not_start(
    kafka: SecuredKafka, postgres: SecuredPostgres, tmp_path: Path
) -> None:
    with service("vault", kafka, postgres, tmp_path, keys=tmp_path, public_keys=tmp_path) as keyless:
        keyless.start()
        assert keyless.process is not None
        assert keyless.process.wait(SECONDS) == 1
        assert "kek.key" in keyless.log.read_text()
