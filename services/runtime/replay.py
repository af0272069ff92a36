"""Reading topics once more from given offsets up to given offsets, in no group and at nobody's expense."""

from collections.abc import AsyncGenerator, Mapping
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.core.errors import LanternError
from services.runtime.consumer import take
from services.runtime.fence import Place
from services.runtime.health import Health, Reason
from services.runtime.inlet import Batch
from services.runtime.kafka import connect, make_consumer
from services.runtime.kafka_access import KafkaAccess

BATCH_RECORDS = 1_000
_WAIT_SECONDS = 0.5


class NoLongerInKafka(LanternError):
    """Kafka no longer holds everything that the tables were made from: what is there was left as it is."""


async def replay(
    access: KafkaAccess, health: Health, ids: Mapping[str, UUID], start: Mapping[Place, int], until: Mapping[Place, int]
) -> AsyncGenerator[Batch, None]:
    """Batches from `start` (where a place is missing: the beginning) to before `until`.

    Raises:
        NoLongerInKafka: a topic of `until` was made again, or a partition ends before it.
    """
    if {place.topic_id for place in until} - set(ids.values()):
        raise NoLongerInKafka
    names = {topic_id: name for name, topic_id in ids.items()}
    wanted = {TopicPartition(names[place.topic_id], place.partition): place for place in until}
    reached = {place: start.get(place, 0) for place in until}
    consumer = await connect(lambda: make_consumer(access), health, Reason.KAFKA_UNAVAILABLE)
    try:
        await _stand(consumer, wanted, reached, until)
        while any(reached[place] < until[place] for place in until):
            taken = await take(consumer, BATCH_RECORDS, _WAIT_SECONDS)
            batch = {wanted[where]: records for where, records in taken.items()}
            reached |= {place: records[-1].offset + 1 for place, records in batch.items()}
            yield {place: [one for one in records if one.offset < until[place]] for place, records in batch.items()}
    finally:
        await consumer.stop()


async def _stand(
    consumer: AIOKafkaConsumer,
    wanted: Mapping[TopicPartition, Place],
    start: Mapping[Place, int],
    until: Mapping[Place, int],
) -> None:
    consumer.assign(list(wanted))
    ends = await consumer.end_offsets(list(wanted))
    if any(ends[where] < until[place] for where, place in wanted.items()):
        raise NoLongerInKafka
    for where, place in wanted.items():
        consumer.seek(where, start[place])
