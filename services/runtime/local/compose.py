"""What docker-compose.yml's own containers do: `prepare` makes passwords and keys, `provision` users and topics.

`provider-keys` publishes the identity provider's keys to the processors, who ask nobody outside. The folder is laid out
as a local edition's data folder is; each container sees its own part of it.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.runtime import topics_admin
from services.runtime.local import credentials, database, kafka, kafka_users, keys, record
from services.runtime.local.files import ROOT, make_private_folder, write_private
from services.runtime.local.ports import DEFAULT_BASE
from services.runtime.local.postgres import Postgres
from services.runtime.local.principals import ADMIN, DATABASE_ROLES, PRINCIPALS
from services.runtime.settings import IdentitySettings, load
from services.runtime.signin.provider import anybodys
from services.runtime.witness import PROVIDER_KEYS
from services.wire.topics import load_topics

# The accounts of infra/images/Dockerfile and of the official Kafka image.
OUR_ACCOUNT = 10001
KAFKA_ACCOUNT = 1000

SIGNED_IN = "signin"
"""The part in which the command line keeps who is signed in."""


@dataclass(frozen=True)
class Places:
    """Where the containers reach Kafka and PostgreSQL."""

    bootstrap: str = "kafka:9092"
    postgres_host: str = "postgres"
    postgres_port: int = 5432


def prepare(folder: Path, now: datetime) -> None:
    """Make everybody's passwords and keys where there are none, and what the two official images are told."""
    secrets = folder / "secrets"
    credentials.make_missing(secrets)
    keys.make_missing(folder / "keys", now)
    made = record.read(folder) or record.new_record(DEFAULT_BASE)
    record.write(folder, made)
    for part in ("kafka", "postgres", SIGNED_IN):
        make_private_folder(folder / part)
    write_private(folder / "kafka" / "cluster_id", made.cluster_id)
    write_private(folder / "kafka" / "password", credentials.kafka_password(secrets, ADMIN))
    write_private(folder / "postgres" / "password", credentials.database_password(secrets, ADMIN))


def give_away(folder: Path) -> None:
    """Give each part to the account of the container that reads it; PostgreSQL's reads its own as root."""
    _give(folder / "kafka", KAFKA_ACCOUNT)
    for part in ("edition.json", "keys", "secrets", SIGNED_IN):
        _give(folder / part, OUR_ACCOUNT)


def provision(folder: Path, places: Places) -> None:
    """Make whatever is missing in the running Kafka and PostgreSQL: users, topics, permissions, roles, schemas.

    Raises:
        Misconfigured: a later version made some of the tables; nothing is changed in either.
    """
    secrets = folder / "secrets"
    password = credentials.database_password(secrets, ADMIN)
    server = Postgres(folder / "postgres", places.postgres_port, password, places.postgres_host)
    database.refuse_later(server, DATABASE_ROLES)
    database.provision(server, {role: credentials.database_password(secrets, role) for role in DATABASE_ROLES})
    admin = kafka.administrator(places.bootstrap, credentials.kafka_password(secrets, ADMIN))
    kafka_users.provision(admin, {name: credentials.kafka_password(secrets, name) for name in PRINCIPALS})
    topics_admin.apply(admin, load_topics(ROOT))


def publish_provider_keys(public: Path, settings: IdentitySettings, now: datetime) -> bool:
    """Put the identity provider's public keys where processors read them; False: there is no provider.

    Raises:
        Unavailable: it does not answer.
    """
    found = anybodys(settings)
    if found is None:
        return False
    write_private(public / PROVIDER_KEYS, asyncio.run(found.published_keys(now)))
    return True


def main(arguments: Sequence[str]) -> None:
    """Do what the container was started for."""
    match arguments:
        case ["prepare", folder]:
            prepare(Path(folder), datetime.now(UTC))
            give_away(Path(folder))
        case ["provision", folder]:
            provision(Path(folder), Places())
        case ["provider-keys", folder]:
            if not publish_provider_keys(Path(folder), load(IdentitySettings), datetime.now(UTC)):
                sys.stdout.write("LANTERN_OIDC_ISSUER is not set: nobody signs in.\n")
        case _:
            sys.exit("Say what to do, and in which folder: prepare DIR, provision DIR, or provider-keys DIR.")


def _give(path: Path, account: int) -> None:
    for each in (path, *path.rglob("*")):
        os.chown(each, account, account)


if __name__ == "__main__":
    main(sys.argv[1:])
