"""The JSON Schemas of what agencies send, as they read them: made from the models that read it."""

import json

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.formats import police_contact, police_missing, referral_form, ukba_port, ukba_screening
from services.formats.canonical.documents import models
from services.formats.fhir.resources import READ, Bundle

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMS = (police_missing.KIND, police_contact.KIND, ukba_port.KIND, ukba_screening.KIND, referral_form.KIND)


def json_schemas() -> dict[str, str]:
    """The text of each schema, by its file's path in schemas/json/: those of events, of forms, and of FHIR messages."""
    events = {f"{name}.schema.json": _text(model.model_json_schema()) for name, model in models().items()}
    forms = {f"forms/{kind.name.split('/')[0]}.schema.json": _text(kind.model.model_json_schema()) for kind in FORMS}
    return events | forms | {"forms/fhir-message.schema.json": _text(_bundle())}


def _bundle() -> dict[str, object]:
    """What is read of a bundle, and of a resource by its type; everything else in them is allowed."""
    kinds: list[type[BaseModel]] = [Bundle, *READ.values()]
    _, schema = models_json_schema([(kind, "validation") for kind in kinds], by_alias=True)
    of_types = [
        {
            "if": {"properties": {"resourceType": {"const": name}}},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for name in READ
    ]
    schema["$defs"]["Entry"]["properties"]["resource"] |= {"required": ["resourceType"], "allOf": of_types}
    return {"$ref": "#/$defs/Bundle", **schema}


def _text(schema: dict[str, object]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=2) + "\n"
