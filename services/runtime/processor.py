"""A stream processor, the same for every agency: read a batch, decide, publish what is said, then answer the agency."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from services.core.codes import Sector
from services.core.weeks import is_of_this_week
from services.runtime.health import Health, Reason
from services.runtime.intake import Answers, Decide, Intake, Keys, load_keys, pages_of
from services.runtime.kafka_access import access_of
from services.runtime.metrics import Metrics
from services.runtime.process import Process, serving
from services.runtime.publisher import publishing
from services.runtime.renewal import Renewal
from services.runtime.settings import IdentitySettings, KeySettings, load
from services.runtime.streams import Received, consume
from services.runtime.week_keys import Places
from services.runtime.witness import witness_of
from services.wire import topics
from services.wire.avro import load_schemas
from services.wire.seal import NoCurrentKey

_ASK_SECONDS = 0.5

log = structlog.get_logger()


async def process_intake(process: Process, agency: Sector, decide: Decide) -> None:
    """Process what an agency sends, and what its people say on pages, until the process is asked to stop.

    Raises:
        Misconfigured: a setting, key or schema is missing.
    """
    access, settings, health = access_of(process.settings), load(KeySettings), process.health
    schemas = load_schemas(process.settings.home)
    witness = witness_of(agency, settings, load(IdentitySettings))
    renewal = Renewal(Places(agency.value, settings.keys, settings.public_keys), health, _now)
    renewal.renew()
    keys = CurrentKeys(lambda now: load_keys(agency, settings, now), health, _now)
    async with (
        serving(process),
        renewal.going_on(keys.forget),
        publishing(access, health, process.metrics) as publisher,
    ):
        await keys.current()

        async def handle(batch: Sequence[Received]) -> None:
            answers = Intake(agency, schemas, await keys.current(), witness, decide).answers(batch)
            await publisher.publish(answers.said)
            await publisher.publish(answers.replies)
            count(answers, process.metrics)

        await consume(process, access, (topics.intake(agency.value), *pages_of(agency)), handle)


class CurrentKeys:
    """A processor's keys, read again when a week has begun and when it has renewed its own."""

    def __init__(self, read: Callable[[datetime], Keys], health: Health, clock: Callable[[], datetime]) -> None:
        self._read = read
        self._health = health
        self._clock = clock
        self._keys: Keys | None = None

    def forget(self) -> None:
        """There are others to read."""
        self._keys = None

    async def current(self) -> Keys:
        """Those to open and seal with now; without a key of the vault's the work waits where it is, the light red.

        Raises:
            Misconfigured: one is missing or has another shape.
        """
        while self._keys is None or not _are_of_this_week(self._keys, self._clock()):
            try:
                self._keys = self._read(self._clock())
            except NoCurrentKey as error:
                self._health.red(Reason.KEY_MISSING)
                log.warning(
                    "The vault has published no key for this week; it is looked for until it has.", exc_info=error
                )
                await asyncio.sleep(_ASK_SECONDS)
            else:
                self._health.green(Reason.KEY_MISSING)
                break
        return self._keys


def _are_of_this_week(keys: Keys, now: datetime) -> bool:
    return all(is_of_this_week(public.key_id, now) for public in (keys.own, keys.vault))


def _now() -> datetime:
    return datetime.now(UTC)


def count(answers: Answers, metrics: Metrics) -> None:
    """Count what was held back or refused, tokens too; what was said is counted where Kafka acknowledges it."""
    metrics.records_held_back.inc(answers.held_back)
    for reason, records in answers.refused.items():
        metrics.records_refused.labels(reason).inc(records)
    for reason, tokens in answers.tokens_refused.items():
        metrics.tokens_refused.labels(reason).inc(tokens)
