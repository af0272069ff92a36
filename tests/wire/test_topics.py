"""Topics are what their files declare, and nobody may do what no file says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.core.codes import Sector
from services.core.errors import Misconfigured
from services.core.facts import FACTS
from services.wire import topics as names
from services.wire.topics import Acl, Topic, acls, intake, load_topics, out, topic_of

PLAIN: dict[str, Any] = {
    "topic": "sightings.v1",
    "description": "For a test.",
    "kind": "shared",
    "key": "subject_id",
    "partitions": 4,
    "retention": "forever",
    "schemas": ["lantern.Sighting"],
    "writers": ["police"],
    "readers": ["vault", "operator"],
    "sensitivity": "personal",
}


def declared(**changes: Any) -> Topic:
    return Topic.model_validate({**PLAIN, **changes})


def test_a_topic_that_is_read_or_written_has_exactly_these_permissions() -> None:
    assert acls((declared(),)) == {
        Acl("User:police", "TOPIC", "sightings.v1", "WRITE"),
        Acl("User:vault", "TOPIC", "sightings.v1", "READ"),
        Acl("User:vault", "GROUP", "vault", "READ"),
        Acl("User:operator", "TOPIC", "sightings.v1", "READ"),
        Acl("User:operator", "GROUP", "operator", "READ"),
    }


def test_a_reader_may_use_another_group_where_the_file_says_so() -> None:
    permissions = acls((declared(consumer_groups={"vault": "vault-2"}),))
    assert {acl.name for acl in permissions if acl.resource == "GROUP"} == {"vault-2", "operator"}


@pytest.mark.parametrize(("retention", "milliseconds"), [("forever", -1), ("7d", 604_800_000), ("30d", 2_592_000_000)])
def test_retention_is_for_ever_or_days(retention: str, milliseconds: int) -> None:
    assert declared(retention=retention).retention_ms == milliseconds


@pytest.mark.parametrize(
    "change",
    [
        {"retention": "a week"},
        {"retention": "0d"},
        {"partitions": 0},
        {"kind": "public"},
        {"sensitivity": "secret"},
        {"topic": "Sightings"},
        {"writers": []},
        {"consumer_groups": {"police": "police"}},
        {"note": "unknown field"},
        {"timestamp": "whenever"},
    ],
    ids=str,
)
def test_a_file_that_declares_no_topic_stops_the_start(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "sightings.v1.yaml").write_text(yaml.safe_dump({**PLAIN, **change}))
    with pytest.raises(Misconfigured, match=r"topics/sightings\.v1\.yaml does not declare a topic"):
        load_topics(tmp_path)


def test_a_file_named_after_another_topic_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "seen.v1.yaml").write_text(yaml.safe_dump(PLAIN))
    with pytest.raises(Misconfigured, match="name the file after its topic"):
        load_topics(tmp_path)


def test_every_event_type_goes_to_the_topic_whose_file_names_it(topics: tuple[Topic, ...]) -> None:
    said = {name: topic.topic for topic in topics if topic.kind is names.Kind.SHARED for name in topic.names}
    assert said == {name: topic_of(name) for name in FACTS}


def test_every_topic_that_code_names_is_declared_and_no_other(topics: tuple[Topic, ...]) -> None:
    of_agencies = {of(sector) for of in (intake, names.spoken, names.disclosed, out) for sector in Sector}
    others = {names.SEALED_FACTS, names.QUARANTINE, names.CASE_UPDATES, names.PATTERNS, names.VAULT_DECISIONS}
    others |= {names.AUDIT_CHECKPOINTS, names.LINK_CANDIDATES, names.MATCHING_WEIGHTS, names.ALERTS}
    assert {topic.topic for topic in topics} == {*names.SHARED, *of_agencies, *others}


def test_an_agency_that_does_not_exist_has_no_topic() -> None:
    with pytest.raises(ValueError, match="nobody"):
        intake("nobody")


def test_a_subject_is_topic_and_full_name() -> None:
    assert declared().subjects == ("sightings.v1-lantern.Sighting",)
