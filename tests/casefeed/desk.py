"""A coordinator before the page of two records, as a browser has them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from services.core.facts import Fact
from services.core.rights import PersonRole
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import csrf_of
from tests.builders import an_id
from tests.casefeed.house import URL, House
from tests.casefeed.test_links import pair, propose


@dataclass(frozen=True)
class Desk:
    """A coordinator before the page of two records."""

    home: House
    client: httpx.AsyncClient
    ends: tuple[str, str]

    @property
    def path(self) -> str:
        return f"/links/{self.ends[0]}/{self.ends[1]}"

    async def page(self) -> str:
        answer = await self.client.get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, verdict: str, **more: str) -> httpx.Response:
        csrf = csrf_of(self.client.cookies[self.home.door.cookie])
        form = {"csrf": csrf, "verdict": verdict, "ground": "other", "shown": await self.shown(), **more}
        return await self.client.post(self.path, data=form, headers={"origin": URL})

    async def shown(self) -> str:
        """The mark of what the page shows; none where it offers nothing."""
        return shown_on((await self.client.get(self.path)).text)

    async def is_refused(self, answer: httpx.Response, sentence: str, why: str) -> bool:
        """Whether an answer says so and gives back what was typed, and nothing was said or recorded but that."""
        told = all(one in answer.text for one in (sentence, "She told"))
        return told and not self.said() and await self.recorded() == [("denied", (why,))]

    def said(self) -> list[dict[str, Any]]:
        """What their agency heard of these two records."""
        documents = (one["document"] for heard in self.home.listening.heard() for one in heard["record"]["documents"])
        return [one for one in documents if one["source"]["subject_id"] == self.ends[0]]

    async def recorded(self) -> list[tuple[str, tuple[str, ...]]]:
        """What the audit holds of decisions about this pair: the outcome and the codes."""
        await self.home.trail.add_noted(self.home.session)
        wanted = Wanted(action="link_decided", about=f"record:{self.ends[0]}")

        async def look(connection: Connection) -> list[tuple[str, tuple[str, ...]]]:
            found = await Trails(self.home.session.where).search(connection, wanted)
            return [(held.entry.outcome, held.entry.reasons) for held, _ in found]

        return await self.home.session.run(look)


async def desk(home: House, numbers: int, *facts: Fact, ago: timedelta = timedelta()) -> Desk:
    """Before two records that may be of one child, of which the first says these facts."""
    one, other = await pair(home, numbers, *facts)
    await propose(home, one, other)
    return Desk(home, await home.enter(PersonRole.COORDINATOR, ago=ago), (an_id(one), an_id(other)))


def offered(page: str) -> set[str]:
    return set(re.findall(r'name="verdict" value="(\w+)"', page))


def shown_on(page: str) -> str:
    """The mark of what a page of two records shows; none where it offers nothing."""
    found = re.search(r'name="shown" value="(\w+)"', page)
    return found[1] if found else ""
