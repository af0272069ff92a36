"""Every schema has examples; every version of its name reads each of them."""

import io
from pathlib import Path

import pytest
from fastavro import schemaless_reader

from services.core.facts import FACTS
from services.wire.avro import HEADER_BYTES, Schemas
from services.wire.records import from_record, to_record
from tests.schemas.examples import EXAMPLES, frame_of, name_of


def test_every_version_of_every_schema_has_an_example(schemas: Schemas) -> None:
    published = {f"{schema.name}.v{schema.version}" for schema in schemas.published}
    assert published == {path.parent.name for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_version_reads_an_example(schemas: Schemas, path: Path) -> None:
    name, frame = name_of(path), frame_of(schemas, path)
    for reader in schemas.published:
        if reader.name == name:
            schemaless_reader(io.BytesIO(frame[HEADER_BYTES:]), schemas.newest(name).parsed, reader.parsed)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_read_once_reads_again_as_the_same(schemas: Schemas, path: Path) -> None:
    frame = frame_of(schemas, path)
    assert schemas.decode_again(frame) == schemas.decode(frame)


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if name_of(path) in FACTS], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_an_example_of_an_event_is_an_event_of_the_core(schemas: Schemas, path: Path) -> None:
    frame = frame_of(schemas, path)
    event = from_record(*schemas.decode(frame))
    assert schemas.encode(event.type, to_record(event)) == frame
