"""Which topic stands behind a name: Kafka gives each a UUID, and a topic made again under its old name another."""

import asyncio
import logging
from collections.abc import Collection
from typing import Any
from uuid import UUID

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from services.core.errors import Unavailable
from services.runtime.kafka_access import SASL_MECHANISM, KafkaAccess

_ASK_SECONDS = 5


async def topic_ids(access: KafkaAccess, names: Collection[str]) -> dict[str, UUID]:
    """Ask the broker for the ids of the topics called `names`.

    Raises:
        Unavailable: the broker does not answer, or a topic is not there.
    """
    try:
        return await asyncio.to_thread(_ask, access, names)
    except KafkaException as error:
        raise Unavailable from error


def _ask(access: KafkaAccess, names: Collection[str]) -> dict[str, UUID]:
    client = AdminClient(_properties(access))
    answers = client.describe_topics(TopicCollection(list(names)), request_timeout=_ASK_SECONDS)
    return {name: _uuid(answer.result().topic_id) for name, answer in answers.items()}


def _properties(access: KafkaAccess) -> dict[str, Any]:
    ca_file = {"ssl.ca.location": str(access.ca_file)} if access.ca_file else {}
    return {
        "bootstrap.servers": access.bootstrap,
        "security.protocol": access.security.value,
        "sasl.mechanism": SASL_MECHANISM,
        "sasl.username": access.user,
        "sasl.password": access.password.get_secret_value(),
        "logger": logging.getLogger("librdkafka"),
        **ca_file,
    }


def _uuid(kafka: Any) -> UUID:  # noqa: ANN401 - confluent_kafka.Uuid comes without types
    mask = (1 << 64) - 1
    return UUID(int=(kafka.get_most_significant_bits() & mask) << 64 | kafka.get_least_significant_bits() & mask)
