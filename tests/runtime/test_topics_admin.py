"""Kafka has the topics and permissions that are declared, and no permission more."""

from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from services.core.errors import Unavailable
from services.runtime import topics_admin
from services.runtime.topics_admin import Act, Difference
from services.wire.topics import Topic
from tests.runtime.secured_kafka import SecuredKafka

ONE = Topic.model_validate(
    {
        "topic": "tests.one.v1",
        "description": "For tests.",
        "kind": "shared",
        "key": "subject_id",
        "partitions": 2,
        "retention": "7d",
        "timestamp": "LogAppendTime",
        "max_message_bytes": 131_072,
        "schemas": ["lantern.Sighting"],
        "writers": ["police"],
        "readers": ["vault"],
        "sensitivity": "personal",
    }
)
TWO = ONE.model_copy(update={"topic": "tests.two.v1", "retention": "forever", "readers": ("vault", "operator")})
DECLARED = (ONE, TWO)


@pytest.fixture
def admin(spare_kafka: SecuredKafka, topics: tuple[Topic, ...]) -> Iterator[AdminClient]:
    """An administrator of a cluster where these two topics are all that is declared; put back at the end."""
    client = spare_kafka.admin()
    topics_admin.apply(client, DECLARED)
    yield client
    left = [name for name in client.list_topics().topics if name.startswith("tests.")]
    done(client.delete_topics(left))
    topics_admin.apply(client, topics)


def done(futures: Any) -> None:
    for future in futures.values():
        future.result(30)


def acts(found: tuple[Difference, ...]) -> list[Act]:
    return [difference.act for difference in found]


def ours(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """Without the hub's own topics."""
    return tuple(difference for difference in found if "tests." in difference.sentence)


def acl(
    name: str, pattern: ResourcePatternType, operation: AclOperation, principal: str = "User:operator"
) -> AclBinding:
    return AclBinding(ResourceType.TOPIC, name, pattern, principal, "*", operation, AclPermissionType.ALLOW)


def test_a_topic_that_is_missing_is_found_with_its_permissions(spare_kafka: SecuredKafka) -> None:
    found = topics_admin.check(spare_kafka.admin(), (ONE,))
    assert acts(ours(found)) == [Act.CREATE, Act.GRANT, Act.GRANT]


def test_applied_twice_it_finds_nothing_to_do(admin: AdminClient) -> None:
    assert ours(topics_admin.apply(admin, DECLARED)) == ()
    assert ours(topics_admin.check(admin, DECLARED)) == ()


def test_topics_have_the_settings_that_are_declared(admin: AdminClient) -> None:
    (answer,) = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, ONE.topic)]).values()
    settings = {name: entry.value for name, entry in answer.result(30).items()}
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert settings["retention.ms"] == "604800000"
    assert settings["max.message.bytes"] == "131072"
    assert settings["cleanup.policy"] == "delete"


def test_topics_have_the_partitions_that_are_declared(admin: AdminClient) -> None:
    assert len(admin.list_topics().topics[ONE.topic].partitions) == 2


def test_a_setting_changed_by_hand_is_found_and_put_right(admin: AdminClient) -> None:
    entry = ConfigEntry("retention.ms", "1000", incremental_operation=AlterConfigOpType.SET)
    changed = ConfigResource(ConfigResource.Type.TOPIC, ONE.topic, incremental_configs=[entry])
    done(admin.incremental_alter_configs([changed]))
    (found,) = until_found(admin)
    assert (found.act, found.sentence) == (Act.SET, "tests.one.v1 has other settings than declared: retention.ms.")
    topics_admin.apply(admin, DECLARED)
    assert ours(topics_admin.check(admin, DECLARED)) == ()


@pytest.mark.parametrize(
    ("binding", "sentence"),
    [
        (
            acl("tests.one.v1", ResourcePatternType.LITERAL, AclOperation.READ),
            "ALLOW User:operator READ on literal topic tests.one.v1 from * is declared nowhere.",
        ),
        (
            acl("tests.", ResourcePatternType.PREFIXED, AclOperation.ALL),
            "ALLOW User:operator ALL on prefixed topic tests. from * is declared nowhere.",
        ),
        (
            acl("tests.one.v1", ResourcePatternType.LITERAL, AclOperation.READ, "User:*"),
            "ALLOW User:* READ on literal topic tests.one.v1 from * is declared nowhere.",
        ),
    ],
)
def test_a_permission_given_by_hand_is_found_and_taken_back(
    admin: AdminClient, binding: AclBinding, sentence: str
) -> None:
    done(admin.create_acls([binding]))
    (found,) = until_found(admin)
    assert (found.act, found.sentence) == (Act.REVOKE, sentence)
    topics_admin.apply(admin, DECLARED)
    assert ours(topics_admin.check(admin, DECLARED)) == ()


def test_a_reader_who_is_declared_no_longer_loses_the_permission(admin: AdminClient) -> None:
    fewer = (ONE, TWO.model_copy(update={"readers": ("vault",)}))
    found = topics_admin.apply(admin, fewer)
    assert [difference.sentence for difference in found if difference.act is Act.REVOKE] == [
        "ALLOW User:operator READ on literal group operator from * is declared nowhere.",
        "ALLOW User:operator READ on literal topic tests.two.v1 from * is declared nowhere.",
    ]
    assert ours(topics_admin.check(admin, fewer)) == ()


def test_partitions_that_are_declared_more_are_added(admin: AdminClient) -> None:
    more = (ONE.model_copy(update={"partitions": 3}), TWO)
    assert acts(ours(topics_admin.apply(admin, more))) == [Act.ADD_PARTITIONS]
    assert len(admin.list_topics().topics[ONE.topic].partitions) == 3


def test_partitions_that_are_declared_fewer_are_left_and_said(admin: AdminClient) -> None:
    done(admin.create_partitions([NewPartitions(ONE.topic, 4)]))
    (found,) = until_found(admin)
    assert (found.act, found.sentence) == (Act.LEAVE, "tests.one.v1 has 4 partitions, not 2.")
    assert ours(topics_admin.apply(admin, DECLARED)) == (found,)


def test_a_topic_that_is_declared_nowhere_is_left_and_said(admin: AdminClient) -> None:
    done(admin.create_topics([NewTopic("tests.stray.v1", 1, 1)]))
    (found,) = until_found(admin)
    assert (found.act, found.sentence) == (Act.LEAVE, "tests.stray.v1 is declared nowhere.")
    topics_admin.apply(admin, DECLARED)
    assert "tests.stray.v1" in admin.list_topics().topics


def test_whoever_may_not_administer_is_told_so(spare_kafka: SecuredKafka) -> None:
    with pytest.raises(Unavailable, match="AUTHORIZATION_FAILED"):
        topics_admin.apply(spare_kafka.admin("operator"), DECLARED)


def until_found(admin: AdminClient) -> tuple[Difference, ...]:
    """What differs once the broker shows what was done by hand."""
    while True:
        found = ours(topics_admin.check(admin, DECLARED))
        if found:
            return found
