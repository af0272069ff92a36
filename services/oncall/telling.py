"""What others are told of a page: that it left, by which way, or that it did not; also where a later way was tried."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from services.core.oncall.alerts import Happening
from services.core.oncall.pages import Failed, Sent
from services.oncall import attempts
from services.oncall.attempts import Attempt
from services.oncall.happening import Chronicle, Happened
from services.runtime.database import Connection

Tell = Callable[[Connection, str, Sent | Failed], Awaitable[None]]


def of_page(one: Attempt, outcome: Sent | Failed, now: datetime) -> Happened:
    """What happened to a page."""
    what, way = (Happening.PAGED, outcome.way) if isinstance(outcome, Sent) else (Happening.PAGING_FAILED, None)
    happened = Happened(one.alert_id, now, what, one.kind, one.severity, agency=one.agency, person=one.recipient)
    return replace(happened, page_key=one.key, way=way)


def telling(chronicle: Chronicle, now: Callable[[], datetime]) -> Tell:
    """How a pager tells, by its key, of a page that it sent by another way than the engine knows of."""

    async def tell(connection: Connection, key: str, outcome: Sent | Failed) -> None:
        if (one := await attempts.find(connection, key)) is not None:
            await chronicle.record(connection, of_page(one, outcome, now()))

    return tell
