"""A stream processor, the same for every agency: read a batch, decide, publish what is said, then answer the agency."""

from collections.abc import Sequence

from services.core.codes import Sector
from services.runtime.intake import Answers, Decide, Intake, load_keys
from services.runtime.kafka import access_of
from services.runtime.metrics import Metrics
from services.runtime.process import Process, serving
from services.runtime.publisher import publishing
from services.runtime.settings import KeySettings, load
from services.runtime.streams import Received, consume
from services.wire import topics
from services.wire.avro import load_schemas


async def process_intake(process: Process, agency: Sector, decide: Decide) -> None:
    """Process an agency's intake until the process is asked to stop.

    Raises:
        Misconfigured: a setting, key or schema is missing.
    """
    access = access_of(process.settings)
    intake = Intake(agency, load_schemas(process.settings.home), load_keys(agency, load(KeySettings)), decide)
    async with serving(process), publishing(access, process.health, process.metrics) as publisher:

        async def handle(batch: Sequence[Received]) -> None:
            answers = intake.answers(batch)
            await publisher.publish(answers.said)
            await publisher.publish(answers.replies)
            count(answers, process.metrics)

        await consume(process, access, topics.intake(agency.value), handle)


def count(answers: Answers, metrics: Metrics) -> None:
    """Count what was held back and refused; what was said is counted where Kafka acknowledges it."""
    metrics.records_held_back.inc(answers.held_back)
    for reason, records in answers.refused.items():
        metrics.records_refused.labels(reason).inc(records)
