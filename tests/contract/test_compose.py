"""docker-compose.yml: the specification's schema allows it, and it gives each service what is its own, and no more."""

import copy
import json
from datetime import UTC, datetime
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic_settings import BaseSettings

from services.cli import signed_in
from services.runtime.local.compose import SIGNED_IN, prepare, publish_provider_keys
from services.runtime.local.keys import SECRET_KEYS
from services.runtime.local.postgres_server import SETTINGS
from services.runtime.local.principals import AGENCIES, DATABASE_ROLES, SERVICES, WITH_PEOPLE
from services.runtime.paging_settings import HeartbeatSettings, MailSettings, NotifySettings, PageSettings
from services.runtime.settings import (
    DatabaseSettings,
    IdentitySettings,
    KeySettings,
    OnCallAddress,
    Settings,
    SignInSettings,
    variables,
)

HOME = Path(__file__).resolve().parents[2]
PAGING: list[type[BaseSettings]] = [PageSettings, MailSettings, NotifySettings, HeartbeatSettings]
LEAST_SEVERE = ("log_min_messages", "log_min_error_statement")
COMPOSE: dict[str, Any] = yaml.safe_load((HOME / "docker-compose.yml").read_text("utf-8"))


def schema() -> dict[str, Any]:
    """The Compose specification's own JSON schema, which the check-jsonschema wheel carries."""
    [path] = [path for path in files("check-jsonschema") or [] if path.match("vendor/compose-spec.json")]
    text: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return text


def problems(compose: dict[str, Any]) -> list[str]:
    """What the specification says against a Compose file."""
    return [error.message for error in Draft202012Validator(schema()).iter_errors(compose)]


def private_parts(compose: dict[str, Any], service: str) -> set[str]:
    """What a container sees of the volume with everybody's secrets and keys."""
    mounts = [mount for mount in compose["services"][service].get("volumes", []) if isinstance(mount, dict)]
    return {mount["volume"]["subpath"] for mount in mounts if mount["source"] == "private"}


def published(compose: dict[str, Any]) -> list[str]:
    """Every port that is open to clients outside the containers."""
    return [port for service in compose["services"].values() for port in service.get("ports", [])]


def test_the_specification_allows_it() -> None:
    assert problems(COMPOSE) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [("image", 18), ("port", ["127.0.0.1:1:1"]), ("healthcheck", {"test": [1]}), ("depends_on", {"kafka": "healthy"})],
)
def test_the_specification_refuses_a_spoilt_one(place: str, value: object) -> None:
    spoilt = copy.deepcopy(COMPOSE)
    spoilt["services"]["postgres"][place] = value

    assert problems(spoilt) != []


def test_every_service_has_a_container_that_runs_it() -> None:
    commands = {name: service.get("command") for name, service in COMPOSE["services"].items()}

    assert {name: commands.get(name) for name in SERVICES} == {name: [f"services.{name}"] for name in SERVICES}


def test_kafka_and_postgresql_are_the_official_images() -> None:
    assert COMPOSE["services"]["kafka"]["image"] == "apache/kafka:4.3.1"
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:18"


def test_every_lasting_container_has_a_healthcheck() -> None:
    lasting = [name for name, service in COMPOSE["services"].items() if service.get("restart") == "unless-stopped"]

    assert {*lasting} == {*SERVICES, "kafka", "postgres"}
    assert [name for name in lasting if "healthcheck" not in COMPOSE["services"][name]] == []


def test_no_container_s_log_grows_for_ever() -> None:
    """Docker's own default keeps every line."""
    kept = {name: service.get("logging", {}).get("options", {}) for name, service in COMPOSE["services"].items()}

    assert [name for name, options in kept.items() if not {"max-size", "max-file"} <= options.keys()] == []


def test_kafka_writes_its_log_where_it_is_kept_short_and_not_into_files_beside() -> None:
    """Its image rolls files every hour, and removes none."""
    kafka = COMPOSE["services"]["kafka"]
    [_, inside] = kafka["environment"]["KAFKA_LOG4J_OPTS"].split("=")

    assert f"./infra/kafka/log4j2.properties:{inside}:ro" in kafka["volumes"]
    assert "appender.out.type = Console" in (HOME / "infra" / "kafka" / "log4j2.properties").read_text("utf-8")


def test_postgresql_writes_nothing_down_of_what_a_statement_held() -> None:
    """The detail of an error says which number of which child it met; as in the local edition."""
    told = COMPOSE["services"]["postgres"].get("command", [])
    ours = {name: value for name, value in SETTINGS.items() if name in {"log_error_verbosity", *LEAST_SEVERE}}

    assert {setting for setting in told if "=" in setting} == {f"{name}={value}" for name, value in ours.items()}


def test_nothing_listens_for_other_machines() -> None:
    assert [port for port in published(COMPOSE) if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("service", SERVICES)
def test_service_sees_its_own_secrets_and_keys_alone(service: str) -> None:
    keys = {f"keys/{service}", "keys/public"}
    keys |= {f"keys/public/{service}"} if service in SECRET_KEYS else set()

    assert private_parts(COMPOSE, service) == {"secrets/operator_token", f"secrets/{service}.json"} | keys
    assert [mount for mount in COMPOSE["services"][service]["volumes"] if isinstance(mount, str)] == []


@pytest.mark.parametrize("service", SECRET_KEYS)
def test_service_writes_its_own_key_pairs_and_nothing_else(service: str) -> None:
    mounts = [mount for mount in COMPOSE["services"][service]["volumes"] if not mount.get("read_only")]

    assert {mount["volume"]["subpath"] for mount in mounts} == {f"keys/{service}", f"keys/public/{service}"}


@pytest.mark.parametrize("service", SERVICES)
def test_service_is_told_everything_that_it_needs_and_nothing_that_it_does_not_know(service: str) -> None:
    told = COMPOSE["services"][service]["environment"].keys()
    kinds: list[type[BaseSettings]] = [Settings, KeySettings]
    kinds += [DatabaseSettings] if service in DATABASE_ROLES else []
    kinds += [SignInSettings] if service in WITH_PEOPLE else []
    kinds += [IdentitySettings] if service in AGENCIES else []
    kinds += PAGING if service == "oncall" else []
    kinds += [OnCallAddress] if service == "casefeed" else []
    known = {name for kind in kinds for name in variables(kind)}
    needed = {
        f"LANTERN_{name.upper()}" for kind in kinds for name, field in kind.model_fields.items() if field.is_required()
    }

    assert needed <= told
    assert told <= known


@pytest.mark.parametrize(("service", "kinds"), [("oncall", PAGING), ("casefeed", [OnCallAddress])])
def test_every_way_to_reach_people_can_be_set_up(service: str, kinds: list[type[BaseSettings]]) -> None:
    told = COMPOSE["services"][service]["environment"]

    assert {name for kind in kinds for name in variables(kind)} <= told.keys()


@pytest.mark.parametrize("service", WITH_PEOPLE)
def test_a_file_with_a_secret_is_seen_by_the_service_that_is_told_of_it_and_by_no_other(service: str) -> None:
    told = COMPOSE["services"][service]["environment"].values()
    named = {value.split("/run/secrets/")[1].rstrip("}") for value in told if "/run/secrets/" in str(value)}

    assert named == {*COMPOSE["services"][service]["secrets"]}
    assert named <= COMPOSE["secrets"].keys()


def test_of_our_services_only_those_that_people_come_to_and_ask_have_a_door() -> None:
    doors = {name for name, service in COMPOSE["services"].items() if "door" in service.get("networks", [])}
    assert doors & set(SERVICES) == {*WITH_PEOPLE, "correlator"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_whoever_signs_in_at_the_command_line_is_kept_in_a_part_that_it_can_write() -> None:
    mounts = [mount for mount in COMPOSE["services"]["lantern"]["volumes"] if isinstance(mount, dict)]
    [written] = [mount for mount in mounts if not mount.get("read_only")]

    assert Path(written["target"]) == signed_in.path_in(Path("/run/lantern")).parent
    assert written["volume"]["subpath"] == SIGNED_IN


@pytest.mark.parametrize("service", WITH_PEOPLE)
def test_a_service_with_people_has_an_address_that_can_be_another_and_a_secret_that_there_may_be(service: str) -> None:
    told = COMPOSE["services"][service]["environment"]
    port = COMPOSE["services"][service]["ports"][0].split(":")[1]

    assert told["LANTERN_PUBLIC_URL"] == f"${{LANTERN_{service.upper()}_URL:-http://127.0.0.1:{port}}}"
    assert "oidc_client_secret" in COMPOSE["services"][service]["secrets"]
    assert "/run/secrets/oidc_client_secret" in told["LANTERN_OIDC_CLIENT_SECRET_FILE"]


def test_processors_ask_nobody_outside_and_are_given_the_providers_keys() -> None:
    assert [name for name in AGENCIES if "door" in COMPOSE["services"][name]["networks"]] == []
    given = COMPOSE["services"]["provider-keys"]
    assert given["networks"] == ["door"]
    assert private_parts(COMPOSE, "provider-keys") == {"keys/public"}


def test_without_a_provider_no_keys_are_published(tmp_path: Path) -> None:
    assert not publish_provider_keys(tmp_path, IdentitySettings(), datetime(2026, 11, 23, tzinfo=UTC))
    assert list(tmp_path.iterdir()) == []


def test_the_image_is_built_from_folders_that_are_there() -> None:
    lines = (HOME / "infra" / "images" / "Dockerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]

    assert copied
    assert [name for name in copied if not (HOME / name).exists()] == []


def test_every_part_that_a_container_sees_is_made_before_it_starts(tmp_path: Path) -> None:
    prepare(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))

    seen = {part for service in COMPOSE["services"] for part in private_parts(COMPOSE, service)}
    assert {part for part in seen if not (tmp_path / part).exists()} == set()
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.glob("keys/*/")} <= seen


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    prepare(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    prepare(tmp_path, datetime(2027, 1, 4, tzinfo=UTC))

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first


def test_clients_on_this_machine_find_the_ports_that_are_published(tmp_path: Path) -> None:
    prepare(tmp_path, datetime(2026, 11, 23, tzinfo=UTC))
    ports = json.loads((tmp_path / "edition.json").read_text())["ports"]

    mapped = {
        name: service["ports"][0].split(":")[1] for name, service in COMPOSE["services"].items() if "ports" in service
    }
    assert mapped == {name: str(ports[name]) for name in ("kafka", "correlator", "vault", "casefeed", "oncall")}
