"""The broker's settings of docker-compose.yml, and what its two containers do, on a real Kafka and PostgreSQL."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from services.core.errors import Misconfigured
from services.runtime import topics_admin
from services.runtime.local import binaries, credentials, kafka
from services.runtime.local.compose import Places, main, prepare, provision
from services.runtime.local.jars import cache_folder, ensure, listed
from services.runtime.local.ports import HOST
from services.runtime.local.principals import ADMIN, DATABASE_ROLES, OPERATOR
from services.wire.topics import Topic
from tests.free_ports import free_base
from tests.runtime.secured_kafka import STOP_SECONDS
from tests.runtime.secured_postgres import SecuredPostgres, secured_postgres

HOME = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def settings(folder: Path, base: int) -> str:
    """The broker's settings as its container puts them together, with this machine's places for the container's."""
    parts = [HOME / "infra" / "kafka" / "server.properties", HOME / "infra" / "compose" / "kafka.properties"]
    places = {
        "/run/lantern": str(folder / "kafka"),
        "/var/lib/kafka/data": str(folder / "segments"),
        "BROKER://:9092": f"BROKER://{HOST}:{base}",
        "BROKER://kafka:9092": f"BROKER://{HOST}:{base}",
        "HOST://:19092": f"HOST://{HOST}:{base + 1}",
        "HOST://127.0.0.1:19092": f"HOST://{HOST}:{base + 1}",
        "localhost:9093": f"{HOST}:{base + 2}",
    }
    text = "".join(part.read_text("utf-8") for part in parts)
    for theirs, ours in places.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    return text


@contextmanager
def broker(folder: Path, base: int) -> Iterator[None]:
    """A broker started as infra/compose/start-kafka starts it."""
    properties, arguments = folder / "server.properties", folder / "format.arguments"
    properties.write_text(settings(folder, base))
    told = {name: (folder / "kafka" / name).read_text() for name in ("cluster_id", "password")}
    scram = f"SCRAM-SHA-512=[name=admin,password={told['password']}]"
    tool = "kafka.tools.StorageTool format --ignore-formatted --cluster-id"
    arguments.write_text(f"{tool} {told['cluster_id']}\n--add-scram {scram}\n--config {properties}\n")
    environment = {"CLASSPATH": os.pathsep.join(map(str, ensure(cache_folder(), listed())))}
    java = [str(binaries.java())]
    subprocess.run([*java, f"@{arguments}"], env=environment, stdout=subprocess.DEVNULL, check=True)
    command = [*java, *kafka.BROKER_FLAGS, "kafka.Kafka", str(properties)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the container `prepare` makes."""
    made = tmp_path_factory.mktemp("compose")
    prepare(made, NOW)
    return made


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[SecuredPostgres]:
    """A server that knows the administrator by the password that was made."""
    shutil.copytree(folder / "secrets", folder / "server" / "secrets")
    with secured_postgres(folder / "server") as running:
        yield running


@pytest.fixture(scope="module")
def places(folder: Path, database: SecuredPostgres) -> Iterator[Places]:
    """Both parts, running and provisioned twice."""
    base = free_base()
    reached = Places(f"{HOST}:{base}", HOST, database.server.port)
    with broker(folder, base):
        provision(folder, reached)
        provision(folder, reached)
        yield reached


@pytest.fixture
def of_a_later_version(database: SecuredPostgres) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The vault's tables are of a later version, and something is missing that `provision` makes."""
    with psycopg.connect(database.conninfo(ADMIN), autocommit=True) as admin:
        admin.execute("DROP SCHEMA vault_shadow")
        admin.execute("CREATE TABLE vault.alembic_version AS SELECT '9990' AS version_num")
        yield admin
        admin.execute("DROP TABLE vault.alembic_version")
        admin.execute("CREATE SCHEMA IF NOT EXISTS vault_shadow AUTHORIZATION vault")


def test_tables_of_a_later_version_are_refused_before_anything_is_changed(
    folder: Path, database: SecuredPostgres, of_a_later_version: psycopg.Connection[tuple[object, ...]]
) -> None:
    no_kafka = Places(f"{HOST}:1", HOST, database.server.port)

    with pytest.raises(Misconfigured, match="The tables of vault are at revision 9990"):
        provision(folder, no_kafka)

    assert of_a_later_version.execute("SELECT to_regnamespace('vault_shadow')").fetchone() == (None,)


def test_the_brokers_of_compose_have_every_topic_and_permission(
    folder: Path, places: Places, topics: tuple[Topic, ...]
) -> None:
    admin = kafka.administrator(places.bootstrap, credentials.kafka_password(folder / "secrets", "admin"))

    assert topics_admin.check(admin, topics) == ()


def test_a_client_on_the_host_gets_in_with_its_password_and_is_sent_back_to_the_host(
    folder: Path, places: Places
) -> None:
    port = int(places.bootstrap.rpartition(":")[2]) + 1
    password = credentials.kafka_password(folder / "secrets", OPERATOR)
    client = AdminClient({**kafka.client_properties(f"{HOST}:{port}", OPERATOR, password)})

    brokers = client.list_topics(timeout=30).brokers
    assert [(str(broker.host), broker.port) for broker in brokers.values()] == [(HOST, port)]


@pytest.mark.parametrize("role", DATABASE_ROLES)
def test_each_role_gets_into_its_own_schema(folder: Path, places: Places, role: str) -> None:
    password = credentials.database_password(folder / "secrets", role)
    with psycopg.connect(
        host=places.postgres_host, port=places.postgres_port, user=role, password=password, dbname="lantern"
    ) as connection:
        assert connection.execute("SELECT current_schema()").fetchone() == (role,)


def test_what_the_record_says_is_what_the_broker_is_told(folder: Path) -> None:
    record = json.loads((folder / "edition.json").read_text())

    assert (folder / "kafka" / "cluster_id").read_text() == record["cluster_id"]


def test_a_container_without_a_task_says_what_it_could_do() -> None:
    with pytest.raises(SystemExit, match="prepare DIR, provision DIR, or provider-keys DIR"):
        main([])
