"""The published JSON Schemas are those of the code, and say the same as it does."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.formats.schemas import FORMS, json_schemas
from tests.formats.documents import EVENTS, FOLDER, without

FORM_NAMES = [kind.name.split("/", maxsplit=1)[0] for kind in FORMS]
FHIR = "forms/fhir-message"
STRICT = [*EVENTS, *(f"forms/{name}" for name in FORM_NAMES)]
FACT = dict.fromkeys(EVENTS, "fact") | {f"forms/{name}": "child" for name in FORM_NAMES}


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")))


def example(name: str) -> dict[str, Any]:
    path = FOLDER / name
    document: dict[str, Any] = json.loads((path.parent / "examples" / f"{path.name}.json").read_text("utf-8"))
    return document


def test_the_published_schemas_are_those_of_the_code() -> None:
    published = {
        str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.schema.json"))
    }
    assert published == json_schemas(), "write them again: .venv/bin/python tests/formats/write_json_schemas.py"


def test_every_example_has_its_schema() -> None:
    assert sorted(path.stem for path in (FOLDER / "forms" / "examples").glob("*.json")) == sorted(
        [*FORM_NAMES, "fhir-message"]
    )


@pytest.mark.parametrize("name", [*STRICT, FHIR])
def test_every_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name).schema)


@pytest.mark.parametrize("name", [*STRICT, FHIR])
def test_every_example_is_as_its_schema_says(name: str) -> None:
    schema(name).validate(example(name))


@pytest.mark.parametrize("name", STRICT)
def test_a_schema_refuses_what_the_format_does_not_have(name: str) -> None:
    changed = example(name)
    key = "key" if "key" in changed else "reference"
    assert not schema(name).is_valid(changed | {"zz": 1})
    assert not schema(name).is_valid(without(changed, key))
    assert not schema(name).is_valid(changed | {FACT[name]: {**changed.get(FACT[name], {}), "zz": 1}})
    assert not schema(name).is_valid(changed | {"location": {"street": "Street 1"}})


@pytest.mark.parametrize(("name", "value"), [("gender", "f"), ("birthDate", 2011), ("name", [{"given": "Givenname"}])])
def test_the_schema_of_a_message_refuses_a_patient_that_the_format_does_not_read(name: str, value: Any) -> None:
    message = example(FHIR)
    (patient,) = (each["resource"] for each in message["entry"] if each["resource"]["resourceType"] == "Patient")
    patient[name] = value
    assert not schema(FHIR).is_valid(message)
