"""Who is on duty in an agency at an instant, as the engine asks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.core.codes import Sector
from services.runtime.database import Connection


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
    _known: dict[tuple[Sector, int], str | None] = field(default_factory=dict)

    async def stands(self, agency: Sector, level: int = 0) -> str | None:
        """Who is called at a level: where nobody stands behind the person on duty, that person is called again."""
        if (agency, level) not in self._known:
            found = await self.rota.on_duty(self.connection, agency, self.at, level)
            self._known[agency, level] = found or (await self.stands(agency) if level else None)
        return self._known[agency, level]
