"""Who is on duty, for whoever pages: read from the last version that was published by then."""

from datetime import datetime

from services.core.codes import Sector
from services.core.oncall.duty import on_duty
from services.core.oncall.rota import ON_DUTY
from services.oncall.rota.store import latest
from services.runtime.database import Connection


class PublishedRota:
    """The rotas in the tables."""

    async def on_duty(self, connection: Connection, agency: Sector, at: datetime, level: int = ON_DUTY) -> str | None:
        """The handle of who is on duty, or stands behind at a level; None: nobody was ever said to be."""
        version = await latest(connection, agency, at)
        return None if version is None else on_duty([version], at, level)
