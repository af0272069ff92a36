"""Apache Kafka itself: one node on the wheel's own Java, broker and controller in one process."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from services.runtime.local import binaries, class_archive, jars
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import INFRA, make_private_folder, write_private
from services.runtime.local.ports import HOST
from services.runtime.local.principals import ADMIN
from services.runtime.local.waiting import until

VERSION = "4.3.1"
START_SECONDS = 60
ASK_SECONDS = 1.0
# Short-lived tools start faster without the optimising compiler.
TOOL_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
BROKER_FLAGS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    # The optimising compiler costs a young broker more than it gives: 136 us of CPU an event without, 428 with it.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    # Java would warn of what Kafka does, in lines that are not JSON.
    "--sun-misc-unsafe-memory-access=allow",
)


@dataclass(frozen=True)
class Kafka:
    """A node: its folder, its two ports on the loopback interface, the administrator's password and its jars."""

    folder: Path
    broker_port: int
    controller_port: int
    password: str
    jars: tuple[Path, ...]

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.broker_port}"

    @property
    def properties_file(self) -> Path:
        return self.folder / "server.properties"

    @property
    def class_archive(self) -> Path:
        return class_archive.path_for(self.jars, jars.cache_folder().parent)

    @property
    def segments(self) -> Path:
        return self.folder / "segments"


def prepare(kafka: Kafka, cluster_id: str) -> None:
    """Writes the node's settings and formats its storage, unless that was done before."""
    make_private_folder(kafka.folder)
    write_private(kafka.properties_file, _properties(kafka))
    if not (kafka.segments / "meta.properties").exists():
        _format(kafka, cluster_id)


def command(kafka: Kafka) -> list[str]:
    log4j = f"-Dlog4j2.configurationFile={INFRA / 'kafka' / 'log4j2.properties'}"
    archive = class_archive.flags(kafka.class_archive)
    return [str(binaries.java()), *BROKER_FLAGS, *archive, log4j, "kafka.Kafka", str(kafka.properties_file)]


def environment(kafka: Kafka) -> dict[str, str]:
    return {"CLASSPATH": os.pathsep.join(str(jar) for jar in kafka.jars)}


def client_properties(bootstrap: str, principal: str, password: str) -> dict[str, str]:
    """What librdkafka needs to connect as a principal."""
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": principal,
        "sasl.password": password,
    }


def administrator(bootstrap: str, password: str) -> AdminClient:
    # A broker that is still starting refuses connections: that is expected, so librdkafka need not say it aloud.
    quiet = {"reconnect.backoff.max.ms": "200", "log_level": "0"}
    return AdminClient({**client_properties(bootstrap, ADMIN, password), **quiet})


def wait_until_up(kafka: Kafka, is_running: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Returns once the broker answers its administrator.

    Raises EditionFailed if its process ends, or if it does not answer in time.
    """
    admin = administrator(kafka.bootstrap, kafka.password)
    until(lambda: answers(admin) or not is_running(), seconds)
    if not answers(admin):
        state = "is running but does not answer" if is_running() else "stopped while it was starting"
        raise EditionFailed(f"Kafka {state}. Its data is untouched: read its log, then run the same command again.")


def answers(admin: AdminClient) -> bool:
    try:
        return bool(admin.list_topics(timeout=ASK_SECONDS).brokers)
    except KafkaException:
        return False


def _properties(kafka: Kafka) -> str:
    login = f'required username="{ADMIN}" password="{kafka.password}"'
    security = "org.apache.kafka.common.security"
    broker, controller = f"BROKER://{kafka.bootstrap}", f"CONTROLLER://{HOST}:{kafka.controller_port}"
    ours = {
        "listeners": f"{broker},{controller}",
        "advertised.listeners": broker,
        "controller.quorum.voters": f"1@{HOST}:{kafka.controller_port}",
        "log.dirs": str(kafka.segments),
        "listener.name.broker.scram-sha-512.sasl.jaas.config": f"{security}.scram.ScramLoginModule {login};",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{security}.plain.PlainLoginModule {login} user_{ADMIN}="{kafka.password}";'
        ),
    }
    fixed = (INFRA / "kafka" / "server.properties").read_text()
    return fixed + "".join(f"{name}={value}\n" for name, value in ours.items())


def _format(kafka: Kafka, cluster_id: str) -> None:
    # The password must not be seen in the list of processes, so Java reads its arguments from a file.
    arguments = kafka.folder / "format.arguments"
    scram = f"SCRAM-SHA-512=[name={ADMIN},password={kafka.password}]"
    tool = f"kafka.tools.StorageTool format --cluster-id {cluster_id} --add-scram {scram}"
    write_private(arguments, f'{tool} --config "{kafka.properties_file}"')
    try:
        _run_tool(kafka, f"@{arguments}")
    finally:
        arguments.unlink()


def _run_tool(kafka: Kafka, arguments: str) -> None:
    tool = [str(binaries.java()), *TOOL_FLAGS, arguments]
    done = subprocess.run(tool, env=environment(kafka), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # Its standard output holds what SCRAM passwords are checked against, so only its errors are shown.
        raise EditionFailed(f"Kafka's storage could not be formatted: {done.stderr.strip()}")
