"""A fault of Kafka's that passes is waited out; what the library cannot come back from ends the process."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.runtime.consumer import take
from services.runtime.health import Health
from services.runtime.inlet import FromPositions, Inlet
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.runtime.streams import Reader

HARD_EXIT = 70


class Failing:
    """A consumer that raises each of `faults` in turn, and hands out nothing afterwards."""

    def __init__(self, *faults: KafkaError) -> None:
        self._faults: Iterator[KafkaError] = iter(faults)

    async def getmany(self, **_: int) -> Mapping[Any, Any]:
        for fault in self._faults:
            raise fault
        return {}


def process() -> Process:
    metrics, unused = Metrics(), object()
    return Process(unused, Health(metrics), metrics, asyncio.Event())  # type: ignore[arg-type]  # no setting is read here


async def test_a_fault_that_passes_is_waited_out() -> None:
    consumer: Any = Failing(KafkaConnectionError())
    assert await take(consumer, 1, 0.0) == {}


async def test_a_fault_that_the_library_did_not_expect_is_not_waited_out() -> None:
    consumer: Any = Failing(KafkaError("Unexpected error during coordination"))
    with pytest.raises(KafkaError):
        await take(consumer, 1, 0.0)


async def read_from_what_has_ended() -> None:
    consumer: Any = Failing(KafkaError("Unexpected error during coordination"))
    unused: Any = object()
    made = process()
    await Inlet(consumer, {}, made, FromPositions(consumer, {}, unused, unused, made.health)).take(1)


def test_a_service_whose_reading_has_ended_ends_so_that_it_is_started_anew() -> None:
    ended = subprocess.run([sys.executable, "-m", __name__], capture_output=True, check=False)
    assert ended.returncode == HARD_EXIT


async def test_a_processor_that_kafka_gives_no_partitions_does_not_wait_for_ever() -> None:
    with pytest.raises(TimeoutError):
        await Reader(process(), ["intake.police.v1"], lambda _: asyncio.sleep(0)).begun(0.0)


async def test_a_processor_that_has_its_partitions_goes_on() -> None:
    reader = Reader(process(), ["intake.police.v1"], lambda _: asyncio.sleep(0))
    await reader.ready()
    await reader.begun(0.0)


if __name__ == "__main__":
    asyncio.run(read_from_what_has_ended())
