"""The identity provider as its client sees it: where it signs people in, its keys, and a code made into a token."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx
import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from services.core.errors import Misconfigured, Unavailable
from services.runtime.settings import IdentitySettings, SignInSettings, read_token
from services.runtime.signin.kept import Kept
from services.runtime.tls import trusted
from services.wire.identity import Identity, TokenRefused, Trusted, Unfit, load_keys, verify

SCOPE = "openid profile"
_ANSWER_SECONDS = 5.0
_MOST_BYTES = 256 * 1024


class ProviderUnavailable(Unavailable):
    """The identity provider does not answer: nobody new can sign in now; who is signed in stays so."""


@dataclass(frozen=True, slots=True)
class Request:
    """What binds an answer of the provider to the one request that it answers, and to the browser that made it."""

    state: str
    nonce: str
    verifier: str


class _Metadata(BaseModel):
    """What we use of a provider's discovery document (OIDC Discovery 3)."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Provider:
    """One provider and one client of it; `secret` is None for a client that cannot keep one."""

    def __init__(self, issuer: str, client_id: str, audiences: frozenset[str], secret: str | None = None) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._trusted = Trusted(issuer, audiences)
        self._metadata = Kept(self._fetch_metadata)
        self._keys = Kept(self._fetch_keys)

    async def sign_in_url(self, asked: Request, back: str, now: datetime, *, anew: bool) -> str:
        """Where to send a person; `anew`: they must show again who they are, even if they just did.

        Raises:
            Unavailable: the provider does not say where.
        """
        metadata = await self._metadata.get(now)
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        async with self._client(back) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
                **more,
            )
        return str(url)

    async def token(self, code: str, asked: Request, back: str, now: datetime) -> str:
        """Exchange the code that a person brought back for their identity token, which is not verified yet.

        Raises:
            Unavailable: the provider does not answer.
            TokenRefused: it does not take the code.
        """
        metadata = await self._metadata.get(now)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS), self._client(back) as client:
                answer = await client.fetch_token(metadata.token_endpoint, code=code, code_verifier=asked.verifier)
        except (httpx2.HTTPError, TimeoutError):
            raise ProviderUnavailable from None
        except (OAuthError, ValueError):
            answer = {}
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise TokenRefused(Unfit.FORGED)
        return token

    async def identity(self, token: str, now: datetime, nonce: str | None = None) -> Identity:
        """Say who a token is about; keys are fetched again once when it is signed with one that is not held.

        Raises:
            Unavailable: there are no keys.
            TokenRefused: it is not the provider's, not for us, or out of its time.
        """
        try:
            return verify(token, self._trusted, await self._keys.get(now), now, nonce)
        except TokenRefused as refused:
            # A forged signature may be a good one of a new key that bears no name.
            if refused.reason not in {Unfit.UNKNOWN_KEY, Unfit.FORGED}:
                raise
        return verify(token, self._trusted, await self._keys.get(now, anew=True), now, nonce)

    async def published_keys(self, now: datetime) -> str:
        """Its public keys (JWKS), for those who are to know them without asking it.

        Raises:
            Unavailable: there are none.
        """
        return json.dumps((await self._keys.get(now)).as_dict(private=False))

    def _client(self, back: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._client_id,
            self._secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_ANSWER_SECONDS,
            trust_env=False,
            verify=trusted(),
        )

    async def _fetch_metadata(self) -> _Metadata:
        text = await _fetched(f"{self.issuer}/.well-known/openid-configuration")
        try:
            found = _Metadata.model_validate_json(text)
        except ValidationError:
            raise ProviderUnavailable from None
        # A document that speaks for another provider, or sends a secret on an open way, is none.
        ways = {urlsplit(url).scheme for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)}
        if found.issuer != self.issuer or ways != {urlsplit(self.issuer).scheme}:
            raise ProviderUnavailable
        return found

    async def _fetch_keys(self) -> KeySet:
        metadata = await self._fetch_metadata()
        try:
            return load_keys(await _fetched(metadata.jwks_uri))
        except TokenRefused:
            raise ProviderUnavailable from None


async def _fetched(url: str) -> bytes:
    """A small document, soon.

    Raises:
        ProviderUnavailable: it does not come, or is no small document.
    """
    try:
        async with asyncio.timeout(_ANSWER_SECONDS), httpx.AsyncClient(trust_env=False, verify=trusted()) as client:
            answer = await client.get(url)
    except (httpx.HTTPError, TimeoutError):
        raise ProviderUnavailable from None
    if not answer.is_success or len(answer.content) > _MOST_BYTES:
        raise ProviderUnavailable
    return answer.content


def anybodys(settings: IdentitySettings) -> Provider | None:
    """The provider as whoever only reads what it publishes is told of it."""
    audiences = frozenset({settings.oidc_client_id, settings.oidc_command_client_id})
    return Provider(settings.oidc_issuer, settings.oidc_client_id, audiences) if settings.oidc_issuer else None


def provider(settings: SignInSettings) -> Provider | None:
    """The provider that a service is told of.

    Raises:
        Misconfigured: the file of the client's secret is missing or empty.
    """
    if settings.oidc_issuer is None:
        return None
    file = settings.oidc_client_secret_file
    secret = read_token(file, "the client's secret").get_secret_value() if file else None
    audiences = frozenset({settings.oidc_client_id, settings.oidc_command_client_id})
    if len(audiences) == 1:
        raise Misconfigured("The service and the command line need client ids of their own.")
    return Provider(settings.oidc_issuer, settings.oidc_client_id, audiences, secret)
