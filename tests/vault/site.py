"""The vault's web application over its tables, and the browsers of those who use it."""

from dataclasses import dataclass

import httpx

from services.core.rights import Person
from services.runtime.audit import Trail
from services.runtime.settings import SignInSettings
from services.runtime.signin import sessions
from services.runtime.signin.doorkeeper import Doorkeeper, csrf_of
from services.vault.app import create_app
from services.vault.decisions import Act, Decision
from tests.vault.deciding import PEOPLE_KEY, Hub, hub
from tests.vault.tables import Vault

URL = "http://127.0.0.1:4711"


@dataclass
class Site:
    """The vault's web application, with the time that passes while it is used."""

    hub: Hub
    door: Doorkeeper
    transport: httpx.ASGITransport
    trail: Trail

    async def browser(self, who: Person) -> httpx.AsyncClient:
        """A browser in which this person has just signed in."""
        secret, now = sessions.new_secret(), self.hub.now
        held = sessions.Held(who, "token", now, now, now)
        await self.door.run(lambda connection: sessions.begin(connection, secret, held))
        return httpx.AsyncClient(
            transport=self.transport,
            base_url=URL,
            headers={"accept": "text/html", "origin": URL},
            cookies={self.door.cookie: secret},
        )

    async def seconded(self) -> Decision:
        decision = await self.hub.ask()
        await self.hub.act(decision, Act.SECOND)
        return decision


def make_site(vault: Vault) -> Site:
    made, trail = hub(vault), Trail(vault.session.where)
    door = Doorkeeper(SignInSettings(public_url=URL), vault.session, PEOPLE_KEY, trail, made.later)
    app = create_app(made.deciding, made.looking_up, door, trail, vault.session)
    return Site(made, door, httpx.ASGITransport(app), trail)


def csrf(browser: httpx.AsyncClient) -> str:
    (secret,) = browser.cookies.values()
    return csrf_of(secret)


async def press(browser: httpx.AsyncClient, decision: Decision | str, act: str, **fields: str) -> httpx.Response:
    number = decision if isinstance(decision, str) else decision.asked.decision_id
    return await browser.post(f"/decisions/{number}/{act}", data={"csrf": csrf(browser), **fields})


async def look(browser: httpx.AsyncClient, decision: Decision | str) -> httpx.Response:
    return await press(browser, decision, "look", attested="yes")
