"""Keys made at first start: a folder an owner, everybody's public halves beside them; services renew their pairs."""

import base64
import json
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.runtime.local.files import make_private_folder, write_private
from services.runtime.local.principals import AGENCIES, SERVICES
from services.runtime.week_keys import Places, rotate
from services.wire.signing import SIGNING_KEY, public_file

VAULT = "vault"
CASEFEED = "casefeed"
ONCALL = "oncall"
PEOPLE_KEY = "people.key"
CONTACTS_KEY = "contacts.key"
KNOW_PEOPLE = (*AGENCIES, VAULT, CASEFEED, ONCALL)
"""Who must see that two documents name the same person; nobody else can tell a handle's person."""

SECRET_KEYS = {**dict.fromkeys(AGENCIES, ("edge.key",)), VAULT: ("kek.key", "digest.key", "backup.key")}
SECRET_BYTES = 32


def make_missing(folder: Path, now: datetime) -> None:
    """Make each owner's secret keys, and key pairs of the week of `now` and the next, where there are none."""
    public = make_private_folder(make_private_folder(folder) / "public")
    for owner, names in SECRET_KEYS.items():
        own = make_private_folder(folder / owner)
        for name in names:
            _make_secret(own / name)
        if not any((public / owner).glob("*.json")):
            rotate(Places(owner, own, public), now)
    _make_secret(make_private_folder(folder / ONCALL) / CONTACTS_KEY)
    for service in SERVICES:
        _make_signing_pair(make_private_folder(folder / service) / SIGNING_KEY, public / public_file(service))
    _share_people_key(folder)


def _share_people_key(folder: Path) -> None:
    """One key for all, whoever holds it already: a person is the same person everywhere."""
    holders = [make_private_folder(folder / owner) / PEOPLE_KEY for owner in KNOW_PEOPLE]
    key = next((path.read_bytes() for path in holders if path.exists()), None) or secrets.token_bytes(SECRET_BYTES)
    for path in holders:
        if not path.exists():
            write_private(path, key)


def _make_secret(path: Path) -> None:
    if not path.exists():
        write_private(path, secrets.token_bytes(SECRET_BYTES))


def _make_signing_pair(private: Path, public: Path) -> None:
    """The private half first, and never another: what was signed with it must stay good."""
    _make_secret(private)
    if not public.exists():
        key = Ed25519PrivateKey.from_private_bytes(private.read_bytes()).public_key()
        write_private(public, json.dumps({"public_key": base64.b64encode(key.public_bytes_raw()).decode()}))
