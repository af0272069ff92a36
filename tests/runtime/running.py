"""A real process of one service beside a real Kafka and PostgreSQL: started, asked, frozen, killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.runtime.local import credentials
from services.runtime.local.ports import HOST, ports_from
from services.runtime.local.waiting import until
from services.runtime.settings import environment
from services.runtime.tls import trusted
from services.wire.signing import KEY_BYTES, SIGNING_KEY
from tests.conftest import HOME
from tests.free_ports import free_base
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres

START_SECONDS = 60
STOP_SECONDS = 10
TOKEN = "token-of-the-tests"


@dataclass
class Service:
    """One process; `told` is its environment."""

    name: str
    told: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.told['LANTERN_HTTP_PORT']}"

    @property
    def to_reach(self) -> dict[str, object]:
        """The way to its API as httpx's arguments."""
        return {
            "base_url": self.url,
            "headers": {"authorization": f"Bearer {TOKEN}"},
            "trust_env": False,
            "verify": trusted(),
        }

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url,
            headers={"authorization": f"Bearer {TOKEN}"},
            timeout=30,
            trust_env=False,
            verify=trusted(),
        )

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"services.{self.name}"], env=self.told, cwd=HOME, stdout=log, stderr=log
            )

    def start_and_wait(self) -> None:
        self.start()
        assert until(self.is_ready, START_SECONDS), self.log.read_text()

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False, verify=trusted()).is_success
        except httpx.TransportError:
            return False

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status after this signal."""
        assert self.process is not None
        self.send(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def service(
    name: str, kafka: SecuredKafka, postgres: SecuredPostgres, folder: Path, **more: str | Path
) -> Iterator[Service]:
    """A service that is not started yet, and is gone afterwards whatever happened."""
    made = Service(name, _told(name, kafka, postgres, folder, more), folder / f"{name}.log")
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.end(signal.SIGKILL)


def _told(
    name: str, kafka: SecuredKafka, postgres: SecuredPostgres, folder: Path, more: dict[str, str | Path]
) -> dict[str, str]:
    secrets, token = folder / f"{name}.json", folder / "token"
    keys = Path(more.get("keys", folder / f"{name}.keys"))
    passwords = credentials.kafka_password(kafka.secrets, name), credentials.database_password(postgres.secrets, name)
    secrets.write_text('{{"kafka_password": "{}", "database_password": "{}"}}'.format(*passwords))
    token.write_text(TOKEN)
    keys.mkdir(exist_ok=True)
    (keys / SIGNING_KEY).write_bytes(name.encode().ljust(KEY_BYTES))
    told = environment(
        service=name,
        kafka_bootstrap=kafka.bootstrap,
        kafka_security="SASL_PLAINTEXT",
        kafka_user=name,
        secrets_file=secrets,
        http_port=ports_from(free_base())[name],
        operator_token_file=token,
        database_host=HOST,
        database_port=postgres.server.port,
        database_user=name,
        **{"public_keys": keys, **more, "keys": keys},
    )
    return {**os.environ, **told}
