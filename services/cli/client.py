"""What every command needs to reach a running edition: its data folder, the services' HTTP APIs, and Kafka."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from services.core.errors import LanternError, Misconfigured, Unavailable
from services.runtime.kafka_access import KafkaAccess
from services.runtime.settings import KafkaSecurity, read_secrets, read_token
from services.runtime.tls import trusted

HOST = "127.0.0.1"
DEFAULT_DATA = Path(".lantern")
_TIMEOUT_SECONDS = 10.0
_UNAUTHORISED = 401

Data = Annotated[
    Path, typer.Option("--data", envvar="LANTERN_DATA", metavar="DIR", help="The data folder of the running edition.")
]


class Failed(LanternError):
    """A service did not do what it was asked."""


class NotLetIn(Failed):
    """A service does not know who asks."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    ports: dict[str, int]


@dataclass(frozen=True, slots=True)
class Edition:
    """A running edition as its data folder describes it."""

    data: Path
    ports: dict[str, int]

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.ports['kafka']}"

    @property
    def public_keys(self) -> Path:
        return self.data / "keys" / "public"

    def url(self, service: str) -> str:
        return f"http://{HOST}:{self.ports[service]}"

    def kafka(self, principal: str) -> KafkaAccess:
        """How `principal` reaches Kafka.

        Raises:
            Misconfigured: its secrets cannot be read.
        """
        secrets = read_secrets(self.data / "secrets" / f"{principal}.json")
        return KafkaAccess(self.bootstrap, KafkaSecurity.SASL_PLAINTEXT, principal, secrets.kafka_password)


def read_edition(data: Path) -> Edition:
    """Read what `lantern up` wrote into a data folder.

    Raises:
        Misconfigured: nothing was ever started there, or its record is broken.
    """
    path = data / "edition.json"
    if not path.is_file():
        raise Misconfigured(f"There is no edition in {data}: run `lantern up` first, or name its folder with --data.")
    try:
        return Edition(data, _Record.model_validate_json(path.read_bytes()).ports)
    except (OSError, ValidationError):
        raise Misconfigured(f"{path} cannot be read as the record of an edition: run `lantern doctor`.") from None


@contextlib.contextmanager
def http(data: Path, service: str) -> Iterator[httpx.Client]:
    """Give a client of what a service answers its operator.

    Raises:
        Misconfigured: there is no edition in `data`, or no token.
        Unavailable: the service does not answer.
    """
    with asking(http_settings(read_edition(data), service), service) as client:
        yield client


@contextlib.contextmanager
def asking(settings: dict[str, Any], service: str) -> Iterator[httpx.Client]:
    """Give a client of a service.

    Raises:
        Unavailable: it does not answer.
    """
    try:
        with httpx.Client(**settings) as client:
            yield client
    except httpx.TransportError:
        raise unavailable(service) from None


def http_settings(edition: Edition, service: str) -> dict[str, Any]:
    """Spell the operator's way to a service as httpx's arguments."""
    return settings_with(edition, service, read_token(edition.data / "secrets" / "operator_token").get_secret_value())


def settings_with(edition: Edition, service: str, token: str) -> dict[str, Any]:
    """Spell the way to a service with a token; a proxy in the environment is none of ours."""
    return {
        "base_url": edition.url(service),
        "headers": {"Authorization": f"Bearer {token}"},
        "timeout": _TIMEOUT_SECONDS,
        "trust_env": False,
        "verify": trusted(),
    }


def unavailable(service: str) -> Unavailable:
    return Unavailable(
        f"The {service} does not answer. Nothing is lost: see what runs with `lantern status`; `lantern up` starts it."
    )


def answer(response: httpx.Response) -> Any:  # noqa: ANN401 - the JSON that the service's API describes
    """Return what a service answered.

    Raises:
        Failed: it answered with an error; its own sentence is repeated.
    """
    if response.is_success:
        return response.json()
    raise (NotLetIn if response.status_code == _UNAUTHORISED else Failed)(_sentence(response))


def _sentence(response: httpx.Response) -> str:
    try:
        said = response.json()
    except json.JSONDecodeError:
        said = None
    sentence = said.get("error") or said.get("detail") if isinstance(said, dict) else None
    return sentence if isinstance(sentence, str) else f"The service answered with status {response.status_code}."
