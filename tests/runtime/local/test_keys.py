"""Keys are made once, are nobody's but their owner's, and no public half is without its private one."""

import base64
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.core.codes import Sector
from services.runtime.local import keys
from services.runtime.local.principals import SERVICES
from services.wire.opening import Opener, load_private_keys
from services.wire.seal import BatchSealer, public_key_of
from services.wire.signing import SIGNING_KEY

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNERS = sorted(keys.SECRET_KEYS)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_the_owner_can_read_a_key(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)

    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path, *tmp_path.rglob("*"))}
    assert modes == {True: 0o700, False: 0o600}


@pytest.mark.parametrize("owner", OWNERS)
def test_an_owner_opens_what_is_sealed_to_them(tmp_path: Path, owner: str) -> None:
    keys.make_missing(tmp_path, NOW)
    sealed = BatchSealer(public_key_of(tmp_path / "public", owner, NOW)).seal(b"text", "purpose", "reference")

    opener = Opener(*load_private_keys(tmp_path / owner))

    assert opener.open(sealed, "purpose", "reference") == b"text"


def test_keys_stay_as_they_were_first_made(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)
    made = content(tmp_path)

    keys.make_missing(tmp_path, NOW + timedelta(weeks=4))

    assert content(tmp_path) == made


def test_no_two_keys_are_the_same(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)

    found = [key for name, key in content(tmp_path).items() if not name.endswith(keys.PEOPLE_KEY)]
    expected = 4 * len(OWNERS) + sum(map(len, keys.SECRET_KEYS.values())) + 2 * len(SERVICES) + len([keys.CONTACTS_KEY])
    assert len(found) == len(set(found)) == expected


def test_all_who_must_know_a_person_again_hold_the_same_key(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)
    held = {path.parent.name: path.read_bytes() for path in tmp_path.glob(f"*/{keys.PEOPLE_KEY}")}

    assert set(held) == {"police", "ukba", "local_authority", "health", "vault", "casefeed", "oncall"}
    assert len(set(held.values())) == 1
    assert held["vault"] not in [key for name, key in content(tmp_path).items() if not name.endswith(keys.PEOPLE_KEY)]


def test_one_who_lost_the_key_of_people_gets_the_same_again(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)
    key = (tmp_path / "vault" / keys.PEOPLE_KEY).read_bytes()
    (tmp_path / "vault" / keys.PEOPLE_KEY).unlink()

    keys.make_missing(tmp_path, NOW)

    assert (tmp_path / "vault" / keys.PEOPLE_KEY).read_bytes() == key


def test_what_an_agency_signs_is_believed_by_those_who_know_its_public_key(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)

    for sector in Sector:
        public = json.loads((tmp_path / "public" / f"{sector.value}.signing.json").read_text())["public_key"]
        private = Ed25519PrivateKey.from_private_bytes((tmp_path / sector.value / SIGNING_KEY).read_bytes())
        assert private.public_key().public_bytes_raw() == base64.b64decode(public)


def test_a_pair_is_named_after_its_owner_and_week(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)

    assert {path.name for path in (tmp_path / "public" / "vault").iterdir()} == {
        "vault-2026W01.json", "vault-2026W02.json"
    }  # fmt: skip


def test_a_start_that_was_killed_between_the_halves_of_a_pair_leaves_one_that_opens(tmp_path: Path) -> None:
    keys.make_missing(tmp_path, NOW)
    held = content(tmp_path / "vault")
    shutil.rmtree(tmp_path / "public" / "vault")

    keys.make_missing(tmp_path, NOW)

    sealed = BatchSealer(public_key_of(tmp_path / "public", "vault", NOW)).seal(b"text", "purpose", "reference")
    assert content(tmp_path / "vault") == held
    assert Opener(*load_private_keys(tmp_path / "vault")).open(sealed, "purpose", "reference") == b"text"
