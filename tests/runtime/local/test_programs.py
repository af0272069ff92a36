"""Each service is told what it needs, and of no neighbour's secrets and keys."""

from configparser import RawConfigParser
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.runtime.local import credentials, keys
from services.runtime.local.edition import Edition
from services.runtime.local.principals import DATABASE_ROLES, PRINCIPALS, SERVICES
from services.runtime.local.programs import programs, told
from services.runtime.local.provider import keys as provider_keys
from services.runtime.local.supervisor import configuration
from tests.free_ports import free_base

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(params=["data", "a folder (of) ours"])
def edition(tmp_path: Path, request: pytest.FixtureRequest) -> Edition:
    """An edition that has its passwords and keys, and was never started."""
    made = Edition(tmp_path / request.param, free_base())
    credentials.make_missing(made.secrets)
    keys.make_missing(made.keys, NOW)
    provider_keys.make_missing(made.keys)
    return made


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_told_of_its_own_secrets_and_keys_alone(edition: Edition, service: str) -> None:
    values = "\n".join(told(edition, service).values())

    assert str(credentials.path_of(edition.secrets, service)) in values
    others = [name for name in PRINCIPALS if name != service]
    assert [name for name in others if str(credentials.path_of(edition.secrets, name)) in values] == []
    assert [name for name in keys.SECRET_KEYS if name != service and str(edition.keys / name) in values] == []


@pytest.mark.parametrize("service", SERVICES)
def test_only_a_service_with_tables_is_told_of_the_database(edition: Edition, service: str) -> None:
    assert ("LANTERN_DATABASE_USER" in told(edition, service)) == (service in DATABASE_ROLES)


def test_no_password_is_on_a_command_line_or_in_an_environment(edition: Edition) -> None:
    passwords = {credentials.kafka_password(edition.secrets, name) for name in PRINCIPALS}
    passwords |= {credentials.database_password(edition.secrets, name) for name in DATABASE_ROLES}

    seen = "\n".join(word for one in programs(edition) for word in (*one.command, *one.environment.values()))
    assert [password for password in passwords if password in seen] == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_is_told_of_the_providers_private_key(edition: Edition, service: str) -> None:
    values = "\n".join(told(edition, service).values())

    assert str(provider_keys.private_path(edition.keys).parent) not in values


def test_every_program_is_started_again_and_killed_when_it_hangs(edition: Edition) -> None:
    settings = RawConfigParser()
    settings.read_string(configuration(edition, edition.run / "supervisor.sock"))

    sections = [settings[f"program:{one.name}"] for one in programs(edition)]
    assert {section["autorestart"] for section in sections} == {"true"}
    assert {section["stopwaitsecs"] for section in sections} == {"5"}
    assert {section["killasgroup"] for section in sections} == {"true"}
