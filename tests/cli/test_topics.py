"""`lantern topics`: declarations listed, a cluster checked and put right, messages read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner

from services.cli import topics as command
from services.cli.client import Failed
from services.core.errors import Unavailable
from services.runtime import topics_admin
from services.runtime.local.files import write_private
from services.wire.avro import Schemas
from services.wire.topics import Topic
from tests.runtime.secured_kafka import SecuredKafka, secured_kafka
from tests.schemas.examples import EXAMPLES, frame_of, name_of

SIGHTING = next(path for path in EXAMPLES if name_of(path) == "Sighting")


def lantern_topics(*arguments: str) -> tuple[int, str]:
    """Exit status and what is printed."""
    result = CliRunner().invoke(command.commands(), arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_every_topic_is_listed(topics: tuple[Topic, ...]) -> None:
    status, output = lantern_topics("list")
    assert status == 0
    assert all(topic.topic in output for topic in topics)


def test_the_list_is_json_on_request(topics: tuple[Topic, ...]) -> None:
    _, output = lantern_topics("list", "--json")
    assert [declared["topic"] for declared in json.loads(output)] == [topic.topic for topic in topics]


def test_a_topic_that_is_not_declared_is_wrong_usage() -> None:
    status, output = lantern_topics("read", "rumours.v1")
    assert status == 2
    assert "rumours.v1 is declared nowhere" in output


def test_what_is_sealed_is_not_for_the_operator() -> None:
    with pytest.raises(Failed, match=r"sealed-facts\.v1 is not for the operator: it is read by vault"):
        lantern_topics("read", "sealed-facts.v1")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A broker without topics."""
    with secured_kafka(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def data(cluster: SecuredKafka, tmp_path: Path) -> str:
    """The data folder of an edition that has this broker."""
    port = int(cluster.bootstrap.rpartition(":")[2])
    write_private(tmp_path / "edition.json", json.dumps({"ports": {"kafka": port}}))
    (tmp_path / "secrets").symlink_to(cluster.secrets)
    return str(tmp_path)


@pytest.fixture
def filled(cluster: SecuredKafka, schemas: Schemas, topics: tuple[Topic, ...]) -> int:
    """How many messages stand on missing-children.v1: two sightings, and one that cannot be read between them."""
    delete(cluster.admin(), topics)
    topics_admin.apply(cluster.admin(), topics)
    producer = Producer(cluster.properties("police"))
    for frame in (frame_of(schemas, SIGHTING), b"junk", frame_of(schemas, SIGHTING)):
        producer.produce("missing-children.v1", frame, key="0" * 32)
    assert producer.flush(30) == 0
    return 3


@pytest.mark.real
def test_a_cluster_that_differs_fails_the_check_until_it_is_put_right(data: str) -> None:
    status, output = lantern_topics("check", "--data", data)
    assert status == 1
    assert "missing-children.v1 is missing." in output
    assert lantern_topics("apply", "--data", data)[0] == 0
    assert lantern_topics("check", "--data", data)[0] == 0
    assert lantern_topics("apply", "--data", data) == (0, "There was nothing to do.\n")


@pytest.mark.real
def test_messages_are_printed_decoded_one_a_line(data: str, filled: int) -> None:
    status, output = lantern_topics("read", "missing-children.v1", "--data", data)
    lines = [json.loads(line) for line in output.splitlines()]
    assert status == 0
    assert len(lines) == filled
    assert [line.get("type") for line in lines] == ["Sighting", None, "Sighting"]
    assert lines[0]["record"]["seen_by"] == "public"
    assert lines[1]["unreadable"] == "not_framed"


@pytest.mark.real
def test_no_more_messages_are_printed_than_wanted(data: str, filled: int) -> None:
    _, output = lantern_topics("read", "missing-children.v1", "--data", data, "--limit", "2", "--follow")
    assert len(output.splitlines()) == 2 < filled


@pytest.mark.real
def test_from_now_on_there_is_nothing_yet(data: str, filled: int) -> None:
    assert filled
    assert lantern_topics("read", "missing-children.v1", "--data", data, "--no-from-beginning") == (0, "")


@pytest.mark.real
def test_a_topic_that_kafka_does_not_have_is_said_so(
    data: str, cluster: SecuredKafka, topics: tuple[Topic, ...]
) -> None:
    delete(cluster.admin(), topics)
    with pytest.raises(Unavailable, match=r"Kafka shows operator no topic quarantine\.v1"):
        lantern_topics("read", "quarantine.v1", "--data", data)


def delete(admin: AdminClient, topics: tuple[Topic, ...]) -> None:
    for future in admin.delete_topics([topic.topic for topic in topics]).values():
        future.exception(30)
    while any(topic.topic in admin.list_topics(timeout=30).topics for topic in topics):
        pass
