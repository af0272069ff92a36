"""One local edition: a data folder, the parts that live in it, and what is made in it at first start."""

import base64
import json
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.runtime.local import credentials, database, jars, kafka, kafka_users, keys, postgres
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import make_private_folder, write_private
from services.runtime.local.kafka import Kafka
from services.runtime.local.ports import DEFAULT_BASE, ports_from
from services.runtime.local.postgres import Postgres
from services.runtime.local.principals import ADMIN, DATABASE_ROLES, PRINCIPALS

VERSION = 1


@dataclass(frozen=True)
class Edition:
    """A local edition in the folder `data`, its ports counted from `port_base`."""

    data: Path
    port_base: int = DEFAULT_BASE

    @property
    def ports(self) -> dict[str, int]:
        return ports_from(self.port_base)

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def record_file(self) -> Path:
        return self.data / "edition.json"

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

    def prepare(self) -> None:
        """Makes whatever is missing in the data folder: run again, it changes nothing."""
        make_private_folder(self.data)
        credentials.make_missing(self.secrets)
        keys.make_missing(self.keys)
        record = read_record(self.record_file) or self._new_record()
        kafka.prepare(self.kafka, record["cluster_id"])
        postgres.prepare(self.postgres)
        if not self.record_file.exists():
            write_private(self.record_file, json.dumps(record, indent=2))

    def provision(self) -> None:
        """Makes whatever is missing in the running Kafka and PostgreSQL: users, roles and schemas."""
        database.provision(
            self.postgres, {role: credentials.database_password(self.secrets, role) for role in DATABASE_ROLES}
        )
        admin = kafka.administrator(self.kafka.bootstrap, self.kafka.password)
        kafka_users.provision(
            admin, {principal: credentials.kafka_password(self.secrets, principal) for principal in PRINCIPALS}
        )
