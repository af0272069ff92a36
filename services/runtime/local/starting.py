"""`lantern up`, step by step: each one says what it did, and a second run finds it done."""

import contextlib
import fcntl
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx

from services.runtime.local import class_archive, kafka, ports, postgres
from services.runtime.local.edition import Edition
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import make_private_folder
from services.runtime.local.orphans import end_orphans
from services.runtime.local.ports import HOST
from services.runtime.local.principals import SERVICES
from services.runtime.local.programs import PARTS
from services.runtime.local.supervisor import Supervisor
from services.runtime.local.waiting import until
from services.runtime.tls import trusted

LEAST_FREE_BYTES = 1 << 30
READY_SECONDS = 180
ASK_SECONDS = 2
LOOK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True)
class Step:
    """One step: what it does, in words, and doing it."""

    title: str
    act: Callable[[], object]


def steps(edition: Edition, least_free_bytes: int = LEAST_FREE_BYTES) -> list[Step]:
    """What brings an edition up, in order."""
    supervisor = Supervisor(edition.run)
    return [
        Step("Look at the folder, the disk and the ports", partial(look, edition, supervisor, least_free_bytes)),
        Step("Look for Apache Kafka's jars (45 MB are fetched the first time)", lambda: edition.jars),
        Step("Make passwords, keys and storage", lambda: edition.prepare(datetime.now(UTC))),
        Step("Start the keeper of the processes", partial(_start_supervisor, edition, supervisor)),
        Step(
            f"Start Apache Kafka {kafka.VERSION}, PostgreSQL {postgres.VERSION}, identity provider and mail catcher",
            partial(_parts, edition, supervisor),
        ),
        Step("Make users, topics, permissions and schemas", edition.provision),
        Step("Start the services", partial(_services, edition, supervisor)),
        Step("Keep Kafka's classes for its next start", partial(_keep_classes, edition, supervisor)),
    ]


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the data folder, so that no other `up` or `down` works in it at the same time.

    Raises:
        EditionFailed: another one does.
    """
    make_private_folder(data)
    with (data / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EditionFailed(
                f"Another `lantern up` or `down` is at work in {data}. Nothing was done: wait until it is finished."
            ) from None
        yield


def look(edition: Edition, supervisor: Supervisor, least_free_bytes: int) -> None:
    """Raises EditionFailed for what would stop the edition from starting, before anything is changed."""
    free = shutil.disk_usage(edition.data).free
    if free < least_free_bytes:
        raise EditionFailed(
            f"The disk of {edition.data} has {free >> 20} MiB left, and {least_free_bytes >> 20} MiB are needed. "
            f"Nothing was changed: make room, or use a folder on another disk with --data."
        )
    if not supervisor.answers():
        end_orphans(edition.data)
        _need_ports(edition)


def stop(edition: Edition) -> None:
    """Stop everything of an edition, its keeper alive or not."""
    supervisor = Supervisor(edition.run)
    if supervisor.answers():
        supervisor.stop()
    end_orphans(edition.data)


def _need_ports(edition: Edition) -> None:
    taken = ports.taken(edition.ports)
    if taken:
        raise EditionFailed(
            f"The edition cannot start: {'; '.join(map(str, taken))}. Nothing was changed: stop that process, or use "
            f"other ports in a new folder with --data and --port-base."
        )


def _start_supervisor(edition: Edition, supervisor: Supervisor) -> None:
    if not supervisor.answers():
        supervisor.start(edition)


def _parts(edition: Edition, supervisor: Supervisor) -> None:
    for name in PARTS:
        supervisor.run(name)
    postgres.wait_until_up(edition.postgres, partial(supervisor.is_running, "postgres"))
    kafka.wait_until_up(edition.kafka, partial(supervisor.is_running, "kafka"))


def _services(edition: Edition, supervisor: Supervisor) -> None:
    for name in SERVICES:
        supervisor.run(name)
    waiting = set(SERVICES)
    with httpx.Client(timeout=ASK_SECONDS, trust_env=False, verify=trusted()) as client:
        until(lambda: not _drop_ready(waiting, edition, client), READY_SECONDS, LOOK_AGAIN_SECONDS)
    if waiting:
        raise EditionFailed(
            f"Not ready after {READY_SECONDS} s: {', '.join(sorted(waiting))}. They are tried again on their own; "
            f"nothing is lost: read the logs in {edition.logs}, and ask `lantern doctor`."
        )
    if not until(partial(provider_answers, edition), READY_SECONDS, LOOK_AGAIN_SECONDS):
        raise EditionFailed(
            f"The identity provider does not answer: nobody new can sign in. Read {edition.logs / 'provider.jsonl'}, "
            f"then run the same command again."
        )


def _keep_classes(edition: Edition, supervisor: Supervisor) -> None:
    broker = next(state.pid for state in supervisor.states() if state.name == "kafka")
    if broker is not None:
        class_archive.make(edition.kafka.class_archive, broker)


def _drop_ready(waiting: set[str], edition: Edition, client: httpx.Client) -> set[str]:
    waiting -= {name for name in waiting if is_ready(edition, name, client)}
    return waiting


def provider_answers(edition: Edition) -> bool:
    """Whether people can sign in."""
    try:
        url = f"http://{HOST}:{edition.ports['provider']}/jwks"
        return httpx.get(url, timeout=ASK_SECONDS, trust_env=False, verify=trusted()).is_success
    except httpx.TransportError:
        return False


def catcher_answers(edition: Edition) -> bool:
    """Whether the local edition's mail is caught."""
    try:
        with socket.create_connection((HOST, edition.ports["mail"]), ASK_SECONDS) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def is_ready(edition: Edition, service: str, client: httpx.Client) -> bool:
    """Whether a service says that it works."""
    try:
        return client.get(f"http://{HOST}:{edition.ports[service]}/readyz").is_success
    except httpx.TransportError:
        return False


def why_red(edition: Edition, service: str, client: httpx.Client) -> list[str]:
    """The reasons for which a service's light is red: it may be ready and still page nobody."""
    try:
        answer = client.get(f"http://{HOST}:{edition.ports[service]}/healthz")
    except httpx.TransportError:
        return ["it does not say"]
    return [] if answer.is_success else [str(reason) for reason in answer.json()["reasons"]]
