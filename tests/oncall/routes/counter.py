"""On-call's routes as whoever the test says asks them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from services.core.codes import Sector
from services.core.rights import Person
from services.runtime.signin.doorkeeper import SignedIn
from tests.oncall.fakes import OnCall, officer

POLICE = officer(Sector.POLICE)


class Door:
    """Lets in whoever the test says."""

    def __init__(self, now: datetime) -> None:
        self.person = POLICE
        self._now = now

    async def who(self) -> SignedIn:
        return SignedIn(self.person, "token", self._now)

    def now(self) -> datetime:
        return self._now


@dataclass
class Counter:
    """Where people ask, and how often the bell rang."""

    oncall: OnCall
    door: Door
    client: httpx.AsyncClient
    rung: int = 0

    def ring(self) -> None:
        self.rung += 1

    async def asked(self, method: str, path: str, by: Person = POLICE, document: Any = None) -> tuple[int, Any]:
        self.door.person = by
        answer = await self.client.request(method, path, json=document)
        return answer.status_code, answer.json()
