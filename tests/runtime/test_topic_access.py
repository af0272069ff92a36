"""Every principal may do on every topic what topics/*.yaml says and nothing more: asked of a broker, and tried."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import product
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from confluent_kafka import KafkaError, KafkaException, Producer, TopicCollection
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    TopicDescription,
)

from services.runtime import topics_admin
from services.runtime.kafka import client_settings
from services.runtime.local.principals import ADMIN, PRINCIPALS
from services.wire.topics import MISSING_CHILDREN, SEALED_FACTS, Topic, acls
from tests.runtime.secured_kafka import SecuredKafka

ANSWER_SECONDS = 30
LATEST = -1
EVERYBODY = [principal for principal in PRINCIPALS if principal != ADMIN]


def declared(topics: tuple[Topic, ...], principal: str, topic: str) -> set[str]:
    """Everything that a principal may do on a topic: Kafka lets whoever reads or writes one describe it."""
    said = {acl.operation for acl in acls(topics) if (acl.principal, acl.name) == (f"User:{principal}", topic)}
    return said | {"DESCRIBE"} if said else said


def allowed(admin: AdminClient, names: list[str]) -> dict[str, set[str]]:
    """What the broker says that this principal may do on each topic."""
    answers = admin.describe_topics(TopicCollection(names), include_authorized_operations=True)
    return {name: operations(answer) for name, answer in answers.items()}


def operations(answer: Future[TopicDescription]) -> set[str]:
    return {operation.name for operation in answer.result().authorized_operations or ()} if granted(answer) else set()


def granted(answer: Future[Any]) -> bool:
    """Whether the broker let it; any other failure than a refusal is an error of the test."""
    error = answer.exception(ANSWER_SECONDS)
    # A coordinator of groups that is still starting says so only to whoever may ask.
    if error is None or "COORDINATOR" in str(error):
        return True
    assert "AUTHORIZATION_FAILED" in str(error)
    return False


@pytest.mark.parametrize("principal", EVERYBODY)
def test_the_broker_allows_on_every_topic_what_is_declared_and_nothing_else(
    spare_kafka: SecuredKafka, topics: tuple[Topic, ...], principal: str
) -> None:
    names = [topic.topic for topic in topics]
    expected = {name: declared(topics, principal, name) for name in names}
    assert allowed(spare_kafka.admin(principal), names) == expected


def test_one_permission_too_many_would_be_seen(spare_kafka: SecuredKafka, topics: tuple[Topic, ...]) -> None:
    administrator, operator = spare_kafka.admin(), spare_kafka.admin("operator")
    (given,) = ADMINISTRATION["grant a permission"](administrator).values()
    given.result(ANSWER_SECONDS)
    until(lambda: allowed(operator, [SEALED_FACTS]) == {SEALED_FACTS: {"READ", "DESCRIBE"}})
    topics_admin.apply(administrator, topics)
    until(lambda: allowed(operator, [SEALED_FACTS]) == {SEALED_FACTS: set()})


def until(holds: Callable[[], bool]) -> None:
    """Waits for what a broker heeds a moment after it was told."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while not holds():
        assert time.monotonic() < deadline


@pytest.mark.parametrize("principal", EVERYBODY)
def test_nobody_sees_that_a_topic_exists_which_they_neither_read_nor_write(
    spare_kafka: SecuredKafka, topics: tuple[Topic, ...], principal: str
) -> None:
    seen = set(spare_kafka.admin(principal).list_topics(timeout=ANSWER_SECONDS).topics)
    assert seen == {topic.topic for topic in topics if declared(topics, principal, topic.topic)}


@pytest.mark.parametrize("principal", EVERYBODY)
def test_whoever_writes_a_topic_can_and_nobody_else(
    spare_kafka: SecuredKafka, topics: tuple[Topic, ...], principal: str
) -> None:
    answered: dict[str, str] = {}
    # Idempotent as ours are: that needs no permission beyond WRITE, and is refused to whoever writes nothing.
    idempotent = any(principal in topic.writers for topic in topics)
    producer = Producer({**spare_kafka.properties(principal), "enable.idempotence": idempotent})
    for topic in topics:
        producer.produce(topic.topic, b"tried", on_delivery=lambda error, message: answer(answered, error, message))
    assert producer.flush(ANSWER_SECONDS) == 0
    written = {name for name, error in answered.items() if error == "written"}
    assert written == {topic.topic for topic in topics if principal in topic.writers}
    assert len(answered) == len(topics)


def answer(answered: dict[str, str], error: KafkaError | None, message: object) -> None:
    topic = message.topic()  # type: ignore[attr-defined] # librdkafka's Message, whose stub is not public
    answered[topic] = error.name() if error else "written"


@pytest.mark.parametrize("principal", EVERYBODY)
async def test_whoever_reads_a_topic_can_and_nobody_else(
    spare_kafka: SecuredKafka, topics: tuple[Topic, ...], principal: str
) -> None:
    wanted = [(topic.topic, [(0, 0, 1024)]) for topic in topics]
    told = await told_of(spare_kafka, principal, FetchRequest(0, 0, 1024, 0, wanted))
    assert told == {topic.topic for topic in topics if principal in topic.readers}


@pytest.mark.parametrize("principal", EVERYBODY)
async def test_nobody_learns_offsets_of_a_topic_which_they_neither_read_nor_write(
    spare_kafka: SecuredKafka, topics: tuple[Topic, ...], principal: str
) -> None:
    wanted = [(topic.topic, [(0, LATEST)]) for topic in topics]
    told = await told_of(spare_kafka, principal, OffsetRequest(-1, 0, wanted))
    assert told == {topic.topic for topic in topics if declared(topics, principal, topic.topic)}


async def told_of(kafka: SecuredKafka, principal: str, request: Any) -> set[str]:
    """The topics for which the broker does as it is asked; sent as it is, because a whole client would ask less."""
    client = AIOKafkaClient(**client_settings(kafka.access(principal)))
    await client.bootstrap()
    answer = await client.send(client.get_random_node(), request)
    await client.close()
    codes = {topic: error for topic, partitions in answer.topics for _, error, *_ in partitions}
    assert set(codes.values()) <= {0, KafkaError.TOPIC_AUTHORIZATION_FAILED}
    return {topic for topic, error in codes.items() if error == 0}


@pytest.mark.parametrize("principal", EVERYBODY)
def test_everybody_uses_their_own_consumer_groups_alone(
    spare_kafka: SecuredKafka, topics: tuple[Topic, ...], principal: str
) -> None:
    groups = {(acl.principal, acl.name) for acl in acls(topics) if acl.resource == "GROUP"}
    names = sorted({name for _, name in groups} | set(EVERYBODY) | {"a-group-of-nobody"})
    admin = spare_kafka.admin(principal)  # kept: its answers come only as long as it lives
    answers = admin.describe_consumer_groups(names, include_authorized_operations=True)
    usable = {name for name, future in answers.items() if granted(future)}
    assert usable == {name for name in names if (f"User:{principal}", name) in groups}


ADMINISTRATION: dict[str, Callable[[AdminClient], dict[Any, Future[Any]]]] = {
    "create a topic": lambda admin: admin.create_topics([NewTopic("tests.taken.v1", 1, 1)]),
    "delete a topic": lambda admin: admin.delete_topics([MISSING_CHILDREN]),
    "add partitions": lambda admin: admin.create_partitions([NewPartitions(MISSING_CHILDREN, 40)]),
    "see settings": lambda admin: admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, SEALED_FACTS)]),
    "grant a permission": lambda admin: admin.create_acls(
        [
            AclBinding(
                ResourceType.TOPIC,
                SEALED_FACTS,
                ResourcePatternType.LITERAL,
                "User:operator",
                "*",
                AclOperation.READ,
                AclPermissionType.ALLOW,
            )
        ]
    ),
}


@pytest.mark.parametrize(("principal", "act"), list(product(EVERYBODY, ADMINISTRATION)))
def test_nobody_but_the_administrator_administers(spare_kafka: SecuredKafka, principal: str, act: str) -> None:
    admin = spare_kafka.admin(principal)
    (future,) = ADMINISTRATION[act](admin).values()
    assert not granted(future)


def test_nobody_comes_in_without_their_password(spare_kafka: SecuredKafka) -> None:
    refused: list[KafkaError] = []
    properties = {**spare_kafka.properties("vault"), "sasl.password": "guessed", "error_cb": refused.append}
    client = AdminClient(properties)  # type: ignore[arg-type] # a callback is a setting too
    with pytest.raises(KafkaException):
        client.list_topics(timeout=1)
    client.poll(ANSWER_SECONDS)
    assert "_AUTHENTICATION" in {error.name() for error in refused}
