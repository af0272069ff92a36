"""Every setting of a service: typed, from the environment, documented here alone (prefix LANTERN_)."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.core.errors import Misconfigured

HOME = Path(__file__).resolve().parents[2]
_SAFE_URL = re.compile(r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:\d{1,5})?(/[A-Za-z0-9._~/-]*[^/])?")


class KafkaSecurity(StrEnum):
    """How a client reaches the broker; without a password there is no way in."""

    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"


class LogLevel(StrEnum):
    """From which level on a service logs."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Environment(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="LANTERN_", frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )


class Settings(Environment):
    """What every service is told."""

    service: str = Field(description="The service's name, as in `python -m services.<name>`.")
    kafka_bootstrap: str = Field(description="Brokers to ask first: host:port, separated by commas.")
    kafka_security: KafkaSecurity = Field(description="SASL_SSL, or SASL_PLAINTEXT on one machine's loopback.")
    kafka_user: str = Field(description="The service's principal on Kafka; also its consumer group.")
    instance: int = Field(0, ge=0, description="Which of several workers of this service it is, counted from 0.")
    kafka_ca_file: Path | None = Field(None, description="The certificate authority of the brokers, for SASL_SSL.")
    secrets_file: Path = Field(description="JSON file with this principal's kafka_password and database_password.")
    http_host: str = Field("127.0.0.1", description="Address on which /metrics, /healthz, /readyz are served.")
    http_port: int = Field(ge=0, le=65535, description="Port of the same; 0 takes any free port.")
    operator_token_file: Path = Field(description="File with the token that opens the service's other routes.")
    home: Path = Field(HOME, description="The folder that holds schemas/, topics/ and infra/.")
    log_level: LogLevel = Field(LogLevel.INFO, description="debug, info, warning or error.")


class DatabaseSettings(Environment):
    """What a service with tables is told besides; its password is in its secrets file."""

    database_host: str = Field(description="Where PostgreSQL listens.")
    database_port: int = Field(ge=1, le=65535, description="Its port.")
    database_name: str = Field("lantern", description="The database.")
    database_user: str = Field(description="The service's role, which owns the schema of the same name.")


class KeySettings(Environment):
    """What a service that seals or opens is told besides."""

    keys: Path = Field(description="Folder of the service's own private keys; no other service is told of it.")
    public_keys: Path = Field(description="Folder of everybody's public keys: <owner>.json.")


def _private_on_its_way(url: str) -> str:
    """Nobody between a person and the hub may read a token or a session."""
    if not _SAFE_URL.fullmatch(url):
        raise ValueError
    return url


Url = Annotated[str, AfterValidator(_private_on_its_way)]


class IdentitySettings(Environment):
    """Whose word on who people are is taken."""

    oidc_issuer: Url | None = Field(None, description="The identity provider's issuer URL; without it nobody signs in.")
    oidc_client_id: str = Field("lantern", description="What the provider knows the web services as.")
    oidc_command_client_id: str = Field("lantern-cli", description="What the provider knows the lantern command as.")


class SignInSettings(IdentitySettings):
    """What a service that people sign in to is told besides."""

    oidc_client_secret_file: Path | None = Field(None, description="File with the client's secret, if it has one.")
    public_url: Url = Field(description="Where people reach this service: https, or http on this machine's loopback.")


class OnCallAddress(Environment):
    """What the case feed is told besides."""

    oncall_url: Url | None = Field(None, description="Where people reach on-call, to show its alerts on a page.")


class Secrets(BaseModel):
    """What one principal must know to get in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kafka_password: SecretStr
    database_password: SecretStr | None = None


SettingsT = TypeVar("SettingsT", bound=Environment)


def load(kind: type[SettingsT]) -> SettingsT:
    """Read `kind` from the environment.

    Raises:
        Misconfigured: names each variable that is missing or wrong, never what it holds.
    """
    try:
        return kind()
    except ValidationError as error:
        wrong = ", ".join(f"LANTERN_{str(problem['loc'][0]).upper()} ({problem['type']})" for problem in error.errors())
        raise Misconfigured(f"The environment does not say what this process needs: {wrong}.") from None


def read_secrets(path: Path) -> Secrets:
    """Read one principal's secrets.

    Raises:
        Misconfigured: the file is missing, unreadable or of another shape.
    """
    try:
        return Secrets.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise Misconfigured("The secrets file of this principal is missing or has another shape.") from None


def read_token(path: Path, whose: str = "the operator's token") -> SecretStr:
    """Read a file that holds one secret word.

    Raises:
        Misconfigured: the file is missing or empty.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token:
        raise Misconfigured(f"The file of {whose} is missing or empty.")
    return SecretStr(token)


def variables(kind: type[BaseSettings]) -> dict[str, str]:
    """Name every variable of `kind`, with what it means; for the documents and the tests that hold them true."""
    return {f"LANTERN_{name.upper()}": field.description or "" for name, field in kind.model_fields.items()}


def environment(**values: str | int | os.PathLike[str]) -> dict[str, str]:
    """Spell settings as the variables that `load` reads; for whoever starts a service."""
    return {f"LANTERN_{name.upper()}": str(value) for name, value in values.items()}
