"""A real Kafka, secured as in the local edition, with every principal and no topics yet."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Uuid
from confluent_kafka.admin import AdminClient
from pydantic import SecretStr

from services.runtime.kafka_access import KafkaAccess
from services.runtime.local import credentials, kafka, kafka_users
from services.runtime.local.jars import cache_folder, ensure, listed
from services.runtime.local.ports import ports_from
from services.runtime.local.principals import ADMIN, PRINCIPALS
from services.runtime.settings import KafkaSecurity
from tests.free_ports import free_base

STOP_SECONDS = 20


@dataclass(frozen=True)
class SecuredKafka:
    """A running broker, and how each principal reaches it."""

    bootstrap: str
    secrets: Path
    folder: Path
    pid: int

    def properties(self, principal: str) -> dict[str, str | int | float | bool]:
        """What librdkafka needs to connect as this principal."""
        password = credentials.kafka_password(self.secrets, principal)
        return {**kafka.client_properties(self.bootstrap, principal, password)}

    def access(self, principal: str) -> KafkaAccess:
        """The same for our own clients."""
        password = SecretStr(credentials.kafka_password(self.secrets, principal))
        return KafkaAccess(self.bootstrap, KafkaSecurity.SASL_PLAINTEXT, principal, password)

    def change(self, partition: str, old: bytes, new: bytes) -> None:
        """Change some bytes where the broker keeps them, in a folder that begins so; its checksums tell."""
        segments = (path for path in self.folder.rglob(f"{partition}*/*.log") if old in path.read_bytes())
        with next(segments).open("r+b") as segment:
            segment.seek(segment.read().rindex(old))
            segment.write(new)

    def admin(self, principal: str = ADMIN) -> AdminClient:
        return AdminClient(self.properties(principal))


def a_node(folder: Path) -> kafka.Kafka:
    """A broker that was never started, in an empty folder of its own."""
    secrets = folder / "secrets"
    credentials.make_missing(secrets)
    ports = ports_from(free_base())
    password = credentials.kafka_password(secrets, ADMIN)
    node = kafka.Kafka(
        folder / "kafka", ports["kafka"], ports["controller"], password, tuple(ensure(cache_folder(), listed()))
    )
    kafka.prepare(node, str(Uuid(0, uuid.uuid4().int & 0xFFFFFFFF)))
    return node


def begin(node: kafka.Kafka) -> subprocess.Popen[bytes]:
    """Its process, which may not be up yet."""
    told = {**os.environ, **kafka.environment(node)}
    return subprocess.Popen(kafka.command(node), cwd=node.folder, env=told, stdout=subprocess.DEVNULL)


@contextmanager
def secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """Runs a broker in an empty folder of its own, and stops it."""
    node = a_node(folder)
    with begin(node) as process:
        try:
            kafka.wait_until_up(node, lambda: process.poll() is None)
            yield provisioned(node, folder / "secrets", process.pid)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def provisioned(node: kafka.Kafka, secrets: Path, pid: int) -> SecuredKafka:
    """The running broker, with every principal."""
    running = SecuredKafka(node.bootstrap, secrets, node.folder, pid)
    passwords = {principal: credentials.kafka_password(secrets, principal) for principal in PRINCIPALS}
    kafka_users.provision(running.admin(), passwords)
    return running
