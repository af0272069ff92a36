"""What strict readers of JSON share: where a document stood, and what is wrong in it by path and reason, no value."""

import copy
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.core.statements import Problem, ProblemReason
from services.formats.cut import MAX_RECORD_ITEMS, MAX_ROW, REASONS, TABLE

Path = tuple[int | str, ...]
Wrong = tuple[Path, ProblemReason]

INDEX = re.compile(r"\[[0-9]+\]")
_OF_PYDANTIC = {
    "missing": ProblemReason.MISSING_FIELD,
    "extra_forbidden": ProblemReason.UNKNOWN_FIELD,
    "enum": ProblemReason.UNKNOWN_CODE,
    "literal_error": ProblemReason.UNKNOWN_CODE,
    "string_too_long": ProblemReason.TOO_LONG,
    "too_long": ProblemReason.TOO_LONG,
    **REASONS,
}


class CutDocument(BaseModel):
    """One document and where it stood, as `cut_documents` makes it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    table: Annotated[str, Field(pattern=f"^{TABLE.pattern}$")]
    row: Annotated[int, Field(ge=1, le=MAX_ROW)]
    document: dict[str, Any]


class CutRecord(BaseModel):
    """One child's documents, as `cut_documents` makes them."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    documents: Annotated[list[CutDocument], Field(min_length=1, max_length=MAX_RECORD_ITEMS)]


def wrongs_of(error: ValidationError) -> list[Wrong]:
    """Everything that a model found wrong, by path and reason."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [(wrong["loc"], _OF_PYDANTIC.get(wrong["type"], ProblemReason.MALFORMED)) for wrong in found]


def json_path(path: Path, names: Collection[str]) -> str | None:
    """Where in a document, as "subject.names[0].text"; a word that is not a field's name is a value, and left out."""
    known = (part for part in path if isinstance(part, int) or part in names)
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in known)
    return text.removeprefix(".") or None


def as_json(document: Mapping[str, object]) -> bytes | None:
    """The document as JSON text, or None if it is nested too deeply or holds text that is not Unicode."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:
        return None


def field_names(*shapes: type[BaseModel]) -> frozenset[str]:
    """Every name by which these models, and the models in them, call a field in JSON."""
    found: set[str] = set()
    for shape in shapes:
        schema = shape.model_json_schema(by_alias=True)
        parts = (schema, *schema.get("$defs", {}).values())
        found |= {name for part in parts for name in part.get("properties", {})}
    return frozenset(found)


def problems_of(
    place: CutDocument,
    wrongs: list[Wrong],
    names: Collection[str],
    reports_missing: Callable[[Mapping[str, object]], bool],
) -> tuple[Problem, ...]:
    """The problems of a document that could not be read; each says whether a missing report may be lost with it."""
    alarm = bool(wrongs) and reports_missing(place.document)
    return tuple(
        Problem(place.table, place.row, json_path(path, names), reason, missing_report=alarm) for path, reason in wrongs
    )


def without(document: Mapping[str, object], paths: Sequence[Path]) -> dict[str, object]:
    """The document without what stands at these paths; of lists, without the items in which something is wrong."""
    spared = copy.deepcopy(dict(document))
    up_to_item = {path[: _first_index(path) + 1] for path in paths}
    for path in sorted(up_to_item, key=lambda path: [str(part).zfill(9) for part in path], reverse=True):
        _remove(spared, path)
    return spared


def _first_index(path: Path) -> int:
    return next((place for place, part in enumerate(path) if isinstance(part, int)), len(path))


def _remove(value: object, path: Path) -> None:
    match path, value:
        case (name,), dict():
            value.pop(name, None)
        case (int(place),), list() if place < len(value):
            del value[place]
        case (name, *rest), dict() if name in value:
            _remove(value[name], tuple(rest))
