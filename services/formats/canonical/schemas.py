"""The JSON Schemas of canonical documents, as agencies read them: made from the models that read the documents."""

import json

from services.formats.canonical.documents import models

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas() -> dict[str, str]:
    """The text of each schema, by its file's name in schemas/json/."""
    return {f"{name}.schema.json": _text(name) for name in models()}


def _text(name: str) -> str:
    schema = {"$schema": DIALECT, **models()[name].model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
