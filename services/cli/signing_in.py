"""Signing in from a terminal: the provider's own page in a browser, and its answer to this machine (RFC 8252)."""

import asyncio
import webbrowser
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import compare_digest, token_urlsafe

import httpx
import typer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.cli import client, signed_in
from services.cli.signed_in import NotSignedIn, SignedIn
from services.core.errors import Unavailable
from services.runtime.http import serving
from services.runtime.settings import IdentitySettings, load
from services.runtime.signin import provider
from services.runtime.signin.provider import Provider
from services.runtime.tls import trusted
from services.wire.identity import TokenRefused

_BROWSER_SECONDS = 300.0
_BAD_REQUEST = 400

Visit = Callable[[str], Awaitable[None]]
"""Goes to an address as a person with a browser would."""


class NotTaken(NotSignedIn):
    """The identity provider did not sign you in. Nothing was changed: try `lantern login` again."""


def provider_of(edition: client.Edition) -> Provider:
    """The identity provider of an edition: the one that the environment names, else the local edition's own."""
    told = load(IdentitySettings)
    issuer = told.oidc_issuer or edition.url("provider")
    return Provider(issuer, told.oidc_command_client_id, frozenset({told.oidc_command_client_id}))


def is_local(edition: client.Edition) -> bool:
    """Whether invented people sign in to an edition."""
    return provider_of(edition).issuer.startswith("http:")


def sign_in(data: Path, invented: str | None = None) -> SignedIn:
    """Sign in and keep it.

    Raises: as `obtain`.
    """
    done = obtain(client.read_edition(data), invented)
    signed_in.keep(data, done)
    return done


def obtain(edition: client.Edition, invented: str | None = None) -> SignedIn:
    """Sign in; as an invented person, without a browser, where one is named.

    Raises:
        NotTaken: the provider does not let them in.
        Unavailable: it does not answer, or nobody came back from the browser in five minutes.
    """
    visit = partial(_press, invented) if invented and is_local(edition) else _open
    return SignedIn(asyncio.run(flow(provider_of(edition), visit)), invented)


def obtain_all(edition: client.Edition, invented: Iterable[str]) -> dict[str, SignedIn]:
    """Sign several people in, side by side where they are invented; gives each by name.

    Raises: as `obtain`.
    """
    names, found = sorted(set(invented)), provider_of(edition)
    if not is_local(edition):
        return {name: obtain(edition, name) for name in names}

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(flow(found, partial(_press, name)) for name in names))

    tokens = asyncio.run(all_of_them())
    return {name: SignedIn(token, name) for name, token in zip(names, tokens, strict=True)}


async def flow(found: Provider, visit: Visit) -> str:
    """A token that the provider gives to whoever comes back to this machine.

    Raises: as `obtain`.
    """
    asked = provider.Request(token_urlsafe(32), token_urlsafe(32), token_urlsafe(32))
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def come_back(request: Request) -> PlainTextResponse:
        if answered.done() or not compare_digest(request.query_params.get("state", "").encode(), asked.state.encode()):
            return PlainTextResponse("This is not the answer that was waited for.", _BAD_REQUEST)
        answered.set_result(request.query_params.get("code", ""))
        return PlainTextResponse("Go back to the terminal; this window can be closed.")

    async with serving(Starlette(routes=[Route("/back", come_back)]), client.HOST, 0) as port:
        back = f"http://{client.HOST}:{port}/back"
        await visit(await found.sign_in_url(asked, back, datetime.now(UTC), anew=False))
        try:
            async with asyncio.timeout(_BROWSER_SECONDS):
                code = await answered
        except TimeoutError:
            raise Unavailable("Nobody came back from the browser in five minutes: nothing was changed.") from None
        return await _token(found, code, asked, back)


async def _token(found: Provider, code: str, asked: provider.Request, back: str) -> str:
    now = datetime.now(UTC)
    try:
        token = await found.token(code, asked, back, now)
        await found.identity(token, now, asked.nonce)
    except TokenRefused:
        raise NotTaken from None
    return token


async def _open(url: str) -> None:
    typer.echo(f"Sign in with your browser; if none opens, go to\n\n  {url}\n", err=True)
    await asyncio.to_thread(webbrowser.open, url)


async def _press(name: str, url: str) -> None:
    """What a person does on the local provider's page: press the button that bears the name."""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True, verify=trusted()) as browser:
        try:
            await browser.get(url)
            pressed = await browser.post(url, data={"sub": name})
        except httpx.TransportError:
            raise provider.ProviderUnavailable from None
    if not pressed.is_success:
        raise NotTaken
