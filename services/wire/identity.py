"""The signed ID token by which a provider says who somebody is: checked, never believed (OIDC Core 3.1.3.7)."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from joserfc import jws
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.core.authority import ANSWERS_FOR
from services.core.codes import OrganisationKind, Sector
from services.core.errors import BadData
from services.core.ids import body_handle, person_handle
from services.core.rights import Person, PersonRole

MAX_TOKEN_BYTES = 8 * 1024
ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures by a key that the provider alone holds: neither "none" nor a secret that a client shares."""

LEEWAY_SECONDS = 60
"""By how much two machines' clocks may differ."""

LONGEST_SECONDS = 12 * 3600
"""A token that is meant to live longer is no sign that somebody is there."""

_KEY_TYPES: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}


class Unfit(StrEnum):
    """Why a token was refused: for the audit, and never for who showed it."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    OTHER_ISSUER = "other_issuer"
    OTHER_AUDIENCE = "other_audience"
    OTHER_NONCE = "other_nonce"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    STRANGER = "stranger"
    OTHER_AGENCY = "other_agency"
    SAYS_NOTHING = "says_nothing"


class TokenRefused(BadData):
    """The identity token does not say who somebody is: sign in again."""

    def __init__(self, reason: Unfit) -> None:
        super().__init__(TokenRefused.__doc__)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whose tokens are taken, and made for which of our clients."""

    issuer: str
    audiences: frozenset[str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a verified token says that somebody is; times are aware UTC."""

    subject: str
    name: str = field(repr=False)
    role: PersonRole
    organisation: str = field(repr=False)
    kind: OrganisationKind
    sector: Sector
    issued_at: datetime
    expires_at: datetime
    authenticated_at: datetime

    def person(self, people_key: bytes) -> Person:
        """The person under the handles that the hub knows them by."""
        return Person(
            person_handle(people_key, self.subject),
            self.role,
            body_handle(people_key, self.organisation),
            self.kind,
            self.sector,
        )


class _Claims(BaseModel):
    """The claims that are asked for; a provider may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    iss: str
    sub: str = Field(min_length=1, max_length=255)
    aud: str | list[str]
    azp: str | None = None
    exp: int = Field(strict=True, ge=0, lt=1 << 33)
    iat: int = Field(strict=True, ge=0, lt=1 << 33)
    auth_time: int = Field(strict=True, ge=0, lt=1 << 33)
    nonce: str | None = None
    name: str = Field(min_length=1, max_length=200)
    lantern_role: PersonRole
    lantern_organisation: str = Field(min_length=1, max_length=100)
    lantern_organisation_kind: OrganisationKind
    lantern_sector: Sector


def load_keys(text: str | bytes) -> KeySet:
    """Read a provider's JSON Web Key Set (RFC 7517); keys of other uses or kinds are left out.

    Raises:
        TokenRefused: it is none, or holds no key that verifies.
    """
    try:
        found = [one for one in json.loads(text)["keys"] if one.get("use", "sig") == "sig"]
        keys = [_KEY_TYPES[one["kty"]].import_key(one) for one in found if one.get("kty") in _KEY_TYPES]
    except (ValueError, TypeError, KeyError, AttributeError, JoseError):
        raise TokenRefused(Unfit.UNKNOWN_KEY) from None
    if not keys:
        raise TokenRefused(Unfit.UNKNOWN_KEY)
    return KeySet(list(keys))


def verify(token: str, trusted: Trusted, keys: KeySet, now: datetime, nonce: str | None = None) -> Identity:
    """Say who a token is about, if the trusted provider signed it for one of our clients and it has not expired.

    With `nonce`, it must be the answer to the one request that bore it.

    Raises:
        TokenRefused: it is anything else.
    """
    claims = _claims(_signed(token, keys))
    for unfit in _unfit(claims, trusted, now, nonce):
        raise TokenRefused(unfit)
    return Identity(
        subject=claims.sub,
        name=claims.name,
        role=claims.lantern_role,
        organisation=claims.lantern_organisation,
        kind=claims.lantern_organisation_kind,
        sector=claims.lantern_sector,
        issued_at=datetime.fromtimestamp(claims.iat, UTC),
        expires_at=datetime.fromtimestamp(claims.exp, UTC),
        authenticated_at=datetime.fromtimestamp(claims.auth_time, UTC),
    )


def _signed(token: str, keys: KeySet) -> bytes:
    """The payload of a token of which the signature is good."""
    if len(token) > MAX_TOKEN_BYTES or not token.isascii():
        raise TokenRefused(Unfit.MALFORMED)
    try:
        return jws.deserialize_compact(token, keys, algorithms=ALGORITHMS).payload or b""
    except InvalidKeyIdError:
        unfit = Unfit.UNKNOWN_KEY
    except JoseError:
        unfit = Unfit.FORGED
    except (ValueError, TypeError, KeyError):
        unfit = Unfit.MALFORMED
    raise TokenRefused(unfit)


def _claims(payload: bytes) -> _Claims:
    try:
        return _Claims.model_validate_json(payload)
    except ValidationError:
        raise TokenRefused(Unfit.STRANGER) from None


def _unfit(claims: _Claims, trusted: Trusted, now: datetime, nonce: str | None) -> list[Unfit]:
    audiences = {claims.aud} if isinstance(claims.aud, str) else set(claims.aud)
    at = now.timestamp()
    checks = {
        Unfit.OTHER_ISSUER: claims.iss == trusted.issuer,
        # One token, one client: what another party may show as well is not only ours.
        Unfit.OTHER_AUDIENCE: len(audiences) == 1
        and audiences <= trusted.audiences
        and claims.azp in {None, *audiences},
        Unfit.OTHER_NONCE: nonce is None or claims.nonce == nonce,
        Unfit.EXPIRED: at < claims.exp and claims.exp - claims.iat <= LONGEST_SECONDS,
        Unfit.NOT_YET: max(claims.iat, claims.auth_time) <= at + LEEWAY_SECONDS,
        Unfit.STRANGER: ANSWERS_FOR[claims.lantern_organisation_kind] is claims.lantern_sector,
    }
    return [unfit for unfit, fits in checks.items() if not fits]
