"""How far the topics reach is known at once and as it is now; who has not read so far has not reached the end."""

from dataclasses import dataclass
from uuid import UUID

from aiokafka import TopicPartition
from confluent_kafka import Producer
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.fence import Place
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.topic_ids import topic_ids
from services.vault.copying import TOPICS
from services.vault.horizon import kafka_horizon, reached
from services.wire.topics import KINSHIP_CLAIMS, SEALED_FACTS, Topic
from tests.builders import an_id
from tests.runtime.secured_kafka import SecuredKafka

SECONDS = 20
places = st.builds(Place, st.sampled_from([UUID(int=1), UUID(int=2)]), st.integers(0, 2))
offsets = st.dictionaries(places, st.integers(0, 3), max_size=6)


@dataclass
class Known:
    """What an inlet would know."""

    found: dict[TopicPartition, Place]

    def places(self) -> dict[TopicPartition, Place]:
        return self.found


async def known(kafka: SecuredKafka, topics: tuple[Topic, ...]) -> Known:
    """Every partition of what the vault reads."""
    ids = await topic_ids(kafka.access("vault"), [SEALED_FACTS, *TOPICS])
    partitions = [(topic.topic, number) for topic in topics if topic.topic in ids for number in range(topic.partitions)]
    return Known({TopicPartition(*one): Place(ids[one[0]], one[1]) for one in partitions})


async def test_both_ends_are_known_at_once_and_the_later_moves_with_what_is_said(
    kafka: SecuredKafka, topics: tuple[Topic, ...]
) -> None:
    there, pen = await known(kafka, topics), Producer(kafka.properties("police"))
    async with kafka_horizon(kafka.access("vault"), there, Health(Metrics())) as horizon:
        before = await horizon.ends()
        pen.produce(KINSHIP_CLAIMS, key=an_id(998).encode(), value=b"junk", partition=1)
        assert pen.flush(SECONDS) == 0
        after, begins = await horizon.ends(), await horizon.begins()
    place = there.found[TopicPartition(KINSHIP_CLAIMS, 1)]
    assert before.keys() == begins.keys() == set(there.found.values())
    assert (begins[place], after[place] > begins[place]) == (0, True)
    assert {one: after[one] - before[one] for one in after if after[one] != before[one]} == {place: 1}


@given(ends=offsets, positions=offsets)
def test_only_who_has_passed_every_end_has_reached_it(ends: dict[Place, int], positions: dict[Place, int]) -> None:
    behind = [place for place, end in ends.items() if positions.get(place, 0) < end]
    assert reached(ends, positions) is (bool(ends) and not behind)


def test_of_no_partition_at_all_nobody_has_reached_the_end() -> None:
    assert not reached({}, {Place(UUID(int=1), 0): 7})
