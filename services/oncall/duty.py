"""Who is on duty in an agency at an instant, as the engine asks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.core.codes import Sector
from services.core.oncall.rota import LINES, ON_DUTY
from services.runtime.database import Connection

Place = tuple[Sector, int]
"""Where somebody is called: an agency, and the level of those who are on duty or stand behind them."""


class Rota(Protocol):
    """Who stands where, within the transaction that asks."""

    async def on_duty(self, connection: Connection, agency: Sector, at: datetime, level: int = 0) -> str | None:
        """The handle of who is on duty; level 1 and 2 are those who stand behind them. None: the rota has nobody."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who stands where at one instant, asked of the rota once for each place, however many pages go there."""

    rota: Rota
    connection: Connection
    at: datetime
    _known: dict[Place, str | None] = field(default_factory=dict)

    async def stands(self, agency: Sector, level: int = 0) -> str | None:
        """Who is called at a level: where nobody stands behind the person on duty, that person is called again."""
        if (agency, level) not in self._known:
            found = await self.rota.on_duty(self.connection, agency, self.at, level)
            self._known[agency, level] = found or (await self.stands(agency) if level else None)
        return self._known[agency, level]

    async def staffed(self) -> list[Place]:
        """Every place where somebody is called; the levels behind are asked about where nobody is on duty."""
        on_duty = {agency for agency in Sector if await self.stands(agency) is not None}
        behind = [(agency, level) for agency in Sector for level in range(ON_DUTY, LINES)]
        return [place for place in behind if place[0] in on_duty or await self.stands(*place) is not None]
