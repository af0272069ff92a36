"""A case change as messages: every one small enough for Kafka, and together the whole."""

from random import Random

from services.core.case import EMPTY
from services.core.ids import CaseId
from services.correlator.decoding import Decoder
from services.correlator.handlers import Assigned, CaseChange
from services.correlator.said import SaidAgain
from services.correlator.telling import messages
from services.wire.avro import Record
from services.wire.records import to_record
from tests.builders import an_id, day
from tests.correlator.histories import SUBJECTS, a_history, said

CASE = CaseId(SUBJECTS[0])


def told(decoder: Decoder, change: CaseChange) -> list[Record]:
    return [decoder.schemas.decode(value)[1] for _, value, _ in messages(decoder.schemas, [change], 7)]


def a_change(decoder: Decoder, entries: int, again: int = 0) -> CaseChange:
    events = a_history(Random(1), entries)
    frames = [decoder.schemas.encode(event.type, to_record(event)) for event in events]
    return CaseChange(
        case_id=CASE,
        known_at=day(3),
        state=EMPTY,
        assigned=[Assigned(subject, CASE, day(1)) for subject in SUBJECTS],
        new=[decoder.again(frame, day(2), day(2)) for frame in frames],
        again=[SaidAgain(said(events[0]).entry.event_id, SUBJECTS[0], day(4), day(4))] * again,
    )


def test_a_case_of_twenty_thousand_entries_is_told_in_messages_that_kafka_takes(decoder: Decoder) -> None:
    change = a_change(decoder, entries=5_000)
    long = CaseChange(CASE, day(3), EMPTY, change.assigned, list(change.new) * 4, ())
    values = [value for _, value, _ in messages(decoder.schemas, [long], 7)]
    assert len(values) > 1
    assert max(map(len, values)) <= decoder.schemas.newest("CaseUpdated").max_bytes


def test_the_parts_of_an_update_are_together_the_whole(decoder: Decoder) -> None:
    change = a_change(decoder, entries=5_000, again=10)
    updates = told(decoder, change)
    assert [entry["event"] for update in updates for entry in update["entries"]] == [one.frame for one in change.new]
    assert [one["subject_id"] for update in updates for one in update["subjects"]] == SUBJECTS
    assert sum(len(update["said_again"]) for update in updates) == 10


def test_the_parts_of_an_update_carry_one_version_and_one_state(decoder: Decoder) -> None:
    updates = told(decoder, a_change(decoder, entries=5_000))
    assert {update["version"] for update in updates} == {7}
    assert all(update["state"] == updates[0]["state"] for update in updates)


def test_a_case_that_has_lost_everything_is_told_too(decoder: Decoder) -> None:
    [update] = told(decoder, CaseChange(CASE, day(3), EMPTY, (), (), ()))
    assert (update["state"]["entries"], update["entries"], update["subjects"]) == (0, [], [])


def test_an_update_is_keyed_by_its_case(decoder: Decoder) -> None:
    keys = {key for key, _, _ in messages(decoder.schemas, [a_change(decoder, entries=3)], 7)}
    assert keys == {CASE.encode()}


def test_every_assignment_carries_the_version_of_its_update(decoder: Decoder) -> None:
    [update] = told(decoder, CaseChange(CASE, day(3), EMPTY, [Assigned(SUBJECTS[1], CASE, day(1))], (), ()))
    assert update["subjects"] == [{"subject_id": an_id(2), "assignment_version": 7, "known_at": day(1)}]
