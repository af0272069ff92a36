"""The ledger: every schema has one id for ever, and no published schema changes unnoticed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.core.errors import Misconfigured
from services.wire.avro import NAMESPACE, Schemas, fingerprint, load_schemas
from services.wire.topics import Topic
from tests.conftest import HOME

# How many ids there were, and the fingerprint of their lines; a release adds a line here and changes none.
PINNED = {
    20: "659cef7a6c6181a0ac35e79bbbe7632a2fb2496d521dd4849b302ec039bafd03",
    36: "ac9995b77f14e7d5710f029becc73e24cc186ae0618b3adfdcc6e21ffd9bc858",
}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A home with its own copy of schemas/, to be broken."""
    shutil.copytree(HOME / "schemas", tmp_path / "schemas")
    return tmp_path


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def test_every_schema_file_is_published_once() -> None:
    ledger = json.loads((HOME / "schemas" / "ledger.json").read_text("utf-8"))
    files = sorted(entry["file"] for entry in ledger.values())
    assert files == sorted(path.name for path in (HOME / "schemas").glob("*.avsc"))


def test_ids_are_whole_numbers_in_the_order_in_which_they_were_allotted() -> None:
    ledger = json.loads((HOME / "schemas" / "ledger.json").read_text("utf-8"))
    assert [int(number) for number in ledger] == list(range(1, len(ledger) + 1))


def test_ids_once_allotted_stay_what_they_were() -> None:
    """Pinned once more here: whoever edits a published schema and its line in the ledger is asked a third time."""
    ledger = json.loads((HOME / "schemas" / "ledger.json").read_text("utf-8"))
    for count, pinned in PINNED.items():
        assert fingerprint({str(number): ledger[str(number)] for number in range(1, count + 1)}) == pinned


def test_a_file_is_named_after_its_schema_and_version(schemas: Schemas) -> None:
    ledger = json.loads((HOME / "schemas" / "ledger.json").read_text("utf-8"))
    for schema in schemas.published:
        entry = ledger[str(schema.number)]
        assert entry["file"] == f"{schema.name}.v{schema.version}.avsc"
        assert entry["name"] == f"{schema.source['namespace']}.{schema.source['name']}" == f"{NAMESPACE}.{schema.name}"


def test_versions_of_a_schema_are_counted_from_one(schemas: Schemas) -> None:
    for name in {schema.name for schema in schemas.published}:
        versions = sorted(schema.version for schema in schemas.published if schema.name == name)
        assert versions == list(range(1, len(versions) + 1))


def test_every_schema_has_a_topic_and_every_topic_has_schemas(schemas: Schemas, topics: tuple[Topic, ...]) -> None:
    published = {schema.name for schema in schemas.published}
    assert published == {name for topic in topics for name in topic.names}


@pytest.mark.parametrize(
    "change",
    [
        lambda source: source["fields"][3].update(sensitivity="open"),
        lambda source: source["fields"][3].update(doc="Something else."),
        lambda source: source["fields"].pop(),
        lambda source: source.update(max_bytes=2**30),
    ],
    ids=["a label", "a doc", "a field", "a size"],
)
def test_a_silent_edit_of_a_published_schema_is_refused(copied: Path, change: Callable[[Any], object]) -> None:
    edit(copied / "schemas" / "ChildMissing.v1.avsc", change)
    with pytest.raises(Misconfigured, match=r"ChildMissing\.v1\.avsc is not the schema that was published under id 3"):
        load_schemas(copied)


def test_a_published_schema_that_is_gone_is_refused(copied: Path) -> None:
    (copied / "schemas" / "ChildMissing.v1.avsc").unlink()
    with pytest.raises(Misconfigured, match=r"ChildMissing\.v1\.avsc is in schemas/ledger\.json but not in"):
        load_schemas(copied)


def test_spaces_and_order_in_a_schema_file_do_not_count(copied: Path, schemas: Schemas) -> None:
    edit(copied / "schemas" / "ChildMissing.v1.avsc", lambda source: source.update(doc=source.pop("doc")))
    assert load_schemas(copied).newest("ChildMissing").source == schemas.newest("ChildMissing").source


def test_a_name_that_nobody_published_is_said_so(schemas: Schemas) -> None:
    with pytest.raises(Misconfigured, match="No schema named ChildLost"):
        schemas.newest("ChildLost")
