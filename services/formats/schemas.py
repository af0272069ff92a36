"""The JSON Schemas of what agencies send, as they read them: made from the models that read it."""

import json

from pydantic import BaseModel

from services.formats import police_contact, police_missing, referral_form, ukba_port, ukba_screening
from services.formats.canonical.documents import models

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMS = (police_missing.KIND, police_contact.KIND, ukba_port.KIND, ukba_screening.KIND, referral_form.KIND)


def json_schemas() -> dict[str, str]:
    """The text of each schema, by its file's path in schemas/json/: events first, then forms by name."""
    forms = {f"forms/{kind.name.split('/')[0]}.schema.json": _text(kind.model) for kind in FORMS}
    return {f"{name}.schema.json": _text(model) for name, model in models().items()} | forms


def _text(model: type[BaseModel]) -> str:
    schema = {"$schema": DIALECT, **model.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
