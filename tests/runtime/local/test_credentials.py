"""Passwords are made once, and nobody but their owner can read them."""

from pathlib import Path

import pytest

from services.runtime.local import credentials
from services.runtime.local.errors import EditionFailed
from services.runtime.local.principals import DATABASE_ROLES, PRINCIPALS, SERVICES


def test_only_the_owner_can_read_a_password(tmp_path: Path) -> None:
    credentials.make_missing(tmp_path)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_every_principal_has_a_password_of_its_own(tmp_path: Path) -> None:
    credentials.make_missing(tmp_path)

    assert len({credentials.kafka_password(tmp_path, name) for name in PRINCIPALS}) == len(PRINCIPALS)


def test_a_service_without_tables_has_no_password_of_the_database(tmp_path: Path) -> None:
    credentials.make_missing(tmp_path)

    told = {name for name in SERVICES if "database_password" in credentials.path_of(tmp_path, name).read_text()}
    assert told == set(DATABASE_ROLES)


def test_passwords_stay_as_they_were_first_made(tmp_path: Path) -> None:
    credentials.make_missing(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    credentials.make_missing(tmp_path)

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_password_file_is_named_and_not_made_anew(tmp_path: Path, damage: bytes) -> None:
    credentials.make_missing(tmp_path)
    path = credentials.path_of(tmp_path, "vault")
    path.write_bytes(damage)

    with pytest.raises(EditionFailed, match=r"vault cannot be read from .*vault\.json"):
        credentials.kafka_password(tmp_path, "vault")
    credentials.make_missing(tmp_path)
    assert path.read_bytes() == damage
