"""What agencies send under offsets that a processor had passed before the power failed is dealt with."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from services.core.codes import Sector
from services.runtime.kafka import Message, make_producer, send_batch
from services.runtime.local.waiting import until
from services.wire import topics
from services.wire.topics import Topic
from tests.runtime.agencies import access, data_folder, everything, processor
from tests.runtime.power import PoweredKafka, powered_kafka
from tests.runtime.running import Service

SECONDS = 40
INTAKE = topics.intake("police")


@pytest.fixture(scope="module")
def power(tmp_path_factory: pytest.TempPathFactory, topics: tuple[Topic, ...]) -> Iterator[PoweredKafka]:
    with powered_kafka(tmp_path_factory.mktemp("powered_kafka"), topics) as made:
        yield made


async def send(power: PoweredKafka, key: bytes, count: int) -> None:
    """Send what nobody can read, each record a batch of its own; the processor sets each aside."""
    producer = make_producer(access(power.running, "publisher.police"))
    await producer.start()
    for number in range(count):
        await send_batch(producer, [Message(INTAKE, key, b"junk %d" % number)])
    await producer.stop()


def set_aside(power: PoweredKafka) -> int:
    return len(everything(power.running, topics.QUARANTINE))


def set_aside_by(service: Service, power: PoweredKafka) -> int:
    """The same, of a processor that is started again if it ended, as by whoever keeps the hub's processes."""
    if service.process is None or service.process.poll() is not None:
        service.start()
    return set_aside(power)


# By these keys they come to the first partition and to the second.
@pytest.mark.parametrize(("partition", "key", "lives", "after"), [(0, b"b", False, 3), (1, b"d", True, 3)])
def test_a_processor_deals_with_what_is_sent_under_offsets_that_it_had_passed(
    power: PoweredKafka, tmp_path: Path, partition: int, key: bytes, after: int, *, lives: bool
) -> None:
    before = set_aside(power)
    with processor(Sector.POLICE, power.running, data_folder(tmp_path, power.running)) as service:
        service.start_and_wait()
        asyncio.run(send(power, key, 4))
        assert until(lambda: set_aside(power) >= before + 4, SECONDS)
        if not lives:
            service.end(signal.SIGTERM)
        power.off()
        power.lose(TopicPartition(INTAKE, partition), 2)
        power.on()
        asyncio.run(send(power, key, after))
        assert until(lambda: set_aside_by(service, power) >= before + 4 + 2 + after, SECONDS)
        with service.client() as client:
            assert lives or "kafka_lost_records" in client.get("/healthz").json()["reasons"]
        # It leaves nothing for the next one to read again.
        assert service.end(signal.SIGTERM) == 0
