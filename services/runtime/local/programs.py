"""What runs: each program's command and what it is told; a service is told of its own secrets and keys alone."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.runtime.local import credentials, database, kafka, postgres
from services.runtime.local.edition import Edition
from services.runtime.local.files import ROOT
from services.runtime.local.ports import HOST
from services.runtime.local.principals import AGENCIES, DATABASE_ROLES, SERVICES, WITH_PEOPLE
from services.runtime.local.provider import keys as provider_keys
from services.runtime.settings import environment

PARTS = ("kafka", "postgres", "provider", "mail")
PEOPLE = ROOT / "services" / "cli" / "scenario" / "people.json"
"""The invented people who can sign in."""


@dataclass(frozen=True)
class Program:
    """One program: its name, command, what its environment adds, what stops it in good order, and where it runs."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_signal: str = "TERM"
    directory: Path = ROOT


def programs(edition: Edition) -> list[Program]:
    """Every program of an edition, the parts that the services stand on first."""
    return [
        # Java leaves what it has to say of itself where it runs.
        Program(
            "kafka",
            kafka.command(edition.kafka),
            kafka.environment(edition.kafka),
            directory=edition.kafka.folder,
        ),
        # At SIGTERM it would wait for its clients.
        Program("postgres", postgres.command(edition.postgres), {}, "INT"),
        Program("provider", _provider(edition), {}),
        Program("mail", _mail(edition), {}),
        *(Program(name, [sys.executable, "-m", f"services.{name}"], told(edition, name)) for name in SERVICES),
    ]


def _provider(edition: Edition) -> list[str]:
    key = provider_keys.private_path(edition.keys)
    module = "services.runtime.local.provider"
    return [sys.executable, "-m", module, str(PEOPLE), str(key), str(edition.ports["provider"])]


def _mail(edition: Edition) -> list[str]:
    receipts = f"http://{HOST}:{edition.ports['oncall']}/receipts/mail"
    told = str(edition.mail), str(edition.ports["mail"]), receipts, str(edition.secrets / credentials.RECEIPTS_TOKEN)
    return [sys.executable, "-m", "services.runtime.local.mail", *told]


def told(edition: Edition, service: str) -> dict[str, str]:
    """Spell the settings of a service as its environment."""
    common = environment(
        service=service,
        kafka_bootstrap=edition.kafka.bootstrap,
        kafka_security="SASL_PLAINTEXT",
        kafka_user=service,
        secrets_file=credentials.path_of(edition.secrets, service),
        http_host=HOST,
        http_port=edition.ports[service],
        operator_token_file=edition.secrets / credentials.OPERATOR_TOKEN,
        home=ROOT,
    )
    # Python's allocator gives memory back; glibc's would keep an arena a thread.
    more = {**_database(edition, service), **_keys(edition, service), **_signin(edition, service)}
    return {**common, **more, **_paging(edition, service), "MALLOC_ARENA_MAX": "2"}


def _database(edition: Edition, service: str) -> dict[str, str]:
    if service not in DATABASE_ROLES:
        return {}
    return environment(
        database_host=HOST,
        database_port=edition.ports["postgres"],
        database_name=database.NAME,
        database_user=service,
    )


def _signin(edition: Edition, service: str) -> dict[str, str]:
    if service not in (*WITH_PEOPLE, *AGENCIES):
        return {}
    issuer = environment(oidc_issuer=f"http://{HOST}:{edition.ports['provider']}")
    reached = environment(public_url=f"http://{HOST}:{edition.ports[service]}")
    if service == "casefeed":
        reached |= environment(oncall_url=f"http://{HOST}:{edition.ports['oncall']}")
    return {**issuer, **(reached if service in WITH_PEOPLE else {})}


def _paging(edition: Edition, service: str) -> dict[str, str]:
    if service != "oncall":
        return {}
    return environment(
        page_link=f"http://{HOST}:{edition.ports['casefeed']}",
        page_hosts=HOST,
        receipts_token_file=edition.secrets / credentials.RECEIPTS_TOKEN,
        smtp_host=HOST,
        smtp_port=edition.ports["mail"],
        smtp_security="none",
        mail_from="lantern@lantern.example",
        mail_receipts="true",
    )


def _keys(edition: Edition, service: str) -> dict[str, str]:
    own = edition.keys / service
    return environment(keys=own, public_keys=edition.keys / "public") if own.is_dir() else {}
