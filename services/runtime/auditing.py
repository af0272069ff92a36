"""Beside a service's own work: what was noted goes into its audit; every minute others are told where that stands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog

from services.core.audit import Checkpoint
from services.core.errors import Unavailable
from services.runtime.audit import Trail
from services.runtime.database import Session
from services.runtime.kafka import Message, send_once
from services.runtime.kafka_access import KafkaAccess, access_of
from services.runtime.process import Process, leave
from services.runtime.settings import KeySettings, load
from services.wire.avro import Schemas, load_schemas
from services.wire.checkpoints import NAME, Signer, load_signer
from services.wire.envelope import checkpoint_headers
from services.wire.topics import AUDIT_CHECKPOINTS

CHECKPOINT_SECONDS = 60.0
_NOTED_SECONDS = 1.0

log = structlog.get_logger()


class Witnessed:
    """Signs where a chain stands and publishes it; when Kafka takes nothing the service goes on, and says so."""

    def __init__(self, process: Process, session: Session, trail: Trail, signer: Signer, schemas: Schemas) -> None:
        self._process = process
        self._session = session
        self._trail = trail
        self._signer = signer
        self._schemas = schemas
        self._access = access_of(process.settings)
        self._since = asyncio.get_running_loop().time()

    async def tell(self) -> None:
        """Publish the head of now; what fails is told of, and the next one says more."""
        checkpoint = await self._session.run(self._trail.checkpoint)
        now = asyncio.get_running_loop().time()
        if await published(self._access, self._message(checkpoint)):
            self._since = now
        self._process.metrics.audit_unwitnessed_seconds.set(now - self._since)

    def _message(self, checkpoint: Checkpoint) -> Message:
        frame = self._schemas.encode(NAME, self._signer.record(checkpoint))
        headers = checkpoint_headers(checkpoint.service, checkpoint.chain, checkpoint.number, checkpoint.at)
        return Message(AUDIT_CHECKPOINTS, checkpoint.service.encode(), frame, headers)


async def published(access: KafkaAccess, message: Message) -> bool:
    """Whether Kafka took a message."""
    try:
        await send_once(access, message)
    except Unavailable as error:
        log.warning("Kafka did not take a checkpoint of the audit; the service goes on.", exc_info=error.__cause__)
        return False
    return True


@asynccontextmanager
async def auditing(process: Process, session: Session, trail: Trail) -> AsyncIterator[None]:
    """Keep a service's audit told of and witnessed, until what stands inside ends.

    Raises:
        Misconfigured: the audit's tables or key are not there.
    """
    signer = load_signer(load(KeySettings).keys)
    await session.run(trail.checkpoint)
    witnessed = Witnessed(process, session, trail, signer, load_schemas(process.settings.home))
    tasks = [
        asyncio.create_task(_over_and_over(lambda: trail.add_noted(session), _NOTED_SECONDS)),
        asyncio.create_task(_over_and_over(witnessed.tell, CHECKPOINT_SECONDS)),
    ]
    for task in tasks:
        task.add_done_callback(_expect_cancelled)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await trail.add_noted(session)


async def _over_and_over(act: Callable[[], Awaitable[None]], seconds: float) -> NoReturn:
    while True:
        await act()
        await asyncio.sleep(seconds)


def _expect_cancelled(task: asyncio.Task[NoReturn]) -> None:
    """A service whose audit is no longer kept must not go on."""
    if not task.cancelled():
        log.critical("The audit can no longer be kept, by a fault of ours.", exc_info=task.exception())
        leave()
