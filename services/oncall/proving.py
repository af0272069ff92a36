"""An auditor of the engine: it reckons from the tables what every open alert owes, and counts what is not there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

import structlog

from services.runtime.database import Connection, Session
from services.runtime.metrics import AlertMetrics

GRACE = timedelta(seconds=30)
"""A step that is so late is missed."""

LOOK_SECONDS = 15.0
MOST_OF_THE_TIME = 1 / 30
"""Where thousands of alerts are open it looks more rarely: whoever is owed a page needs the database too."""

PROVE: LiteralString = """
    SELECT
        (SELECT count(*) FROM alerts WHERE state = 'open'),
        (SELECT count(*) FROM alerts WHERE state IN ('open', 'debrief') AND owner IS NULL),
        -- Whoever is called for nothing, and whose next page has no time or is overdue.
        (SELECT count(*) FROM alerts WHERE state IN ('open', 'debrief') AND (
            SELECT true FROM calls WHERE calls.alert_id = alerts.alert_id AND status <> 'over' LIMIT 1) IS NULL),
        coalesce(sum((next_at IS NULL OR next_at < %(late)s)::int), 0),
        -- Of the round that is under way, the steps that were taken and of which no page was ever written; a call that
        -- has more pages than steps hides nothing of another's.
        coalesce(sum(greatest(0, least(step, jsonb_array_length(chain->'steps')) - (
            SELECT count(*) FROM attempts
            WHERE (attempts.alert_id, attempts.agency, attempts.round) = (owing.alert_id, owing.agency, owing.round)
            AND attempts.kind <> 'sighting' AND attempts.step < jsonb_array_length(owing.chain->'steps'))))
            FILTER (WHERE status = 'owed'), 0),
        -- A page that found nobody on duty is not late: it waits for them.
        (SELECT count(*) FROM attempts
            WHERE state = 'written' AND recipient IS NOT NULL AND lease_until < %(late)s
            AND (SELECT state IN ('open', 'debrief') FROM alerts WHERE alerts.alert_id = attempts.alert_id))
    FROM alerts CROSS JOIN LATERAL (
        SELECT * FROM calls WHERE calls.alert_id = alerts.alert_id AND status <> 'over' OFFSET 0) AS owing
    WHERE alerts.state IN ('open', 'debrief')"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Proof:
    """How many alerts are open, how many of them nobody owns, and how many steps they owe that were not taken."""

    open: int
    unowned: int
    missed: int


async def prove(connection: Connection, now: datetime) -> Proof:
    """Look at every open alert as it stands in the tables."""
    row = await (await connection.execute(PROVE, {"late": now - GRACE})).fetchone()
    is_open, unowned, *missed = (int(number) for number in row or (0,) * 6)
    return Proof(is_open, unowned, sum(missed))


class Prover:
    """Looks every fifteen seconds, or for a thirtieth of the time, and shows what it finds."""

    def __init__(self, session: Session, metrics: AlertMetrics, clock: Callable[[], datetime]) -> None:
        self._session = session
        self._metrics = metrics
        self._clock = clock

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self.look()
            await asyncio.sleep(max(LOOK_SECONDS, (loop.time() - began) / MOST_OF_THE_TIME))

    async def look(self) -> Proof:
        now = self._clock()
        proof = await self._session.run(lambda connection: prove(connection, now))
        self._metrics.open.set(proof.open)
        self._metrics.unowned.set(proof.unowned)
        self._metrics.steps_missed.set(proof.missed)
        if proof.missed:
            log.error("Open alerts owe pages that were not written.", count=proof.missed)
        if proof.unowned:
            log.error("Open alerts are owned by nobody: nobody is on duty for their agency.", count=proof.unowned)
        return proof
