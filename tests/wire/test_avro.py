"""The guard around fastavro: nothing is read but the exact bytes of one record of an expected schema."""

import io
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import Subject
from services.core.codes import MissingKind, Precision, Role, Sector
from services.core.errors import Unreadable, UnreadableBytes
from services.core.events import Event, Head
from services.core.facts import ChildMissing
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.formats.canonical.documents import MAX_LIST
from services.wire.avro import HEADER_BYTES, Schema, Schemas, UnwritableRecord
from services.wire.records import to_record
from tests.builders import START, an_id
from tests.schemas.examples import EXAMPLES, frame_of, name_of

MEMORY = 32 * 1024 * 1024
LONGEST = b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"


def number(value: int) -> bytes:
    """Avro's variable-length zig-zag number."""
    rest, out = (value << 1) ^ (value >> 63), b""
    while rest > 0x7F:
        out, rest = out + bytes([rest & 0x7F | 0x80]), rest >> 7
    return out + bytes([rest])


def missing() -> dict[str, Any]:
    """The smallest ChildMissing."""
    head = Head(
        event_id=EventId(an_id(1)),
        fact_id=FactId(an_id(2)),
        subject_id=SubjectId(an_id(3)),
        sector=Sector.POLICE,
        org=OrgHandle(an_id(4)),
        role=Role.UNVERIFIED,
        occurred_at=None,
        precision=Precision.UNKNOWN,
        recorded_at=START,
        received_at=START,
    )
    return to_record(Event(head, Subject(), ChildMissing(MissingKind.MISSING)))


@pytest.fixture
def frame(schemas: Schemas) -> bytes:
    """The frame of the smallest ChildMissing."""
    return schemas.encode("ChildMissing", missing())


def refused(schemas: Schemas, frame: bytes, *expected: str) -> Unreadable:
    with pytest.raises(UnreadableBytes) as caught:
        schemas.decode(frame, expected or None)
    assert caught.value.__context__ is None, "an error of fastavro's, which may quote the bytes, hangs on ours"
    return caught.value.reason


def test_a_frame_is_a_zero_byte_the_schema_s_id_and_the_record(schemas: Schemas, frame: bytes) -> None:
    assert frame[:HEADER_BYTES] == b"\x00" + schemas.newest("ChildMissing").number.to_bytes(4, "big")


def test_a_record_comes_back_as_it_was_written(schemas: Schemas, frame: bytes) -> None:
    assert schemas.decode(frame, ("ChildMissing",)) == ("ChildMissing", missing())


@pytest.mark.parametrize("junk", [b"", b"\x00", b"\x00\x00\x00\x00", b"\x01\x00\x00\x00\x03", b"{}", b"\x00\x00\x00"])
def test_bytes_without_the_head_of_a_frame_are_refused(schemas: Schemas, junk: bytes) -> None:
    assert refused(schemas, junk) is Unreadable.NOT_FRAMED


@pytest.mark.parametrize("identity", [0, 2**20, 2**32 - 1])
def test_an_id_that_was_never_allotted_is_refused(schemas: Schemas, frame: bytes, identity: int) -> None:
    unknown = b"\x00" + identity.to_bytes(4, "big") + frame[HEADER_BYTES:]
    assert refused(schemas, unknown) is Unreadable.UNKNOWN_SCHEMA


def test_a_schema_that_this_topic_does_not_carry_is_refused(schemas: Schemas, frame: bytes) -> None:
    assert refused(schemas, frame, "Sighting", "ChildFound") is Unreadable.UNEXPECTED_SCHEMA


def test_a_frame_over_its_schema_s_size_is_refused_before_it_is_decoded(schemas: Schemas, frame: bytes) -> None:
    over = frame + bytes(schemas.newest("ChildMissing").max_bytes)
    assert refused(schemas, over) is Unreadable.TOO_LARGE


def test_a_record_over_its_schema_s_size_is_not_written(schemas: Schemas) -> None:
    record = missing()
    record["subject"]["names"] = [{"text": "x" * 65_536, "kind": "full", "status": "claimed"}]
    with pytest.raises(UnwritableRecord):
        schemas.encode("ChildMissing", record)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "mislaid"),
        ("kind", 1),
        ("indicators", None),
        ("indicators", ["secret place"]),
        ("head", {}),
        ("subject", "secret place"),
        ("note", "secret place"),
    ],
)
def test_a_record_that_does_not_fit_is_not_written_nor_quoted(schemas: Schemas, name: str, value: Any) -> None:
    with pytest.raises(UnwritableRecord) as caught:
        schemas.encode("ChildMissing", {**missing(), name: value})
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_record_with_a_field_missing_is_not_written(schemas: Schemas) -> None:
    record = missing()
    del record["indicators"]
    with pytest.raises(UnwritableRecord):
        schemas.encode("ChildMissing", record)


def test_text_that_is_no_text_is_not_written(schemas: Schemas) -> None:
    record = missing()
    record["subject"]["languages"] = ["\ud800"]
    with pytest.raises(UnwritableRecord):
        schemas.encode("ChildMissing", record)


def second_version(first: Schema) -> Schema:
    """A ChildMissing with one field more."""
    more = {"name": "times_before", "type": "long", "default": 0}
    source = {**first.source, "fields": [*first.source["fields"], more]}
    parsed = parse_schema(source, named_schemas={})
    assert isinstance(parsed, dict)
    return replace(first, number=1000, version=2, source=source, parsed=parsed)


def test_an_older_version_is_read_in_the_newest_shape(schemas: Schemas, frame: bytes) -> None:
    newer = Schemas((*schemas.published, second_version(schemas.newest("ChildMissing"))))
    assert newer.decode(frame) == ("ChildMissing", {**missing(), "times_before": 0})


def test_records_are_written_with_the_newest_version(schemas: Schemas) -> None:
    second = second_version(schemas.newest("ChildMissing"))
    newer = Schemas((second, *schemas.published))
    record = {**missing(), "times_before": 3}
    written = newer.encode("ChildMissing", record)
    assert written.startswith(second.header)
    assert newer.decode(written) == ("ChildMissing", record)


@pytest.mark.parametrize("altered", [lambda frame: frame[:-1], lambda frame: frame + b"\x00"], ids=["cut", "longer"])
def test_not_even_again_is_anything_read_but_one_whole_record(schemas: Schemas, frame: bytes, altered: Any) -> None:
    with pytest.raises(UnreadableBytes):
        schemas.decode_again(altered(frame))


@given(cut=st.integers(1, 250))
def test_a_frame_cut_short_is_refused(schemas: Schemas, cut: int) -> None:
    frame = schemas.encode("ChildMissing", missing())
    assert refused(schemas, frame[: max(HEADER_BYTES, len(frame) - cut)]) is Unreadable.MALFORMED


@given(tail=st.binary(min_size=1, max_size=50))
def test_bytes_after_the_record_are_refused(schemas: Schemas, tail: bytes) -> None:
    frame = schemas.encode("ChildMissing", missing())
    assert refused(schemas, frame + tail) is Unreadable.TRAILING_BYTES


# The frame of the smallest ChildMissing ends: sex, nationalities, languages, kind, indicators.
END = b"\x06\x00\x00\x02\x00"


@pytest.mark.parametrize(
    ("end", "what"),
    [
        (b"\x06\x00\x00\x01\x00", "a negative index gives the last symbol of an enum"),
        (b"\x06\x00\x00\x82\x00\x00", "a padded number"),
        (b"\x06\x00\x00\x82\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x00", "a number of more than 64 bits"),
        (b"\x06\x00\x00\x02\x01\x02\x4e\x00", "a block that tells its size"),
        (b"\x06\x00\x00\x02\x02\x4e\x02\x4e\x00", "items in more blocks than one"),
    ],
)
def test_what_fastavro_lets_pass_is_refused(schemas: Schemas, frame: bytes, end: bytes, what: str) -> None:
    assert frame.endswith(END), "this test knows how the smallest ChildMissing ends"
    odd = frame.removesuffix(END) + end
    lax = schemaless_reader(io.BytesIO(odd[HEADER_BYTES:]), schemas.newest("ChildMissing").parsed, None)
    assert lax is not None, f"fastavro refuses {what} now"
    assert refused(schemas, odd) is Unreadable.NOT_CANONICAL


def test_a_boolean_of_seven_is_refused(schemas: Schemas) -> None:
    sealed = {"key_id": "", "wrapped_key": b"", "nonce": b"", "ciphertext": b""}
    record = {
        "submission_id": "",
        "source_seq": 0,
        "agency": "police",
        "problems": [],
        "unreadable_missing_report": True,
        "recorded_at": START,
        "sealed": sealed,
    }
    frame = bytearray(schemas.encode("Quarantined", record))
    frame[frame.index(1, HEADER_BYTES)] = 7
    assert refused(schemas, bytes(frame)) is Unreadable.NOT_CANONICAL


def hostile_ends() -> Iterator[bytes]:
    """Counts and lengths of blocks, strings and bytes that promise more than there is, and indexes of nothing."""
    for value in (1 << 20, 1 << 31, 1 << 40, (1 << 62) - 1, -1, -2, -(1 << 40), 1000):
        yield number(value)
        yield number(value) + number(1 << 40) + b"\x00"
        yield number(value) + b"\x00" * 7
    yield LONGEST
    yield b"\xff" * 12
    yield b"\x80" * 40 + b"\x01"


@pytest.mark.parametrize("name", ["ReferralMade", "IntakeRecord", "Receipt", "Quarantined", "CaseUpdated"])
def test_no_end_of_a_frame_takes_memory_or_anything_but_a_refusal(schemas: Schemas, name: str) -> None:
    whole = next(frame_of(schemas, path) for path in EXAMPLES if name_of(path) == name)
    with at_most(MEMORY):
        for place in range(HEADER_BYTES, min(len(whole), 300)):
            for end in hostile_ends():
                assert reads_only_itself(schemas, whole[:place] + end)


@given(st.data())
def test_no_alteration_of_a_frame_is_read_as_anything_but_what_it_is(schemas: Schemas, data: st.DataObject) -> None:
    whole = frame_of(schemas, data.draw(st.sampled_from(EXAMPLES)))
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 20)))
    junk = data.draw(st.binary(max_size=20))
    assert reads_only_itself(schemas, whole[:start] + junk + whole[stop:])


@given(number=st.integers(1, 20), body=st.binary(max_size=400))
def test_no_bytes_are_read_as_anything_but_what_they_are(schemas: Schemas, number: int, body: bytes) -> None:
    assert reads_only_itself(schemas, b"\x00" + number.to_bytes(4, "big") + body)


def test_seven_bytes_could_take_all_memory_if_items_could_be_empty() -> None:
    """Why the rules of schemas/ refuse such items: shown here with a count that a machine survives."""
    parsed = parse_schema({"type": "array", "items": "null"})
    items = schemaless_reader(io.BytesIO(number(1 << 20) + b"\x00"), parsed, None)
    assert isinstance(items, list)
    assert len(items) == 1 << 20


def test_everything_that_a_document_may_claim_fits_into_an_event(schemas: Schemas) -> None:
    record, most = missing(), MAX_LIST
    record["indicators"] = ["registered_at_school_then_disappeared"] * most
    record["subject"] = {
        "identifiers": [{"scheme": "nrm_reference", "value": "x" * 40, "status": "claimed"}] * most,
        "names": [{"text": "\U00020000" * 80, "kind": "alias", "status": "claimed"}] * most,
        "dates_of_birth": [{"value": "2010-01-01", "status": "claimed"}] * most,
        "sex": "unknown",
        "nationalities": ["VN"] * most,
        "languages": ["vi"] * most,
    }
    assert schemas.decode(schemas.encode("ChildMissing", record))[1] == record


@pytest.mark.parametrize("item", [b"\x00\x00\x00", b"\x00\x02x\x00"])
def test_the_fullest_event_stays_within_its_memory(schemas: Schemas, frame: bytes, item: bytes) -> None:
    head = frame.removesuffix(b"\x00\x00\x00" + END)
    count = (schemas.newest("ChildMissing").max_bytes - len(frame) - 10) // len(item)
    full = head + number(count) + item * count + b"\x00" + b"\x00\x00" + END
    with at_most(MEMORY):
        _, record = schemas.decode(full)
    assert len(record["subject"]["identifiers"]) == count


@contextmanager
def at_most(memory: int) -> Iterator[None]:
    """Fails if what stands inside ever holds more than that many bytes."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()


def reads_only_itself(schemas: Schemas, frame: bytes) -> bool:
    """Whether the bytes are refused, or are exactly what their record is written as."""
    try:
        name, record = schemas.decode(frame)
    except UnreadableBytes:
        return True
    return schemas.encode(name, record) == frame
