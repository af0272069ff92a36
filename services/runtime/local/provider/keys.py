"""The provider's signing key, made once: its private half is the provider's alone, the public one everybody's."""

import json
from pathlib import Path

from joserfc.jwk import RSAKey

from services.runtime.local.files import make_private_folder, write_private
from services.runtime.witness import PROVIDER_KEYS

OWNER = "provider"
_BITS = 2048


def private_path(keys: Path) -> Path:
    return keys / OWNER / "signing.json"


def public_path(keys: Path) -> Path:
    return keys / "public" / PROVIDER_KEYS


def make_missing(keys: Path) -> None:
    """Make the key if there is none; the public half last, so that none is published that nobody can sign with."""
    private, public = private_path(keys), public_path(keys)
    for folder in (private.parent, public.parent):
        make_private_folder(folder)
    if not private.exists():
        made = RSAKey.generate_key(_BITS, {"use": "sig", "alg": "RS256"}, private=True)
        write_private(private, json.dumps(made.as_dict(private=True)))
    if not public.exists():
        key = RSAKey.import_key(json.loads(private.read_bytes()))
        write_private(public, json.dumps({"keys": [key.as_dict(private=False)]}))
