"""Identity tokens as a provider signs them, and keys to sign them with; everybody in them is plainly synthetic."""

import functools
import json
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from services.wire.identity import Trusted, load_keys
from tests.builders import START

ISSUER = "https://identity.example"
CLIENT = "lantern"
TRUSTED = Trusted(ISSUER, frozenset({CLIENT, "lantern-cli"}))
KEY_BITS = 2048
HOUR = 3600


@functools.cache
def signing_key(kid: str = "one") -> RSAKey:
    """A key of the provider, made once."""
    return RSAKey.generate_key(KEY_BITS, {"kid": kid, "use": "sig"}, private=True)


def published(*kids: str) -> KeySet:
    """The public halves as a client of the provider knows them."""
    keys = [signing_key(kid) for kid in kids or ("one",)]
    return load_keys(key_set(*keys))


def key_set(*keys: RSAKey) -> str:
    """The JSON Web Key Set of some keys' public halves."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def claims(**other: Any) -> dict[str, Any]:
    """What a token says of a social worker who signed in a moment ago; None leaves a claim away."""
    now = int(START.timestamp())
    said = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "worker-1",
        "iat": now - 5,
        "auth_time": now - 5,
        "exp": now + HOUR,
        "nonce": "nonce-1",
        "name": "Givenname Familyname",
        "lantern_role": "social_worker",
        "lantern_organisation": "EXAMPLE-COUNCIL",
        "lantern_organisation_kind": "local_authority",
        "lantern_sector": "local_authority",
        **other,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(kid: str = "one", **other: Any) -> str:
    """A token signed by the provider."""
    return jwt.encode({"alg": "RS256", "kid": kid}, claims(**other), signing_key(kid))
