"""How a principal reaches the brokers, for clients of any library; what needs only that loads none."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from services.runtime.settings import KafkaSecurity, Settings, read_secrets

SASL_MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """How one principal reaches the brokers."""

    bootstrap: str
    security: KafkaSecurity
    user: str
    password: SecretStr
    ca_file: Path | None = None
    instance: int = 0

    @property
    def member(self) -> str:
        """The worker's own name in its group: a killed worker that comes back takes its place at once."""
        return f"{self.user}-{self.instance}"


def access_of(settings: Settings) -> KafkaAccess:
    """Say how this service reaches the brokers.

    Raises:
        Misconfigured: its secrets cannot be read.
    """
    password = read_secrets(settings.secrets_file).kafka_password
    return KafkaAccess(
        settings.kafka_bootstrap,
        settings.kafka_security,
        settings.kafka_user,
        password,
        settings.kafka_ca_file,
        settings.instance,
    )
