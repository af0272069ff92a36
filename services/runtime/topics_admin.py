"""Makes Kafka's topics and permissions what topics/*.yaml declares, and says where they differ."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
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
from services.runtime.kafka_access import SASL_MECHANISM, KafkaAccess
from services.wire.topics import Acl, Topic, acls

ANSWER_SECONDS = 30.0
SETTLE_SECONDS = 0.02


class Act(StrEnum):
    """What `apply` does about a difference; what needs a person, it leaves."""

    CREATE = "create"
    ADD_PARTITIONS = "add_partitions"
    SET = "set"
    GRANT = "grant"
    REVOKE = "revoke"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on the cluster that is not as declared: a topic, by its name, or a permission."""

    act: Act
    subject: str | Acl
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the cluster has: partitions and settings a topic, and every permission."""

    partitions: Mapping[str, int]
    settings: Mapping[str, Mapping[str, str]]
    permissions: frozenset[Acl]


def administrator(access: KafkaAccess) -> AdminClient:
    """Connects as a principal that may administer; nothing is asked of Kafka yet."""
    return AdminClient(
        {
            "bootstrap.servers": access.bootstrap,
            "security.protocol": access.security.value,
            "sasl.mechanism": SASL_MECHANISM,
            "sasl.username": access.user,
            "sasl.password": access.password.get_secret_value(),
            **({"ssl.ca.location": str(access.ca_file)} if access.ca_file else {}),
            # What librdkafka would print of a lost connection is said by the error that is raised.
            "log_level": 0,
        }
    )


def check(admin: AdminClient, topics: tuple[Topic, ...]) -> tuple[Difference, ...]:
    """Every difference between the cluster and the declaration; the cluster is taken to be the hub's alone.

    Raises:
        Unavailable: Kafka did not answer, or refused to.
    """
    try:
        return differences(topics, _found(admin, topics))
    except KafkaException as error:
        raise _unavailable(error) from error


def apply(admin: AdminClient, topics: tuple[Topic, ...], replicas: int = 1) -> tuple[Difference, ...]:
    """Makes the cluster what is declared and returns what had differed; run again, it finds nothing to do.

    Nothing that holds messages is ever taken away: an undeclared topic or a surplus partition is left and reported.

    Raises:
        Unavailable: Kafka did not answer, or refused; what was done before stays done.
    """
    found = check(admin, topics)
    declared = {topic.topic: topic for topic in topics}
    of = {act: [difference.subject for difference in found if difference.act is act] for act in Act}
    try:
        _create(admin, [declared[str(name)] for name in of[Act.CREATE]], replicas)
        _add_partitions(admin, [declared[str(name)] for name in of[Act.ADD_PARTITIONS]])
        _set(admin, [declared[str(name)] for name in of[Act.SET]])
        _revoke(admin, [acl for acl in of[Act.REVOKE] if isinstance(acl, Acl)])
        _grant(admin, [acl for acl in of[Act.GRANT] if isinstance(acl, Acl)])
    except KafkaException as error:
        raise _unavailable(error) from error
    if found:
        _settle(admin, topics)
    return found


def differences(topics: tuple[Topic, ...], found: Found) -> tuple[Difference, ...]:
    """What is not as declared, each with a sentence (pure)."""
    undeclared = found.partitions.keys() - {topic.topic for topic in topics}
    return (
        *(difference for topic in topics for difference in _of_topic(topic, found)),
        *(Difference(Act.LEAVE, name, f"{name} is declared nowhere.") for name in sorted(undeclared)),
        *_of_permissions(acls(topics), found.permissions),
    )


def _settle(admin: AdminClient, topics: tuple[Topic, ...]) -> None:
    """Kafka answers before its brokers heed what was asked, and tells nobody when they do."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while any(difference.act is not Act.LEAVE for difference in check(admin, topics)):
        if time.monotonic() > deadline:
            raise Unavailable(
                "Kafka took the topics and permissions and does not show them. Run the same command again."
            )
        time.sleep(SETTLE_SECONDS)


def settings_of(topic: Topic) -> dict[str, str]:
    """A topic's declaration as Kafka's settings."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_ms),
        "retention.bytes": "-1",
        "message.timestamp.type": topic.timestamp.value,
        "max.message.bytes": str(topic.max_message_bytes),
    }


def _of_topic(topic: Topic, found: Found) -> Iterable[Difference]:
    name, has = topic.topic, found.partitions.get(topic.topic)
    if has is None:
        yield Difference(Act.CREATE, name, f"{name} is missing.")
        return
    if has != topic.partitions:
        act = Act.ADD_PARTITIONS if has < topic.partitions else Act.LEAVE
        yield Difference(act, name, f"{name} has {has} partitions, not {topic.partitions}.")
    wrong = {key: value for key, value in settings_of(topic).items() if found.settings[name].get(key) != value}
    if wrong:
        yield Difference(Act.SET, name, f"{name} has other settings than declared: {', '.join(sorted(wrong))}.")


def _of_permissions(declared: frozenset[Acl], found: frozenset[Acl]) -> Iterable[Difference]:
    for acl in sorted(declared - found):
        yield Difference(Act.GRANT, acl, f"{_spelt(acl)} is missing.")
    for acl in sorted(found - declared):
        yield Difference(Act.REVOKE, acl, f"{_spelt(acl)} is declared nowhere.")


def _spelt(acl: Acl) -> str:
    place = f"{acl.pattern.lower()} {acl.resource.lower()} {acl.name}"
    return f"{acl.permission} {acl.principal} {acl.operation} on {place} from {acl.host}"


def _found(admin: AdminClient, topics: tuple[Topic, ...]) -> Found:
    described = admin.describe_acls(_any_acl(), request_timeout=ANSWER_SECONDS)
    present = admin.list_topics(timeout=ANSWER_SECONDS).topics
    partitions = {name: len(topic.partitions) for name, topic in present.items() if not name.startswith("__")}
    names = [topic.topic for topic in topics if topic.topic in partitions]
    return Found(partitions, _settings(admin, names), frozenset(map(_acl, described.result(ANSWER_SECONDS))))


def _settings(admin: AdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
    answers = admin.describe_configs(asked, request_timeout=ANSWER_SECONDS)
    return {
        resource.name: {entry.name: entry.value for entry in answer.result(ANSWER_SECONDS).values()}
        for resource, answer in answers.items()
    }


def _create(admin: AdminClient, topics: list[Topic], replicas: int) -> None:
    new = [NewTopic(topic.topic, topic.partitions, replicas, config=settings_of(topic)) for topic in topics]
    if new:
        _await(admin.create_topics(new, operation_timeout=ANSWER_SECONDS, request_timeout=ANSWER_SECONDS))


def _add_partitions(admin: AdminClient, topics: list[Topic]) -> None:
    more = [NewPartitions(topic.topic, topic.partitions) for topic in topics]
    if more:
        _await(admin.create_partitions(more, operation_timeout=ANSWER_SECONDS, request_timeout=ANSWER_SECONDS))


def _set(admin: AdminClient, topics: list[Topic]) -> None:
    changed = [_incremental(topic) for topic in topics]
    if changed:
        _await(admin.incremental_alter_configs(changed, request_timeout=ANSWER_SECONDS))


def _incremental(topic: Topic) -> ConfigResource:
    entries = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        for name, value in settings_of(topic).items()
    ]
    return ConfigResource(ConfigResource.Type.TOPIC, topic.topic, incremental_configs=entries)


def _grant(admin: AdminClient, permissions: list[Acl]) -> None:
    if permissions:
        _await(admin.create_acls([AclBinding(*_in_kafka(acl)) for acl in permissions], request_timeout=ANSWER_SECONDS))


def _revoke(admin: AdminClient, permissions: list[Acl]) -> None:
    filters = [AclBindingFilter(*_in_kafka(acl)) for acl in permissions]
    if filters:
        _await(admin.delete_acls(filters, request_timeout=ANSWER_SECONDS))


def _in_kafka(
    acl: Acl,
) -> tuple[ResourceType, str, ResourcePatternType, str, str, AclOperation, AclPermissionType]:
    return (
        ResourceType[acl.resource],
        acl.name,
        ResourcePatternType[acl.pattern],
        acl.principal,
        acl.host,
        AclOperation[acl.operation],
        AclPermissionType[acl.permission],
    )


def _acl(found: AclBinding) -> Acl:
    return Acl(
        principal=found.principal,
        resource=ResourceType(found.restype).name,
        name=found.name,
        operation=AclOperation(found.operation).name,
        pattern=ResourcePatternType(found.resource_pattern_type).name,
        host=found.host,
        permission=AclPermissionType(found.permission_type).name,
    )


def _any_acl() -> AclBindingFilter:
    anyone: Any = None  # the stub forgets that a filter may leave its name, principal and host open
    return AclBindingFilter(
        ResourceType.ANY, anyone, ResourcePatternType.ANY, anyone, anyone, AclOperation.ANY, AclPermissionType.ANY
    )


def _await(futures: Mapping[Any, Future[Any]]) -> None:
    for future in futures.values():
        future.result(ANSWER_SECONDS)


def _unavailable(error: KafkaException) -> Unavailable:
    code = error.args[0].name() if error.args else "unknown"
    return Unavailable(f"Kafka did not do as it was asked ({code}): what was done stays; run the same command again.")
