"""Whoever publishes to a Kafka that hangs is told so in time, and is not left waiting."""

import asyncio
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil
import pytest

from services.cli.exchange import exchange
from services.core.codes import Sector
from services.core.errors import Unavailable
from services.runtime.kafka import Message
from services.runtime.local.waiting import until
from services.wire import topics
from services.wire.avro import Schemas
from tests.runtime.secured_kafka import SecuredKafka

LONGEST_SECONDS = 60


@contextmanager
def frozen(kafka: SecuredKafka) -> Iterator[None]:
    port = int(kafka.bootstrap.rpartition(":")[2])
    listening = (one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN)
    pid = next(one.pid for one in listening if one.laddr and one.laddr.port == port)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, LONGEST_SECONDS)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def send_to_a_frozen(kafka: SecuredKafka, schemas: Schemas) -> None:
    message = Message(topics.intake(Sector.POLICE.value), b"key", b"value")
    with ExitStack() as stack:
        async with exchange(kafka.access("publisher.police"), Sector.POLICE, schemas) as hub:
            stack.enter_context(frozen(kafka))
            await hub.send([message], 1, lambda _: None)


def what_is_told(kafka: SecuredKafka, schemas: Schemas) -> str:
    """The error's sentence alone: the error itself would keep alive what it passed through."""

    async def send() -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            await send_to_a_frozen(kafka, schemas)

    try:
        asyncio.run(send())
    except Unavailable as error:
        return str(error)
    return "nothing"


# What is left behind, the end of the process takes away; here it is collected before another test begins.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_broker_that_hangs_is_given_up_on(
    kafka: SecuredKafka, schemas: Schemas, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Publish the same files again" in what_is_told(kafka, schemas)
    caplog.clear()  # a line of the log keeps its error alive
    gc.collect()
