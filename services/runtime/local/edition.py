"""One local edition: a data folder, the parts that live in it, and what is made in it at first start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from services.runtime import topics_admin
from services.runtime.local import credentials, database, jars, kafka, kafka_users, keys, postgres, record
from services.runtime.local.files import ROOT, make_private_folder
from services.runtime.local.kafka import Kafka
from services.runtime.local.postgres import Postgres
from services.runtime.local.principals import ADMIN, DATABASE_ROLES, PRINCIPALS
from services.runtime.local.provider import keys as provider_keys
from services.runtime.local.waiting import at_once
from services.wire.topics import load_topics


@dataclass(frozen=True)
class Edition:
    """A local edition in the folder `data` (absolute), its ports counted from `port_base`."""

    data: Path
    port_base: int

    @cached_property
    def record(self) -> record.Record:
        """What the folder is: as it was recorded, else as it will be."""
        return record.read(self.data) or record.new_record(self.port_base)

    @property
    def ports(self) -> dict[str, int]:
        return self.record.ports

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def mail(self) -> Path:
        """What the mail catcher has caught."""
        return self.data / "mail"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @cached_property
    def jars(self) -> tuple[Path, ...]:
        return tuple(jars.ensure(jars.cache_folder(), jars.listed()))

    @cached_property
    def kafka(self) -> Kafka:
        password = credentials.kafka_password(self.secrets, ADMIN)
        return Kafka(self.data / "kafka", self.ports["kafka"], self.ports["controller"], password, self.jars)

    @cached_property
    def postgres(self) -> Postgres:
        password = credentials.database_password(self.secrets, ADMIN)
        return Postgres(self.data / "postgres", self.ports["postgres"], password)

    def prepare(self, now: datetime) -> None:
        """Make whatever is missing in the data folder; run again, it changes nothing."""
        for folder in (self.data, self.logs, self.run, self.mail):
            make_private_folder(folder)
        credentials.make_missing(self.secrets)
        keys.make_missing(self.keys, now)
        provider_keys.make_missing(self.keys)
        at_once(partial(kafka.prepare, self.kafka, self.record.cluster_id), partial(postgres.prepare, self.postgres))
        record.write(self.data, self.record)

    def provision(self) -> None:
        """Make whatever is missing in the running Kafka and PostgreSQL: users, topics, permissions, roles, schemas.

        Raises:
            Misconfigured: a later version made some of the tables; nothing is changed in either.
        """
        database.refuse_later(self.postgres, DATABASE_ROLES)
        at_once(self._provision_database, self._provision_kafka)

    def _provision_database(self) -> None:
        database.provision(self.postgres, _passwords(self.secrets, credentials.database_password, DATABASE_ROLES))

    def _provision_kafka(self) -> None:
        admin = kafka.administrator(self.kafka.bootstrap, self.kafka.password)
        kafka_users.provision(admin, _passwords(self.secrets, credentials.kafka_password, PRINCIPALS))
        topics_admin.apply(admin, load_topics(ROOT))


def _passwords(folder: Path, read: Callable[[Path, str], str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: read(folder, name) for name in names}
