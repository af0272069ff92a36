"""Avro in Confluent framing, behind a guard: fastavro alone is not a parser for hostile bytes (design section 3).

A frame is a zero byte, the schema's id (4 bytes, big-endian) and one record. The size is capped before anything is
decoded, and the bytes must be the one way in which the record is written, which refuses what fastavro lets pass:
negative indexes of enums and unions, padded numbers, blocks cut in pieces, booleans of seven.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from fastavro import parse_schema, schemaless_reader, schemaless_writer

from services.core.errors import BadData, Misconfigured, Unreadable, UnreadableBytes
from services.wire.canonical_avro import expect_canonical, shape_of

Record = dict[str, Any]

HEADER_BYTES = 5
NAMESPACE = "lantern"

# What fastavro was seen to raise on hostile bytes. AttributeError: a negative index into a union.
_MALFORMED = (AttributeError, EOFError, IndexError, OverflowError, ValueError)
# What fastavro was seen to raise on values that do not fit.
_UNFIT = (AttributeError, KeyError, OverflowError, TypeError, ValueError)


class UnwritableRecord(BadData):
    """This record does not fit its schema, or is too large: it was not written, and nothing was sent."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One published schema: `number` is its id in the ledger, `max_bytes` the largest frame that is read or written."""

    number: int
    name: str
    version: int
    max_bytes: int
    source: Record
    parsed: Record

    @property
    def header(self) -> bytes:
        return b"\x00" + self.number.to_bytes(HEADER_BYTES - 1, "big")


class Schemas:
    """Every published schema, by name (newest) and by the header of its frames; names are without namespace."""

    def __init__(self, schemas: Iterable[Schema]) -> None:
        self._by_header = {schema.header: schema for schema in schemas}
        self._shapes = {header: shape_of(schema.parsed) for header, schema in self._by_header.items()}
        self._newest: dict[str, Schema] = {}
        for schema in sorted(self._by_header.values(), key=lambda one: one.version):
            self._newest[schema.name] = schema

    @property
    def published(self) -> tuple[Schema, ...]:
        return tuple(self._by_header.values())

    def newest(self, name: str) -> Schema:
        """The schema that records of this name are written with.

        Raises:
            Misconfigured: no schema of that name is published.
        """
        try:
            return self._newest[name]
        except KeyError:
            raise Misconfigured(f"No schema named {name} is in schemas/ledger.json. Publish it there first.") from None

    def encode(self, name: str, record: Record) -> bytes:
        """One frame, written with the newest schema of that name.

        Raises:
            UnwritableRecord: a field is missing, unknown or of another type, or the frame would be too large.
        """
        schema = self.newest(name)
        frame = _written(schema, record)
        if frame is None or len(frame) > schema.max_bytes:
            raise UnwritableRecord(
                f"A {name} does not fit its schema or is over {schema.max_bytes} bytes: not written."
            )
        return frame

    def decode(self, frame: bytes, expected: Collection[str] | None = None) -> tuple[str, Record]:
        """The name and the record of one frame, in the shape of the newest schema of that name.

        Raises:
            UnreadableBytes: these are not exactly the bytes that one record of an expected schema is written as.
        """
        schema = self._schema_of(frame, expected)
        expect_canonical(self._shapes[frame[:HEADER_BYTES]], frame, HEADER_BYTES)
        return schema.name, self._in_newest_shape(schema, frame, _read(schema, frame))

    def decode_again(self, frame: bytes, expected: Collection[str] | None = None) -> tuple[str, Record]:
        """The same of a frame that `decode` has read before it was kept or passed on, for less work.

        Raises:
            UnreadableBytes: it is not one whole record of an expected schema.
        """
        schema = self._schema_of(frame, expected)
        return schema.name, self._in_newest_shape(schema, frame, _read(schema, frame))

    def name_of(self, frame: bytes) -> str | None:
        """What a frame says that it is, for those who pass over most; nothing of it has been read yet."""
        schema = self._by_header.get(frame[:HEADER_BYTES])
        return schema.name if schema else None

    def _in_newest_shape(self, schema: Schema, frame: bytes, record: Record) -> Record:
        newest = self._newest[schema.name]
        if schema is newest:
            return record
        return cast("Record", schemaless_reader(_body(frame), schema.parsed, newest.parsed))

    def _schema_of(self, frame: bytes, expected: Collection[str] | None) -> Schema:
        schema = self._by_header.get(frame[:HEADER_BYTES])
        if schema is None:
            framed = len(frame) >= HEADER_BYTES and frame[0] == 0
            raise UnreadableBytes(Unreadable.UNKNOWN_SCHEMA if framed else Unreadable.NOT_FRAMED)
        if len(frame) > schema.max_bytes:
            raise UnreadableBytes(Unreadable.TOO_LARGE)
        if expected is not None and schema.name not in expected:
            raise UnreadableBytes(Unreadable.UNEXPECTED_SCHEMA)
        return schema


def load_schemas(home: Path) -> Schemas:
    """Every schema of `home`/schemas/ledger.json.

    Raises:
        Misconfigured: a file is missing or is not the one that was published.
    """
    folder = home / "schemas"
    ledger = json.loads((folder / "ledger.json").read_text("utf-8"))
    return Schemas(_load(folder, int(number), entry) for number, entry in ledger.items())


def fingerprint(source: Mapping[str, Any]) -> str:
    """SHA-256 of a schema's canonical JSON: labels and docs count, spaces do not."""
    canonical = json.dumps(source, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _load(folder: Path, number: int, entry: Mapping[str, Any]) -> Schema:
    path = folder / entry["file"]
    if not path.is_file():
        raise Misconfigured(f"{path.name} is in schemas/ledger.json but not in {folder}. Restore it.")
    source = json.loads(path.read_text("utf-8"))
    if fingerprint(source) != entry["sha256"]:
        raise Misconfigured(
            f"{path.name} is not the schema that was published under id {number}. Publish a new version."
        )
    return Schema(
        number=number,
        name=entry["name"].removeprefix(f"{NAMESPACE}."),
        version=entry["version"],
        max_bytes=source["max_bytes"],
        source=source,
        parsed=cast("Record", parse_schema(source, named_schemas={})),
    )


def _body(frame: bytes) -> BytesIO:
    body = BytesIO(frame)
    body.seek(HEADER_BYTES)
    return body


def _read(schema: Schema, frame: bytes) -> Record:
    """Raised outside the handler, so that no error of fastavro's, which may quote the bytes, hangs on ours."""
    body, reason = _body(frame), Unreadable.TRAILING_BYTES
    try:
        record = cast("Record", schemaless_reader(body, schema.parsed, None))
    except _MALFORMED:
        reason = Unreadable.MALFORMED
    else:
        if body.tell() == len(frame):
            return record
    raise UnreadableBytes(reason)


def _written(schema: Schema, record: Record) -> bytes | None:
    """None if the record does not fit: fastavro's errors quote values, so none of them leaves this function."""
    out = BytesIO()
    out.write(schema.header)
    try:
        schemaless_writer(out, schema.parsed, record, strict=True)
    except _UNFIT:
        return None
    return out.getvalue()
