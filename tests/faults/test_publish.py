"""Whoever publishes to a Kafka that hangs is told so in time, and is not left waiting."""

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context

import psutil

from services.cli.exchange import exchange
from services.core.codes import Sector
from services.core.errors import Unavailable
from services.runtime.kafka import Message
from services.runtime.local.waiting import until
from services.wire import topics
from services.wire.avro import Schemas, load_schemas
from tests.conftest import HOME
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


def what_is_told(kafka: SecuredKafka) -> str:
    async def send() -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            await send_to_a_frozen(kafka, load_schemas(HOME))

    try:
        asyncio.run(send())
    except Unavailable as error:
        return str(error)
    return "nothing"


def test_a_broker_that_hangs_is_given_up_on(kafka: SecuredKafka) -> None:
    """In a process of its own, as the command is: its end takes away the client that hangs."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        assert "Publish the same files again" in process.submit(what_is_told, kafka).result(LONGEST_SECONDS)
