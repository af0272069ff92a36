"""Every schema has examples, in Avro's JSON encoding; every version of its name reads each of them."""

import io
import json
from pathlib import Path

import pytest
from fastavro import json_reader, schemaless_reader

from services.core.facts import FACTS
from services.wire.avro import HEADER_BYTES, Schemas
from services.wire.records import from_record, to_record
from tests.schemas.conftest import HOME

EXAMPLES = sorted((HOME / "schemas" / "examples").glob("*/*.json"))


def read(schemas: Schemas, path: Path) -> tuple[str, bytes]:
    """An example's schema name and its frame."""
    name, _, _ = path.parent.name.partition(".")
    lines = io.StringIO(json.dumps(json.loads(path.read_text("utf-8"))))
    (record,) = json_reader(lines, schemas.newest(name).parsed)
    assert isinstance(record, dict)
    return name, schemas.encode(name, record)


def test_every_version_of_every_schema_has_an_example(schemas: Schemas) -> None:
    published = {f"{schema.name}.v{schema.version}" for schema in schemas.published}
    assert published == {path.parent.name for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_version_reads_an_example(schemas: Schemas, path: Path) -> None:
    name, frame = read(schemas, path)
    writer = schemas.newest(name)
    for reader in schemas.published:
        if reader.name == name:
            schemaless_reader(io.BytesIO(frame[HEADER_BYTES:]), writer.parsed, reader.parsed)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_of_an_event_is_an_event_of_the_core(schemas: Schemas, path: Path) -> None:
    name, frame = read(schemas, path)
    if name in FACTS:
        event = from_record(*schemas.decode(frame))
        assert schemas.encode(event.type, to_record(event)) == frame
