"""Who is on duty in an agency at an instant, as the engine asks."""

from datetime import datetime
from typing import Protocol

from services.core.codes import Sector
from services.runtime.database import Connection


class Rota(Protocol):
    """Who stands where, within the transaction that asks."""

    async def on_duty(self, connection: Connection, agency: Sector, at: datetime, level: int = 0) -> str | None:
        """The handle of who is on duty; level 1 and 2 are those who stand behind them. None: the rota has nobody."""
