"""The vault's own page as a person with a browser meets it: signing in at the provider, attesting, looking."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from services.runtime.signin.doorkeeper import csrf_of
from services.runtime.tls import trusted
from tests.edition import LocalEdition
from tests.identity_provider import press


class Browser:
    """A browser of somebody's own at the vault of an edition."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        self._url = url
        self._runner = runner
        headers = {"accept": "text/html", "origin": url}
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, trust_env=False, verify=trusted(), follow_redirects=True
        )

    def sign_in(self, name: str, number: str) -> str:
        """Sign in on the way to a decision's page; gives that page."""
        return self._runner.run(self._sign_in(name, number))

    def look(self, number: str) -> str:
        """Attest that nobody else sees the screen, and look."""
        secret = self._client.cookies[f"lantern-{self._url.rpartition(':')[2]}"]
        form = {"csrf": csrf_of(secret), "attested": "yes"}
        return self._runner.run(self._client.post(f"/decisions/{number}/look", data=form)).text

    def close(self) -> None:
        self._runner.run(self._client.aclose())

    async def _sign_in(self, name: str, number: str) -> str:
        page = await self._client.get(f"/decisions/{number}")
        return (await self._client.get((await press(self._client, page, name)).headers["location"])).text


@contextmanager
def browser(edition: LocalEdition) -> Iterator[Browser]:
    """A browser in which nobody is signed in yet."""
    with asyncio.Runner() as runner:
        opened = Browser(f"http://127.0.0.1:{edition.parts.ports['vault']}", runner)
        yield opened
        opened.close()
