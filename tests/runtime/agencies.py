"""Agencies' processors beside a real Kafka, and the data folder from which the command line reaches them."""

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import TopicPartition
from pydantic import SecretStr

from services.core.codes import Sector
from services.runtime.consumer import lag_of, take
from services.runtime.kafka import make_consumer
from services.runtime.kafka_access import KafkaAccess
from services.runtime.local import credentials, keys
from services.runtime.local.ports import HOST, ports_from
from services.runtime.settings import KafkaSecurity, environment
from services.wire.topics import Topic, load_topics
from tests.conftest import HOME
from tests.free_ports import free_base
from tests.runtime.running import Service
from tests.runtime.secured_kafka import SecuredKafka


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
    keys.make_missing(folder / "keys", datetime.now(UTC))
    ports = {**ports_from(free_base()), "kafka": int(kafka.bootstrap.rpartition(":")[2])}
    (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": ports}))
    return folder


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
