"""A stream processor, the same for every agency: read a batch, decide, publish what is said, then answer the agency."""

from collections.abc import Sequence

from services.core.codes import Sector
from services.runtime.intake import Answers, Decide, Intake, load_keys
from services.runtime.kafka import access_of
from services.runtime.metrics import Metrics
from services.runtime.process import Process, serving
from services.runtime.publisher import publishing
from services.runtime.settings import IdentitySettings, KeySettings, load
from services.runtime.streams import Received, consume
from services.runtime.witness import witness_of
from services.wire import topics
from services.wire.avro import load_schemas


async def process_intake(process: Process, agency: Sector, decide: Decide) -> None:
    """Process an agency's intake until the process is asked to stop.

    Raises:
        Misconfigured: a setting, key or schema is missing.
    """
    access = access_of(process.settings)
    keys = load(KeySettings)
    witness = witness_of(agency, keys, load(IdentitySettings))
    intake = Intake(agency, load_schemas(process.settings.home), load_keys(agency, keys), witness, decide)
    async with serving(process), publishing(access, process.health, process.metrics) as publisher:

        async def handle(batch: Sequence[Received]) -> None:
            answers = intake.answers(batch)
            await publisher.publish(answers.said)
            await publisher.publish(answers.replies)
            count(answers, process.metrics)

        await consume(process, access, topics.intake(agency.value), handle)


def count(answers: Answers, metrics: Metrics) -> None:
    """Count what was held back or refused, tokens too; what was said is counted where Kafka acknowledges it."""
    metrics.records_held_back.inc(answers.held_back)
    for reason, records in answers.refused.items():
        metrics.records_refused.labels(reason).inc(records)
    for reason, tokens in answers.tokens_refused.items():
        metrics.tokens_refused.labels(reason).inc(tokens)
