"""What becomes of one record that came through this agency: pure."""

from datetime import datetime

from services.core.codes import Sector
from services.core.sharing import Edge, EdgeKeys, Outcome, share
from services.core.statements import Opened
from services.formats.catalogue import read


def decide(opened: Opened, keys: EdgeKeys, received_at: datetime) -> Outcome:
    """Read an opened record and decide what of it is shared, held back or refused."""
    return share(read(Sector.LOCAL_AUTHORITY, opened), Edge(keys, Sector.LOCAL_AUTHORITY, received_at, opened.author))
