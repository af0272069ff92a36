"""The rules of schemas/, as functions from schemas to what is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations
from typing import Any

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import make_avsc_object

from services.wire.topics import Kind, Sensitivity, Topic

Source = Mapping[str, Any]

LEVELS = list(Sensitivity)
IN_CLEAR = (Kind.SHARED, Kind.PROJECTION, Kind.AUDIT)
# What Kafka adds around a frame: key, headers, the batch's own head.
AROUND_A_FRAME = 2048


def wrong_fields(source: Source) -> list[str]:
    """Fields without doc or label, and open fields whose text or bytes could say anything."""
    wrong = []
    for path, field in fields_of(source):
        if not field.get("doc"):
            wrong.append(f"{path} has no doc")
        if field.get("sensitivity") not in {level.value for level in LEVELS}:
            wrong.append(f"{path} has no label")
        if field.get("sensitivity") == Sensitivity.OPEN and not {"string", "bytes"}.isdisjoint(_plain(field["type"])):
            wrong.append(f"{path} is free and labelled open")
    return wrong


def wrong_types(source: Source) -> list[str]:
    """Enums whose default is not their last symbol, recursive types, and items that take no byte."""
    enums = [kind for kind in _types(source) if kind.get("type") == "enum"]
    wrong = [f"enum {kind['name']} defaults to another symbol than its last" for kind in enums if _not_last(kind)]
    arrays = [kind for kind in _types(source) if kind.get("type") in {"array", "map"}]
    wrong += ["items that take no byte can take all memory" for kind in arrays if _empty(kind)]
    wrong += [f"{name} holds itself" for name in _recursive(source, ())]
    return wrong


def wrong_topic(topic: Topic, sources: Mapping[str, Source]) -> list[str]:
    """Labels above what the topic may hold in clear, and frames that it would not take."""
    wrong = []
    if topic.kind in IN_CLEAR and topic.sensitivity not in {Sensitivity.OPEN, Sensitivity.PERSONAL}:
        wrong.append(f"{topic.topic} is read in clear and holds {topic.sensitivity}")
    for name in topic.names:
        for path, field in fields_of(sources[name]):
            if LEVELS.index(Sensitivity(field["sensitivity"])) > LEVELS.index(topic.sensitivity):
                wrong.append(f"{path} is {field['sensitivity']} and {topic.topic} is not")
        if sources[name]["max_bytes"] + AROUND_A_FRAME > topic.max_message_bytes:
            wrong.append(f"{topic.topic} does not take the largest {name}")
    return wrong


def wrong_evolution(versions: Iterable[Source]) -> list[str]:
    """Pairs of versions that do not read each other (FULL_TRANSITIVE), and names or aliases whose label changed."""
    return [fault for reader, writer in permutations(versions, 2) for fault in _cannot_read(reader, writer)]


def fields_of(kind: Any, path: str = "") -> Iterator[tuple[str, Source]]:
    """Every field of a schema, however deep, with its path."""
    if isinstance(kind, list):
        for branch in kind:
            yield from fields_of(branch, path)
    elif isinstance(kind, Mapping) and kind.get("type") == "record":
        for field in kind["fields"]:
            here = f"{path}.{field['name']}" if path else f"{kind['name']}.{field['name']}"
            yield here, field
            yield from fields_of(field["type"], here)
    elif isinstance(kind, Mapping):
        yield from fields_of(kind.get("items", kind.get("values")), path)


def _cannot_read(reader: Source, writer: Source) -> Iterator[str]:
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # its constructor has no annotations
    result = checker.get_compatibility(make_avsc_object(reader), make_avsc_object(writer))
    if result.compatibility is not SchemaCompatibilityType.compatible:
        yield from sorted(result.messages)
    before = dict(fields_of(writer))
    for path, field in fields_of(reader):
        stem = path.rpartition(".")[0]
        for name in (field["name"], *field.get("aliases", ())):
            old = before.get(f"{stem}.{name}", field)
            if old["sensitivity"] != field["sensitivity"]:
                yield f"{path} was {name} and has another label"
            if _logical(old["type"]) != _logical(field["type"]):
                yield f"{path} was {name} and means another kind of number"


def _types(kind: Any) -> Iterator[Source]:
    if isinstance(kind, list):
        for branch in kind:
            yield from _types(branch)
    elif isinstance(kind, Mapping):
        yield kind
        for inner in (*(field["type"] for field in kind.get("fields", ())), kind.get("items"), kind.get("values")):
            yield from _types(inner)


def _plain(kind: Any) -> set[str]:
    """The names of primitive types that a field can hold, itself or as items."""
    if isinstance(kind, list):
        return set().union(*map(_plain, kind))
    if isinstance(kind, Mapping) and kind["type"] in {"array", "map"}:
        return _plain(kind.get("items", kind.get("values")))
    return {kind["type"] if isinstance(kind, Mapping) else kind}


def _not_last(enum: Source) -> bool:
    return bool(enum.get("default") != enum["symbols"][-1])


def _empty(array: Source) -> bool:
    items = array.get("items")
    return items == "null" or (isinstance(items, Mapping) and items.get("fields") == [])


def _recursive(kind: Any, inside: tuple[str, ...]) -> Iterator[str]:
    if isinstance(kind, str) and kind in inside:
        yield kind
    elif isinstance(kind, list):
        for branch in kind:
            yield from _recursive(branch, inside)
    elif isinstance(kind, Mapping):
        deeper = (*inside, kind["name"]) if kind.get("type") == "record" else inside
        for inner in (*(field["type"] for field in kind.get("fields", ())), kind.get("items"), kind.get("values")):
            yield from _recursive(inner, deeper)


def _logical(kind: Any) -> set[str]:
    return {inner["logicalType"] for inner in _types(kind) if "logicalType" in inner}
