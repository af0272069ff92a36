"""The published examples, in Avro's JSON encoding."""

import io
import json
from pathlib import Path

from fastavro import json_reader

from services.wire.avro import Schemas
from tests.conftest import HOME

EXAMPLES = sorted((HOME / "schemas" / "examples").glob("*/*.json"))


def name_of(path: Path) -> str:
    """The schema that an example is of."""
    return path.parent.name.partition(".")[0]


def frame_of(schemas: Schemas, path: Path) -> bytes:
    """An example as it stands on a topic."""
    name = name_of(path)
    lines = io.StringIO(json.dumps(json.loads(path.read_text("utf-8"))))
    (record,) = json_reader(lines, schemas.newest(name).parsed)
    assert isinstance(record, dict)
    return schemas.encode(name, record)
