"""Agencies' processors beside a real Kafka, and the data folder from which the command line reaches them."""

import asyncio
import base64
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aiokafka import TopicPartition
from nacl.public import PrivateKey
from pydantic import SecretStr

from services.core.codes import Sector
from services.runtime.consumer import lag_of, take
from services.runtime.intake import EDGE_KEY, PEOPLE_KEY, VAULT
from services.runtime.kafka import KafkaAccess, make_consumer
from services.runtime.local import credentials
from services.runtime.local.ports import HOST, free_base, ports_from
from services.runtime.settings import KafkaSecurity, environment
from services.wire.signing import SIGNING_KEY
from services.wire.topics import Topic, load_topics
from tests.conftest import HOME
from tests.runtime.running import Service
from tests.runtime.secured_kafka import SecuredKafka

OWNERS = (*(sector.value for sector in Sector), VAULT)


def access(kafka: SecuredKafka, principal: str) -> KafkaAccess:
    """How a principal reaches the tests' broker."""
    password = credentials.kafka_password(kafka.secrets, principal)
    return KafkaAccess(kafka.bootstrap, KafkaSecurity.SASL_PLAINTEXT, principal, SecretStr(password))


def everything(kafka: SecuredKafka, *topics: str) -> list[bytes]:
    """Every value that stands on some topics now, as the operator reads them."""
    declared = [topic for topic in load_topics(HOME) if topic.topic in topics]
    return asyncio.run(_everything(access(kafka, "operator"), declared))


async def _everything(reader: KafkaAccess, topics: Sequence[Topic]) -> list[bytes]:
    consumer = make_consumer(reader)
    await consumer.start()
    try:
        places = [TopicPartition(topic.topic, number) for topic in topics for number in range(topic.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        found: list[bytes] = []
        while sum((await lag_of(consumer)).values()) > 0:
            found += [one.value for taken in (await take(consumer, 500, 1.0)).values() for one in taken]
        return found
    finally:
        await consumer.stop()


def data_folder(folder: Path, kafka: SecuredKafka) -> Path:
    """A data folder with everybody's keys, as an edition leaves it."""
    (folder / "secrets").symlink_to(kafka.secrets)
    public = folder / "keys" / "public"
    public.mkdir(parents=True)
    for owner in OWNERS:
        _make_keys(folder / "keys" / owner, public, owner)
    ports = {**ports_from(free_base()), "kafka": int(kafka.bootstrap.rpartition(":")[2])}
    (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": ports}))
    return folder


def _make_keys(folder: Path, public: Path, owner: str) -> None:
    pair, key_id = PrivateKey.generate(), f"{owner}-2026W01"
    halves = {"private_key": bytes(pair), "public_key": bytes(pair.public_key)}
    private_half, public_half = (
        json.dumps({"key_id": key_id, name: base64.b64encode(half).decode()}) for name, half in halves.items()
    )
    folder.mkdir()
    (folder / f"{key_id}.json").write_text(private_half)
    (folder / EDGE_KEY).write_bytes(os.urandom(32))
    (folder / PEOPLE_KEY).write_bytes(bytes(32))
    (folder / SIGNING_KEY).write_bytes(os.urandom(32))
    (public / f"{owner}.json").write_text(public_half)


@contextmanager
def processor(agency: Sector, kafka: SecuredKafka, data: Path) -> Iterator[Service]:
    """An agency's processor that is not started yet, and is gone afterwards whatever happened."""
    made = Service(agency.value, _told(agency.value, kafka, data), data / f"{agency.value}.log")
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def _told(agency: str, kafka: SecuredKafka, data: Path) -> dict[str, str]:
    told = environment(
        service=agency,
        kafka_bootstrap=kafka.bootstrap,
        kafka_security="SASL_PLAINTEXT",
        kafka_user=agency,
        secrets_file=kafka.secrets / f"{agency}.json",
        http_host=HOST,
        http_port=json.loads((data / "edition.json").read_text())["ports"][agency],
        operator_token_file=kafka.secrets / "operator_token",
        keys=data / "keys" / agency,
        public_keys=data / "keys" / "public",
    )
    return {**os.environ, **told}
