"""A message is shown as plain JSON, whatever it holds."""

import json
from pathlib import Path

import pytest

from services.wire.avro import Schemas
from services.wire.plain import plain
from tests.schemas.examples import EXAMPLES, frame_of, name_of


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_message_is_shown_as_json(schemas: Schemas, path: Path) -> None:
    shown = plain(schemas, frame_of(schemas, path))
    assert json.loads(json.dumps(shown))["type"] == name_of(path)


def test_events_inside_a_case_are_shown_decoded(schemas: Schemas) -> None:
    path = next(path for path in EXAMPLES if name_of(path) == "CaseUpdated")
    entry = plain(schemas, frame_of(schemas, path))["record"]["entries"][0]
    assert entry["event"]["type"] == "ChildMissing"
    assert entry["event"]["record"]["kind"] == "missing"


def test_bytes_are_base64_and_times_iso_8601(schemas: Schemas) -> None:
    path = next(path for path in EXAMPLES if name_of(path) == "SealedFact")
    record = plain(schemas, frame_of(schemas, path))["record"]
    assert record["recorded_at"] == "2026-03-02T09:30:00+00:00"
    assert record["sealed"]["nonce"] == "AAAAAAAAAAAAAAAA"


def test_what_cannot_be_read_is_shown_as_unreadable(schemas: Schemas) -> None:
    assert plain(schemas, b"junk") == {"unreadable": "not_framed"}
