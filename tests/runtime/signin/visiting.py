"""What a person does at a site: goes to the provider, presses a button, comes back."""

import httpx

from services.runtime.database import Connection
from services.runtime.signin import sessions
from tests.identity_provider import press
from tests.runtime.signin.conftest import Site

JSON = {"accept": "application/json"}


async def way_back(site: Site, browser: httpx.AsyncClient, name: str = "coordinator", **asked: str) -> str:
    """Where the provider sends a browser back to after somebody's button was pressed."""
    page = await browser.get("/signin", params=asked)
    answer = await press(browser, page, name)
    assert answer.headers["location"].startswith(f"{site.url}/signin/back?"), answer.text
    return answer.headers["location"]


async def signed_in(site: Site, browser: httpx.AsyncClient, name: str = "coordinator", **asked: str) -> httpx.Response:
    return await browser.get(await way_back(site, browser, name, **asked))


async def seen(browser: httpx.AsyncClient) -> int:
    """The status with which the site tells a program who it sees."""
    return (await browser.get("/", headers=JSON)).status_code


def secret_of(site: Site, browser: httpx.AsyncClient) -> str:
    secret = browser.cookies.get(site.door.cookie)
    assert secret is not None
    return secret


async def kept_token(connection: Connection, secret: str, site: Site) -> str:
    """The identity token of a session, which its browser never saw."""
    held = await sessions.find(connection, secret, site.clock.now())
    assert held is not None
    return held.token
