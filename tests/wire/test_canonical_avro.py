"""A frame is let through if and only if its record would be written as exactly these bytes."""

import io
from itertools import product
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import given
from hypothesis import strategies as st

from services.core.errors import Misconfigured, Unreadable, UnreadableBytes
from services.wire.avro import HEADER_BYTES, Schemas
from services.wire.canonical_avro import expect_canonical, shape_of
from tests.schemas.examples import EXAMPLES, frame_of, name_of

# Numbers in more bytes than they need or with bits beyond 64, indexes and counts below zero, blocks in pieces.
ODD = [
    b"\x80\x00",
    b"\x82\x00",
    b"\xfe" * 9 + b"\x01",
    b"\xfe" * 9 + b"\x03",
    b"\x80" * 11,
    b"\x80" * 9 + b"\x81\x00",
    b"\x01",
    b"\x03",
    b"\x07",
]
ODD += [b"\x02\x00", b"\x00\x00", b"\x01\x02\x00", b"\x02", b"\x04", b"\x06", b"\xff\x01", b"\xe2\x82\xac", b"\xc0\x80"]
STRETCH = 20
LONG = 250


def parsed(schema: Any) -> Any:
    return parse_schema(schema, named_schemas={})


def record_of(**types: Any) -> Any:
    fields = [{"name": name, "type": kind} for name, kind in types.items()]
    return parsed({"type": "record", "name": "Record", "fields": fields})


def written_again(schema: Any, body: bytes) -> bytes | None:
    """What the record that fastavro reads in these bytes is written as; None where it reads none."""
    out = io.BytesIO()
    try:
        schemaless_writer(out, schema, schemaless_reader(io.BytesIO(body), schema, None), strict=True)
    except (AttributeError, EOFError, IndexError, OverflowError, ValueError):
        return None
    return out.getvalue()


def reason_against(schema: Any, body: bytes) -> Unreadable | None:
    try:
        expect_canonical(shape_of(schema), body, 0)
    except UnreadableBytes as error:
        return error.reason
    return None


def expect_agreement(schema: Any, body: bytes) -> None:
    """What has no value (a text that is no UTF-8, a time beyond the calendar) only a decoder can tell."""
    again = written_again(schema, body)
    if again is not None:
        assert (reason_against(schema, body) is None) == (again == body), body.hex()


@pytest.mark.parametrize("name", ["ReferralMade", "Quarantined", "CaseUpdated", "WeightsAdopted"])
def test_at_no_place_does_an_odd_number_count_or_index_pass(schemas: Schemas, name: str) -> None:
    path = next(path for path in EXAMPLES if name_of(path) == name)
    schema, whole = schemas.newest(name).parsed, frame_of(schemas, path)[HEADER_BYTES:]
    for place in range(min(len(whole), LONG)):
        for odd, taken in product(ODD, (0, 1)):
            expect_agreement(schema, whole[:place] + odd + whole[place + taken :])


@given(st.data())
def test_it_is_let_through_if_and_only_if_it_is_written_so(schemas: Schemas, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(EXAMPLES))
    schema, whole = schemas.newest(name_of(path)).parsed, frame_of(schemas, path)[HEADER_BYTES:]
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + STRETCH)))
    expect_agreement(
        schema, whole[:start] + data.draw(st.sampled_from(ODD) | st.binary(max_size=STRETCH)) + whole[stop:]
    )


@given(st.lists(st.integers(0, 255), max_size=12).map(bytes), st.sampled_from(["long", "string", "boolean", "double"]))
def test_of_a_single_value_too(body: bytes, kind: str) -> None:
    expect_agreement(record_of(value=kind), body)


@pytest.mark.parametrize("value", [0, 1, -1, 63, -64, 64, -65, 2**63 - 1, -(2**63)])
def test_every_number_of_64_bits_is_let_through(value: int) -> None:
    schema, out = record_of(value="long"), io.BytesIO()
    schemaless_writer(out, schema, {"value": value})
    assert reason_against(schema, out.getvalue()) is None


@pytest.mark.parametrize("value", [0.0, -0.0, 1.5, float("inf"), float("nan")])
def test_every_double_is_let_through(value: float) -> None:
    schema, out = record_of(value="double", beside="string"), io.BytesIO()
    schemaless_writer(out, schema, {"value": value, "beside": "x"})
    assert reason_against(schema, out.getvalue()) is None


def test_a_number_whose_tenth_byte_goes_on_is_refused() -> None:
    assert reason_against(record_of(value="long"), b"\x80" * 9 + b"\x81") is Unreadable.NOT_CANONICAL


class Counted(bytes):
    """Bytes that know how many of them were looked at."""

    looked_at = 0

    def __getitem__(self, place: Any) -> Any:
        self.looked_at += 1
        return super().__getitem__(place)


def test_a_number_without_end_is_refused_at_its_tenth_byte() -> None:
    endless = Counted(b"\xff" * 1_000)
    assert reason_against(record_of(value="long"), endless) is Unreadable.NOT_CANONICAL
    assert endless.looked_at == 10


def test_a_block_that_tells_its_size_is_refused_as_such() -> None:
    strings = record_of(value={"type": "array", "items": "string"})
    assert reason_against(strings, b"\x01\x00\x00\x00") is Unreadable.NOT_CANONICAL


@pytest.mark.parametrize("size", [1 << 20, 1 << 62])
def test_a_length_beyond_the_end_is_refused(size: int) -> None:
    out = io.BytesIO()
    schemaless_writer(out, record_of(value="long"), {"value": size})
    assert reason_against(record_of(value="string"), out.getvalue()) is Unreadable.MALFORMED


@pytest.mark.parametrize(
    "kind",
    [
        "null",
        "float",
        {"type": "map", "values": "string"},
        {"type": "fixed", "name": "Fixed", "size": 4},
        ["string", "null"],
        ["null", "string", "long"],
        {"type": "array", "items": {"type": "record", "name": "Nothing", "fields": []}},
        {"type": "enum", "name": "Many", "symbols": [f"S{number}" for number in range(65)]},
    ],
)
def test_a_type_that_it_does_not_know_is_refused_when_schemas_are_loaded(kind: Any) -> None:
    with pytest.raises(Misconfigured):
        shape_of(record_of(value=kind))
