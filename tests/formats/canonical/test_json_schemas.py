"""The published JSON Schemas are those of the code, and say the same as it does."""

import json

import pytest
from jsonschema import Draft202012Validator

from services.formats.canonical.schemas import json_schemas
from tests.formats.documents import EVENTS, FOLDER, example, without


def schema(event: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / f"{event}.schema.json").read_text("utf-8")))


def test_the_published_schemas_are_those_of_the_code() -> None:
    published = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.schema.json")}
    assert published == json_schemas(), "write them again: .venv/bin/python tests/formats/write_json_schemas.py"


@pytest.mark.parametrize("event", EVENTS)
def test_every_schema_is_a_schema(event: str) -> None:
    Draft202012Validator.check_schema(schema(event).schema)


@pytest.mark.parametrize("event", EVENTS)
def test_every_example_is_as_its_schema_says(event: str) -> None:
    schema(event).validate(example(event))


@pytest.mark.parametrize("event", EVENTS)
def test_a_schema_refuses_what_the_format_does_not_have(event: str) -> None:
    assert not schema(event).is_valid(example(event, zz=1))
    assert not schema(event).is_valid(without(example(event), "key"))
    assert not schema(event).is_valid(example(event, fact__zz=1))
    assert not schema(event).is_valid(example(event, location__street="Street 1"))
