"""A processor goes by what Kafka's group remembers; this tells whether the log is still the one that was read.

Faust drops what stands below an offset that it has read, in silence, and aiokafka reads on behind it: after a power
failure what is new there would never be heard.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from services.runtime.fence import Mark
from services.runtime.fetching import Lines
from services.runtime.kafka import RETRY_SECONDS

log = structlog.get_logger()


class WholeLogs:
    """Knows how far a started consumer has read, and when Kafka had appended the last record of each partition."""

    def __init__(self, consumer: AIOKafkaConsumer, lost: Callable[[], None]) -> None:
        self._consumer = consumer
        self._lost = lost
        self._lines = Lines(consumer)
        self._proved = 0
        self._last: dict[TopicPartition, Mark] = {}
        self._at: defaultdict[TopicPartition, dict[int, int]] = defaultdict(dict)
        self._commit, consumer.commit = consumer.commit, self._commit_with_times
        self._seek, consumer.seek_to_committed = consumer.seek_to_committed, self._seek_to_what_holds

    async def are_whole(self, taken: Mapping[TopicPartition, Sequence[Any]]) -> bool:
        """Whether nothing is missing before what was taken; Kafka is asked only when it was away meanwhile."""
        while self._proved != (lines := self._lines.new):
            try:
                if await self._cut({place: self._last[place] for place in self._last.keys() & self._here()}):
                    return False
                self._proved = lines
            except KafkaError as error:
                log.warning("Kafka does not say how far a log goes; it is asked again until it does.", exc_info=error)
                await asyncio.sleep(RETRY_SECONDS)
        for place, records in taken.items():
            self._last[place] = Mark(records[-1].offset + 1, records[-1].timestamp)
            self._at[place].update((record.offset + 1, record.timestamp) for record in records)
        return True

    async def _commit_with_times(self, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        stamped = {}
        for place, (offset, _) in offsets.items():
            stamped[place] = OffsetAndMetadata(offset, str(self._at[place].get(offset, "")))
            self._at[place] = {beyond: at for beyond, at in self._at[place].items() if beyond >= offset}
        await self._commit(stamped)

    async def _seek_to_what_holds(self, *places: TopicPartition) -> dict[TopicPartition, int | None]:
        found: dict[TopicPartition, int | None] = await self._seek(*places)
        committed = await self._consumer._coordinator.fetch_committed_offsets(list(found))  # noqa: SLF001 - metadata, too
        marks = {place: Mark(one.offset, _time(one.metadata)) for place, one in committed.items() if one.offset > 0}
        for place, begin in (await self._cut(marks)).items():
            log.critical("Kafka lost the end of a log that was read; all that it holds of it is read again.")
            self._lost()
            self._consumer.seek(place, begin)
            found[place] = begin
        return found

    async def _cut(self, marks: Mapping[TopicPartition, Mark]) -> dict[TopicPartition, int]:
        """Where each log begins that ends below its mark, or that has a later record there than what was read."""
        times = {place: mark.passed_at_ms + 1 for place, mark in marks.items() if mark.passed_at_ms is not None}
        ends = await self._consumer.end_offsets(list(marks)) if marks else {}
        later = await self._consumer.offsets_for_times(times) if times else {}
        begins_new = {place: one.offset for place, one in later.items() if one is not None}
        cut = [place for place, mark in marks.items() if begins_new.get(place, ends[place]) < mark.next_offset]
        return await self._consumer.beginning_offsets(cut) if cut else {}

    def _here(self) -> Collection[TopicPartition]:
        return self._consumer.assignment()  # type: ignore[no-any-return]  # aiokafka ships no types


def _time(metadata: str) -> int | None:
    return int(metadata) if metadata.isdecimal() else None
