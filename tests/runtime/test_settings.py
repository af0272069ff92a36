"""Settings come from the environment, are named in full when they are wrong, and tell nobody what they hold."""

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from services.core.errors import Misconfigured
from services.runtime.settings import (
    DatabaseSettings,
    KeySettings,
    Settings,
    SignInSettings,
    environment,
    load,
    read_secrets,
    read_token,
    variables,
)

TOLD = environment(
    service="police",
    kafka_bootstrap="127.0.0.1:9",
    kafka_security="SASL_PLAINTEXT",
    kafka_user="police",
    secrets_file="secrets.json",
    http_port=8000,
    operator_token_file="token",
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which a service has what it needs."""
    for name, value in TOLD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_service_reads_what_it_is_told(told: pytest.MonkeyPatch) -> None:
    told.setenv("LANTERN_HTTP_PORT", "8001")

    assert load(Settings).http_port == 8001


@pytest.mark.parametrize("name", sorted(TOLD))
def test_every_variable_that_is_missing_is_named(told: pytest.MonkeyPatch, name: str) -> None:
    told.delenv(name)

    with pytest.raises(Misconfigured, match=name):
        load(Settings)


def test_a_wrong_value_is_named_and_never_repeated(told: pytest.MonkeyPatch) -> None:
    told.setenv("LANTERN_KAFKA_SECURITY", "hunter2")

    with pytest.raises(Misconfigured, match="LANTERN_KAFKA_SECURITY") as caught:
        load(Settings)
    assert "hunter2" not in str(caught.value)


def test_a_broker_is_never_reached_without_a_password(told: pytest.MonkeyPatch) -> None:
    told.setenv("LANTERN_KAFKA_SECURITY", "PLAINTEXT")

    with pytest.raises(Misconfigured):
        load(Settings)


@pytest.mark.parametrize("content", [None, "", "{}", '{"kafka_password": "hunter2", "other": 1}', "hunter2"])
def test_secrets_of_another_shape_are_refused_and_never_repeated(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "police.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(Misconfigured) as caught:
        read_secrets(path)
    assert "hunter2" not in str(caught.value)


def test_a_secret_does_not_show_itself(tmp_path: Path) -> None:
    path = tmp_path / "police.json"
    path.write_text('{"kafka_password": "hunter2"}')

    assert "hunter2" not in repr(read_secrets(path))


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_service_does_not_start_without_an_operators_token(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)

    with pytest.raises(Misconfigured):
        read_token(path)


@pytest.mark.parametrize("kind", [Settings, DatabaseSettings, KeySettings, SignInSettings])
def test_every_setting_says_what_it_is(kind: type[BaseSettings]) -> None:
    assert [name for name, meaning in variables(kind).items() if not meaning.endswith(".")] == []


@pytest.mark.parametrize(
    "url", ["https://lantern.example", "https://lantern.example:8443/hub", "http://127.0.0.1:19106"]
)
def test_an_address_that_nobody_reads_on_its_way_is_taken(url: str) -> None:
    assert SignInSettings(public_url=url).public_url == url


@pytest.mark.parametrize(
    "url",
    ["http://lantern.example", "http://127.0.0.1.evil.example", "lantern.example", "https://x/", "https://a@b", ""],
)
def test_an_address_on_which_a_session_could_be_read_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_PUBLIC_URL", url)

    with pytest.raises(Misconfigured, match="LANTERN_PUBLIC_URL"):
        load(SignInSettings)
