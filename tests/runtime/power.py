"""A Kafka whose machine loses power: what it had acknowledged and not flushed is gone when it is back."""

import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiokafka import TopicPartition

from services.runtime import topics_admin
from services.runtime.local import kafka
from services.wire.topics import Topic
from tests.runtime.secured_kafka import SecuredKafka, a_node, begin, provisioned

_HEAD = struct.Struct(">qi")
"""Of each batch: the offset of its first record, and how many bytes follow."""


class PoweredKafka:
    """A broker with the hub's topics, for tests that switch it off."""

    def __init__(self, folder: Path, topics: tuple[Topic, ...]) -> None:
        self._node = a_node(folder)
        self._process = self._on()
        self.running: SecuredKafka = provisioned(self._node, folder / "secrets", self._process.pid)
        topics_admin.apply(self.running.admin(), topics)

    def on(self) -> None:
        self._process = self._on()

    def off(self) -> None:
        self._process.kill()
        self._process.wait()

    def lose(self, place: TopicPartition, begin: int) -> None:
        """Cut a log, while the broker is off, before the batch that begins at an offset."""
        [segment] = self._node.segments.glob(f"{place.topic}-{place.partition}/*.log")
        data, at = segment.read_bytes(), 0
        while at < len(data):
            first, size = _HEAD.unpack_from(data, at)
            if first >= begin:
                break
            at += _HEAD.size + size
        with segment.open("r+b") as log:
            log.truncate(at)

    def _on(self) -> subprocess.Popen[bytes]:
        process = begin(self._node)
        kafka.wait_until_up(self._node, lambda: process.poll() is None)
        return process


@contextmanager
def powered_kafka(folder: Path, topics: tuple[Topic, ...]) -> Iterator[PoweredKafka]:
    made = PoweredKafka(folder, topics)
    try:
        yield made
    finally:
        made.off()
