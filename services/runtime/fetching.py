"""When a consumer fetches: how long the broker may hold a fetch back, and how long none follows one that brought some.

aiokafka sends a broker one fetch at a time. One that asks for every partition comes back with the first record of any,
so it may be held for long, and an idle service asks twice a second instead of twenty times. One that leaves a partition
out, because its records still wait to be dealt with, keeps it from being fetched again until the others answer: with
1.5 s, 700 records/s were measured where 2,200 are dealt with.

Behind one that brought records the next rests for a moment, and brings all that came meanwhile: two small batches cost
as much as two large ones, here and at the broker. What comes after a silence is fetched at once.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import CorruptRecordException

HELD_MS = 500
HELD_FROM_OTHERS_MS = 50
REST_SECONDS = 0.01
"""So long what was written together takes to come, over several partitions."""
CAREFUL_SECONDS = 60.0


class PatientConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka ships no types
    """A consumer that fetches patiently, and rests for `rest_seconds` behind each fetch that brought something.

    Bytes that are not what was written, by their checksum, take nothing else along. The library drops what the call
    that met them had in hand, of other partitions too, and goes on behind it: that is put back, and for a minute
    records are taken one at a time, so that nothing is in hand.
    """

    def __init__(self, *topics: str, rest_seconds: float = REST_SECONDS, **settings: Any) -> None:  # noqa: ANN401 - aiokafka's
        super().__init__(*topics, **settings)
        self._rest_seconds = rest_seconds
        self._careful_until = 0.0

    async def start(self) -> None:
        """Connect, and begin to fetch."""
        await super().start()
        fetch_patiently(self, self._rest_seconds)
        self._lines = Lines(self)

    @property
    def new_lines(self) -> int:
        """How often a partition's records came over another connection than before: its log may be another, too."""
        return self._lines.new

    @property
    def careful(self) -> bool:
        """Whether bytes came of late that are not what was written."""
        return asyncio.get_running_loop().time() < self._careful_until

    async def getmany(
        self, *places: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """Records by partition.

        Raises:
            KafkaError: nothing could be taken now; whatever was in hand is taken again.
        """
        at_most, before = 1 if self.careful else max_records, _positions(self)
        try:
            taken: dict[TopicPartition, list[Any]] = await super().getmany(
                *places, timeout_ms=timeout_ms, max_records=at_most
            )
        except CorruptRecordException:
            self._careful_until = asyncio.get_running_loop().time() + CAREFUL_SECONDS
            for place in before.keys() & self.assignment():
                self.seek(place, before[place])
            raise
        return taken


class Lines:
    """Over which connection a started consumer fetches each partition; `new` counts how often one changed.

    A broker that was away, or another one in its place, may hold less of a log than was read of it.
    """

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self.new = 0
        self._fetcher = consumer._fetcher  # noqa: SLF001 - the library's own, as in fetch_patiently
        self._known: dict[tuple[str, int], object] = {}
        self._fetch, self._fetcher._proc_fetch_request = self._fetcher._proc_fetch_request, self._noted  # noqa: SLF001

    async def _noted(self, assignment: Any, node: int, request: Any) -> bool:  # noqa: ANN401 - aiokafka's own
        brought: bool = await self._fetch(assignment, node, request)
        line = self._fetcher._client._conns.get((node, ConnectionGroup.DEFAULT))  # noqa: SLF001 - as above
        for topic, partitions in request.topics if line else ():
            for partition, *_ in partitions:
                self.new += self._known.setdefault((topic, partition), line) is not line
                self._known[topic, partition] = line
        return brought


def fetch_patiently(consumer: AIOKafkaConsumer, rest_seconds: float) -> None:
    """Let each fetch of a started consumer say how long it may be held; the library has one number for all of them."""
    fetcher = consumer._fetcher  # noqa: SLF001 - as above
    plan = fetcher._get_actions_per_node  # noqa: SLF001 - as above
    # A version of the library that calls these by other names ends the service here, and not in silence later.
    _ = fetcher._records, fetcher._fetch_max_wait_ms, fetcher._client.cluster.leader_for_partition  # noqa: SLF001

    rest_left = _rests(fetcher, rest_seconds)

    def planned(assignment: Any) -> Any:  # noqa: ANN401 - aiokafka's own, both
        fetcher._fetch_max_wait_ms = HELD_MS if _asks_for_all(fetcher, assignment) else HELD_FROM_OTHERS_MS  # noqa: SLF001
        fetches, resets, within, *others = plan(assignment)
        left = rest_left()
        return (fetches, resets, within, *others) if left <= 0 else ([], resets, min(within, left), *others)

    fetcher._get_actions_per_node = planned  # noqa: SLF001 - as above


def _positions(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    """The offset that comes next, by partition; the library tells one at a time, and waits for each."""
    subscription = consumer._subscription.subscription  # noqa: SLF001 - as above
    assignment = subscription.assignment if subscription is not None else None
    if assignment is None:
        return {}
    states = ((place, assignment.state_value(place)) for place in assignment.tps)
    return {place: state.position for place, state in states if state is not None and state.has_valid_position}


def _rests(fetcher: Any, seconds: float) -> Callable[[], float]:  # noqa: ANN401 - aiokafka's own
    """Note when a fetch has brought records; gives how long none may follow it yet, in seconds."""
    fetch, clock = fetcher._proc_fetch_request, asyncio.get_running_loop().time  # noqa: SLF001 - as above
    rested_at = clock()

    async def noted(*asked: Any) -> bool:  # noqa: ANN401 - aiokafka's own
        nonlocal rested_at
        brought: bool = await fetch(*asked)
        if brought:
            rested_at = clock() + seconds
        return brought

    fetcher._proc_fetch_request = noted  # noqa: SLF001 - as above
    return lambda: rested_at - clock()


def _asks_for_all(fetcher: Any, assignment: Any) -> bool:  # noqa: ANN401 - aiokafka's own, both
    """Whether the next fetch leaves no partition out: none has records that wait, or is paused, unplaced or unled."""
    if fetcher._records:  # noqa: SLF001 - as above
        return False
    led_by = fetcher._client.cluster.leader_for_partition  # noqa: SLF001 - as above
    states = ((place, assignment.state_value(place)) for place in assignment.tps)
    return all(
        state.has_valid_position and not state.paused and led_by(place) not in {None, -1} for place, state in states
    )
