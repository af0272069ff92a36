"""A service tells where its audit stands; when nobody takes its word it goes on, and says so."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.core.audit import Action, Entry
from services.core.errors import Misconfigured
from services.runtime.audit import Trail
from services.runtime.auditing import Witnessed, auditing
from services.runtime.database import Session
from services.runtime.health import Health, Reason
from services.runtime.local.ports import HOST
from services.runtime.metrics import AUDIT_UNWITNESSED_SECONDS, Metrics
from services.runtime.process import Process
from services.runtime.settings import KafkaSecurity, Settings
from services.wire.avro import Schemas
from services.wire.checkpoints import NAME, Signer, verified
from services.wire.signing import KEY_BYTES, SIGNING_KEY
from services.wire.topics import AUDIT_CHECKPOINTS
from tests.runtime.agencies import everything
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres

ROLE = "vault"
SECRET = bytes(range(KEY_BYTES))
NOBODY_LISTENS = f"{HOST}:9"


@pytest.fixture
async def session(postgres: SecuredPostgres) -> AsyncIterator[Session]:
    where = postgres.database(ROLE)
    postgres.begin_audit(ROLE)
    session = Session(where, Health(Metrics()))
    yield session
    await session.close()


def process_of(kafka: SecuredKafka, bootstrap: str) -> Process:
    settings = Settings(
        service=ROLE,
        kafka_bootstrap=bootstrap,
        kafka_security=KafkaSecurity.SASL_PLAINTEXT,
        kafka_user=ROLE,
        secrets_file=kafka.secrets / f"{ROLE}.json",
        http_port=0,
        operator_token_file=kafka.secrets / "operator_token",
    )
    metrics = Metrics()
    return Process(settings, Health(metrics), metrics, asyncio.Event())


def unwitnessed(process: Process) -> float:
    seconds = process.metrics.registry.get_sample_value(AUDIT_UNWITNESSED_SECONDS.name)
    assert seconds is not None
    return seconds


async def test_where_a_chain_stands_is_signed_and_on_kafka(
    kafka: SecuredKafka, session: Session, schemas: Schemas
) -> None:
    process, trail = process_of(kafka, kafka.bootstrap), Trail(session.where)
    await session.run(lambda connection: trail.append(connection, Entry(Action.FACTS_KEPT)))
    before = await session.run(trail.checkpoint)

    await Witnessed(process, session, trail, Signer(SECRET), schemas).tell()

    [*_, last] = await asyncio.to_thread(everything, kafka, AUDIT_CHECKPOINTS)
    seen = verified(schemas.decode(last, (NAME,))[1], Ed25519PrivateKey.from_private_bytes(SECRET).public_key())
    assert (seen.service, seen.chain, seen.number, seen.hash) == (ROLE, before.chain, 1, before.hash)
    assert seen.at >= before.at
    assert unwitnessed(process) == 0


async def test_a_service_whose_word_kafka_does_not_take_goes_on_and_says_so(
    kafka: SecuredKafka, session: Session, schemas: Schemas
) -> None:
    process, trail = process_of(kafka, NOBODY_LISTENS), Trail(session.where)
    process.health.green(Reason.STARTING)

    await Witnessed(process, session, trail, Signer(SECRET), schemas).tell()

    assert unwitnessed(process) > 0
    assert process.health.reasons == ()
    assert await session.run(lambda connection: trail.append(connection, Entry(Action.FACTS_KEPT))) is not None


async def test_what_was_noted_is_recorded_before_a_service_ends(
    kafka: SecuredKafka, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / SIGNING_KEY).write_bytes(SECRET)
    monkeypatch.setenv("LANTERN_KEYS", str(tmp_path))
    monkeypatch.setenv("LANTERN_PUBLIC_KEYS", str(tmp_path))
    trail = Trail(session.where)
    async with auditing(process_of(kafka, kafka.bootstrap), session, trail):
        trail.door_tried()
    assert (await session.run(trail.checkpoint)).number == 1


async def test_a_service_without_the_key_of_its_audit_does_not_start(
    kafka: SecuredKafka, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTERN_KEYS", str(tmp_path))
    monkeypatch.setenv("LANTERN_PUBLIC_KEYS", str(tmp_path))
    with pytest.raises(Misconfigured, match=r"signing\.key is missing"):
        async with auditing(process_of(kafka, kafka.bootstrap), session, Trail(session.where)):
            pass
