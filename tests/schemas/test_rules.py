"""What is published keeps the rules, and each rule falls when it is broken on purpose."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from services.wire.avro import Schemas
from services.wire.topics import Kind, Sensitivity, Topic
from tests.schemas.rules import Source, wrong_evolution, wrong_fields, wrong_topic, wrong_types

Change = Callable[[dict[str, Any]], object]


def changed(source: Source, change: Change) -> dict[str, Any]:
    """A copy of a schema with one thing changed."""
    copy = deepcopy(dict(source))
    change(copy)
    return copy


def field(name: str, kind: Any, label: str = "open", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "sensitivity": label, "doc": "For a test.", **more}


def add(new: dict[str, Any]) -> Change:
    return lambda source: source["fields"].append(new)


def test_every_field_is_labelled_and_explained_and_nothing_free_is_open(sources: Mapping[str, Source]) -> None:
    assert [fault for source in sources.values() for fault in wrong_fields(source)] == []


def test_types_are_safe_to_decode(sources: Mapping[str, Source]) -> None:
    assert [fault for source in sources.values() for fault in wrong_types(source)] == []


def test_no_topic_holds_more_than_it_says(topics: tuple[Topic, ...], sources: Mapping[str, Source]) -> None:
    assert [fault for topic in topics for fault in wrong_topic(topic, sources)] == []


def test_all_versions_of_a_schema_read_each_other(schemas: Schemas) -> None:
    names = {schema.name for schema in schemas.published}
    versions = [[schema.source for schema in schemas.published if schema.name == name] for name in names]
    assert [fault for sources in versions for fault in wrong_evolution(sources)] == []


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ({"name": "note", "type": "long", "doc": "For a test."}, "ChildMissing.note has no label"),
        (field("note", "long", doc=""), "ChildMissing.note has no doc"),
        (field("note", "long", "secret"), "ChildMissing.note has no label"),
        (field("note", "string"), "ChildMissing.note is free and labelled open"),
        (field("note", ["null", "string"]), "ChildMissing.note is free and labelled open"),
        (field("notes", {"type": "array", "items": "string"}), "ChildMissing.notes is free and labelled open"),
        (field("note", "bytes"), "ChildMissing.note is free and labelled open"),
    ],
)
def test_a_field_without_its_label_fails(sources: Mapping[str, Source], new: dict[str, Any], fault: str) -> None:
    assert wrong_fields(changed(sources["ChildMissing"], add(new))) == [fault]


def test_a_field_without_label_fails_however_deep(sources: Mapping[str, Source]) -> None:
    def unlabel(source: dict[str, Any]) -> None:
        del source["fields"][1]["type"]["fields"][0]["type"]["items"]["fields"][1]["sensitivity"]

    broken = changed(sources["ChildMissing"], unlabel)
    assert wrong_fields(broken) == ["ChildMissing.subject.identifiers.value has no label"]


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ({"type": "enum", "name": "E", "symbols": ["deny", "allow"], "default": "deny"}, "enum E defaults to another"),
        ({"type": "enum", "name": "E", "symbols": ["deny"]}, "enum E defaults to another"),
        ({"type": "array", "items": "null"}, "items that take no byte"),
        ({"type": "array", "items": {"type": "record", "name": "R", "fields": []}}, "items that take no byte"),
        (["null", "ChildMissing"], "ChildMissing holds itself"),
        ({"type": "array", "items": "ChildMissing"}, "ChildMissing holds itself"),
    ],
)
def test_a_type_that_is_not_safe_to_decode_fails(sources: Mapping[str, Source], kind: Any, fault: str) -> None:
    (found,) = wrong_types(changed(sources["ChildMissing"], add(field("note", kind))))
    assert found.startswith(fault)


@pytest.mark.parametrize("label", [Sensitivity.NARRATIVE, Sensitivity.LOCATION])
def test_a_shared_topic_with_narrative_or_location_in_clear_fails(
    topics: tuple[Topic, ...], sources: Mapping[str, Source], label: Sensitivity
) -> None:
    topic = next(topic for topic in topics if "ChildMissing" in topic.names)
    broken = {**sources, "ChildMissing": changed(sources["ChildMissing"], add(field("seen_at", "string", label)))}
    assert wrong_topic(topic, broken) == [f"ChildMissing.seen_at is {label} and missing-children.v1 is not"]


@pytest.mark.parametrize("kind", [Kind.SHARED, Kind.PROJECTION, Kind.AUDIT])
def test_a_topic_in_clear_cannot_declare_itself_fit_for_a_location(
    topics: tuple[Topic, ...], sources: Mapping[str, Source], kind: Kind
) -> None:
    topic = topics[0].model_copy(update={"kind": kind, "sensitivity": Sensitivity.LOCATION})
    assert wrong_topic(topic, sources) == [f"{topic.topic} is read in clear and holds location"]


def test_a_topic_that_cannot_take_its_largest_record_fails(
    topics: tuple[Topic, ...], sources: Mapping[str, Source]
) -> None:
    shared = next(topic for topic in topics if topic.kind is Kind.SHARED)
    topic = shared.model_copy(update={"max_message_bytes": 32_768})
    assert f"{topic.topic} does not take the largest {topic.names[0]}" in wrong_topic(topic, sources)


@pytest.mark.parametrize(
    "change",
    [
        add(field("note", ["null", "long"], default=None)),
        lambda source: source["fields"].pop(),
        lambda source: source["fields"][2]["type"]["symbols"].insert(0, "mislaid"),
        lambda source: source.update(doc="Said better."),
    ],
    ids=["a field with a default", "no field that had a default", "a symbol more", "a better doc"],
)
def test_a_change_that_every_reader_survives_is_allowed(sources: Mapping[str, Source], change: Change) -> None:
    source = sources["ChildMissing"]
    assert wrong_evolution([source, changed(source, change)]) == []


@pytest.mark.parametrize(
    "change",
    [
        add(field("note", "long")),
        lambda source: source["fields"].pop(0),
        lambda source: source["fields"][2].update(type="long"),
        lambda source: source["fields"][2]["type"].pop("default") and source["fields"][2]["type"]["symbols"].pop(0),
        lambda source: source.update(name="ChildLost"),
        lambda source: source["fields"][0]["type"]["fields"][8]["type"].update(logicalType="timestamp-millis"),
        lambda source: source["fields"][0]["type"]["fields"][8]["type"].pop("logicalType"),
        lambda source: source["fields"][3].update(sensitivity="open"),
        lambda source: source["fields"][3].update(name="signs", aliases=["indicators"], sensitivity="narrative"),
    ],
    ids=[
        "a field without default",
        "no field that had none",
        "another type",
        "fewer symbols without default",
        "another name",
        "another unit",
        "no unit",
        "a laxer label",
        "an alias that crosses labels",
    ],
)
def test_a_change_that_some_reader_does_not_survive_fails(sources: Mapping[str, Source], change: Change) -> None:
    source = sources["ChildMissing"]
    assert wrong_evolution([source, changed(source, change)]) != []


def test_a_change_is_held_against_every_earlier_version_not_just_the_last(sources: Mapping[str, Source]) -> None:
    first = sources["ChildMissing"]
    second = changed(first, lambda source: source["fields"].pop())
    third = changed(second, add(field("indicators", "long", "personal", default=0)))
    assert wrong_evolution([first, second]) == wrong_evolution([second, third]) == []
    assert wrong_evolution([first, second, third]) != []
