"""A processor's own process on a real Kafka: whenever it dies, no record is lost and every event stays one."""

import asyncio
import dataclasses
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from confluent_kafka import Producer

from services.core.codes import OrganisationKind, Sector
from services.runtime.kafka import Message, make_producer, send_batch
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.wire import topics
from services.wire.avro import Record, Schemas
from services.wire.seal import BatchSealer, public_key_of
from services.wire.submissions import Content, Submission, to_record
from tests.builders import START, an_id
from tests.conftest import HOME
from tests.runtime.agencies import access, data_folder, everything, processor
from tests.runtime.edge import document
from tests.runtime.running import Service
from tests.runtime.secured_kafka import SecuredKafka

SECONDS = 60
PORTION = 50
INTAKE, OUT = topics.intake("police"), topics.out("police")
DEATHS = (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)
HARD_END = 70


@dataclass(frozen=True)
class Police:
    """The police's processor, their connector, and an operator who reads what came of it."""

    data: Path
    kafka: SecuredKafka
    schemas: Schemas
    processor: Service

    def send(self, submission: Submission) -> None:
        """Send as many reports as the submission has, a portion every tenth of a second."""
        asyncio.run(self.say(list(self.messages(submission))))

    async def say(self, messages: Sequence[Message]) -> None:
        producer = make_producer(access(self.kafka, "publisher.police"))
        await producer.start()
        try:
            for start in range(0, len(messages), PORTION):
                await send_batch(producer, messages[start : start + PORTION])
                await asyncio.sleep(0.1)
        finally:
            await producer.stop()

    def messages(self, submission: Submission) -> Iterator[Message]:
        sealer = BatchSealer(public_key_of(self.data / "keys" / "public", "police", datetime.now(UTC)))
        for number in range(submission.record_count):
            report = document(child=f"{submission.submission_id}-{number}")
            said = {"documents": [{"table": "lantern", "row": 1, "document": report}]}
            content = Content("lantern/1", "FORCE-1", OrganisationKind.POLICE_FORCE, said)
            frame = self.schemas.encode("IntakeRecord", to_record(submission, number, content, sealer))
            yield Message(INTAKE, submission.submission_id.encode(), frame)

    def receipts(self, submission: Submission) -> list[Record]:
        """Every receipt of a submission, however often."""
        read = (self.schemas.decode(frame, {"Receipt"})[1] for frame in everything(self.kafka, OUT))
        return [one for one in read if one["submission_id"] == submission.submission_id]

    def is_answered(self, submission: Submission) -> bool:
        return len({one["source_seq"] for one in self.receipts(submission)}) == submission.record_count

    def wait_for(self, submission: Submission) -> None:
        assert until(lambda: self.is_answered(submission), SECONDS), self.processor.log.read_text()

    def shared(self) -> set[str]:
        """The ids of all events that stand on the topic of missing children."""
        read = (self.schemas.decode(frame)[1] for frame in everything(self.kafka, topics.MISSING_CHILDREN))
        return {event["head"]["event_id"] for event in read}


@pytest.fixture(scope="module")
def one_police(kafka: SecuredKafka, schemas: Schemas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Police]:
    """With keys of their own."""
    data = data_folder(tmp_path_factory.mktemp("police"), kafka)
    with processor(Sector.POLICE, kafka, data) as made:
        yield Police(data, kafka, schemas, made)


@pytest.fixture
def police(one_police: Police) -> Police:
    """Running, whatever another test did to them."""
    process = one_police.processor.process
    if process is None or process.poll() is not None:
        one_police.processor.start_and_wait()
    return one_police


def test_whenever_a_processor_dies_no_record_is_lost_and_every_event_stays_one(police: Police) -> None:
    submission = Submission(an_id(101), 1500, START)
    before, chance = police.shared(), random.Random(1)
    sending = threading.Thread(target=police.send, args=[submission])
    sending.start()

    for death in DEATHS:
        until(lambda: False, chance.uniform(0.1, 1.0))
        police.processor.end(death)
        police.processor.start_and_wait()
    sending.join()

    police.wait_for(submission)
    named = {event["event_id"] for one in police.receipts(submission) for event in one["events"]}
    assert len(named) == submission.record_count
    assert police.shared() - before == named


def test_a_processor_that_was_frozen_takes_up_where_it_was(police: Police) -> None:
    submission = Submission(an_id(102), 200, START)
    police.processor.send(signal.SIGSTOP)
    police.send(submission)
    until(lambda: False, 12.0)  # longer than its membership of the group lasts
    police.processor.send(signal.SIGCONT)

    police.wait_for(submission)


def test_a_processor_that_is_asked_to_stop_leaves_nothing_to_be_done_again(police: Police) -> None:
    first, second = Submission(an_id(103), 300, START), Submission(an_id(104), 10, START)
    police.send(first)
    police.wait_for(first)

    assert police.processor.end(signal.SIGTERM) == 0
    police.processor.start_and_wait()
    police.send(second)

    police.wait_for(second)
    assert len(police.receipts(first)) == first.record_count


def test_a_processor_that_meets_bytes_that_are_not_what_was_written_passes_nothing_over(police: Police) -> None:
    submission = Submission(an_id(107), 3 * PORTION, START)
    messages = list(police.messages(submission))
    written, changed = messages[PORTION].value[-8:], b"CHANGED!"
    assert police.processor.process is not None
    police.processor.send(signal.SIGSTOP)
    asyncio.run(police.say(messages))
    police.kafka.change(INTAKE, written, changed)
    try:
        police.processor.send(signal.SIGCONT)
        assert police.processor.process.wait(SECONDS) == HARD_END
        assert not police.is_answered(submission)
    finally:
        police.kafka.change(INTAKE, changed, written)

    police.processor.start_and_wait()
    police.wait_for(submission)


def test_junk_stops_nothing(police: Police) -> None:
    junk = Producer({**police.kafka.properties("publisher.police"), "message.max.bytes": 5_000_000})
    for value in (b"", b"junk", None, bytes(4_000_000)):
        junk.produce(INTAKE, key=None if value is None else b"junk", value=value)
    junk.produce(INTAKE, key=b"nothing")
    assert junk.flush(SECONDS) == 0
    submission = Submission(an_id(105), 5, START)
    police.send(submission)

    police.wait_for(submission)
    assert "unreadable_record" in httpx.get(f"{police.processor.url}/metrics", trust_env=False, verify=trusted()).text


@dataclass
class Dying(Service):
    """A processor with a fault of ours in it."""

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tests.runtime.dying"]
            self.process = subprocess.Popen(command, env=self.told, cwd=HOME, stdout=log, stderr=log)


def test_a_record_that_we_fail_on_is_read_again_once_the_fault_is_mended(police: Police, tmp_path: Path) -> None:
    fault = tmp_path / "fault"
    fault.touch()
    submission = Submission(an_id(106), 3, START)
    police.processor.end(signal.SIGTERM)
    told = {**police.processor.told, "FAULT": str(fault)}
    dying = dataclasses.replace(police, processor=Dying("police", told, police.processor.log))
    dying.processor.start_and_wait()

    dying.send(submission)
    assert dying.processor.process is not None
    assert dying.processor.process.wait(SECONDS) == HARD_END
    assert police.receipts(submission) == []

    fault.unlink()
    dying.processor.start_and_wait()
    dying.wait_for(submission)
    dying.processor.end(signal.SIGTERM)


def test_a_processor_without_its_keys_says_so_and_does_not_start(one_police: Police, tmp_path: Path) -> None:
    told = {**one_police.processor.told, "LANTERN_KEYS": str(tmp_path)}
    command = [sys.executable, "-m", "services.police"]

    ended = subprocess.run(command, env=told, cwd=HOME, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "The published key police-" in ended.stderr
