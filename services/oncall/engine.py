"""The engine: looks what is due, writes it, sends it, notes what came of it. Several may look at once.

Nothing here needs Kafka, and every look begins from the tables: whoever is killed leaves nothing that is not found.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from services.core.codes import Sector
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import Happening
from services.core.oncall.calls import Call, Status, paged
from services.core.oncall.pages import Channel, Failed, NotSent, Sent, is_told
from services.oncall import attempts
from services.oncall.alerts_store import hold_due, owned_by_others, put, put_calls
from services.oncall.attempts import Attempt
from services.oncall.duty import Roster, Rota
from services.oncall.happening import Chronicle, Happened
from services.oncall.telling import of_page
from services.runtime.database import Connection, Session
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics

AT_ONCE = 100
LOOK_SECONDS = 0.5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Light:
    """Where the engine shows how it is."""

    health: Health
    metrics: Metrics


class Engine:
    """One worker; `clock` is read once a look, and again when pages have been sent."""

    def __init__(  # noqa: PLR0913, PLR0917 - everything outside that it works with
        self,
        session: Session,
        rota: Rota,
        channel: Channel,
        chronicle: Chronicle,
        light: Light,
        clock: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._rota = rota
        self._channel = channel
        self._chronicle = chronicle
        self._light = light
        self._clock = clock

    async def run(self, bell: asyncio.Event) -> None:
        """Look twice a second, and at once when `bell` is set, until cancelled."""
        await self._show_whether_any_waits(tried=True)
        while True:
            bell.clear()
            while await self.look():
                pass
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await bell.wait()
            except TimeoutError:
                continue

    async def look(self) -> int:
        """Write and send everything that is due now, up to a hundred pages of each kind; gives how many there were."""
        now = self._clock()
        fresh, roster = await self._session.run(lambda connection: self._write_due(connection, now))
        left = await self._session.run(lambda connection: self._claim(connection, roster))
        self._light.metrics.alerts.pages_repeated.inc(sum(one.tries > 1 for one in left))
        await self._send([*fresh, *left])
        await self._show_whether_any_waits(tried=Reason.PAGES_NOT_SENT in self._light.health.reasons)
        return len(fresh) + len(left)

    async def _write_due(self, connection: Connection, now: datetime) -> tuple[list[Attempt], Roster]:
        roster = Roster(self._rota, connection, now)
        happened = await self._follow_duty(connection, roster)
        written, after = [], []
        for alert, call in await hold_due(connection, now, AT_ONCE):
            later, paging = paged(call, now, somebody_answered=alert.first_answered_at is not None)
            recipient = await roster.stands(call.agency, paging.level)
            written.append(attempts.attempt(alert, call.agency, paging, recipient, now))
            after.append((alert.alert_id, later))
            if call.status is Status.ANSWERED:
                happened.append(_lapsed(alert, call, now))
        await put_calls(connection, after)
        await attempts.write(connection, written)
        await self._chronicle.record(connection, *happened)
        return written, roster

    async def _claim(self, connection: Connection, roster: Roster) -> list[Attempt]:
        roster = replace(roster, connection=connection)  # what the rota said in this look's first transaction stands
        claimed = await attempts.claim(connection, roster.at, AT_ONCE, await roster.staffed())
        return [await self._addressed(connection, one, roster) for one in claimed]

    async def _addressed(self, connection: Connection, one: Attempt, roster: Roster) -> Attempt:
        """A page that found nobody goes to whoever is on duty by now."""
        if one.recipient is not None or (recipient := await roster.stands(one.agency, one.paging.level)) is None:
            return one
        return await attempts.address(connection, one, recipient, roster.at)

    async def _follow_duty(self, connection: Connection, roster: Roster) -> list[Happened]:
        """Until somebody answers, an alert goes on to whoever takes the duty over."""
        happened = []
        for agency in Sector:
            if (owner := await roster.stands(agency)) is not None:
                taken = await owned_by_others(connection, agency, owner)
                await put(connection, *((replace(alert, owner=owner), ()) for alert in taken))
                happened += [_handed_over(alert, owner, roster.at) for alert in taken]
        return happened

    async def _send(self, pages: Sequence[Attempt]) -> None:
        if not pages:
            return
        outcomes = await asyncio.gather(*map(self._sent, pages))
        now = self._clock()
        done = list(zip(pages, outcomes, strict=True))
        await self._session.run(lambda connection: self._note(connection, done, now))
        self._show(done, now)

    async def _sent(self, one: Attempt) -> Sent | Failed:
        if one.recipient is None:
            return Failed(NotSent.NOBODY_ON_DUTY)
        return await self._channel.send(one.page(one.recipient), one.key)

    async def _note(self, connection: Connection, done: Iterable[tuple[Attempt, Sent | Failed]], now: datetime) -> None:
        done = list(done)
        left = [one for one, outcome in done if isinstance(outcome, Sent)]
        await attempts.note_sent(connection, [one.key for one in left], now)
        await attempts.write_to_paged_since(connection, left, now)
        told = [(one, outcome) for one, outcome in done if isinstance(outcome, Sent) or is_told(one.tries)]
        await self._chronicle.record(connection, *(of_page(one, outcome, now) for one, outcome in told))

    async def _show_whether_any_waits(self, *, tried: bool) -> None:
        """Red until none waits in vain, whoever wrote it; of pages that were `tried` some may be leaving just now."""
        if await self._session.run(lambda connection: attempts.any_in_vain(connection, tried=tried)):
            self._light.health.red(Reason.PAGES_NOT_SENT)
        elif tried:
            self._light.health.green(Reason.PAGES_NOT_SENT)

    def _show(self, done: Sequence[tuple[Attempt, Sent | Failed]], now: datetime) -> None:
        failed = [outcome.reason for _, outcome in done if isinstance(outcome, Failed)]
        for reason in failed:
            self._light.metrics.alerts.pages_failed.labels(reason.value).inc()
        if failed:
            self._light.health.red(Reason.PAGES_NOT_SENT)
            log.error("Pages could not be sent; each is tried again until somebody answers.", count=len(failed))
        for one, outcome in done:
            if isinstance(outcome, Sent):
                self._light.metrics.alerts.page_late_seconds.observe(max((now - one.paging.due_at).total_seconds(), 0))
                if one.published_at is not None:
                    took = max((now - one.published_at).total_seconds(), 0)
                    self._light.metrics.alerts.time_to_page_seconds.observe(took)


def _lapsed(alert: Alert, call: Call, now: datetime) -> Happened:
    said = alert.kind, alert.severity, alert.reasons, call.agency
    return Happened(alert.alert_id, now, Happening.LAPSED, *said)


def _handed_over(alert: Alert, owner: str | None, now: datetime) -> Happened:
    said = alert.kind, alert.severity, alert.reasons, alert.owner_agency, owner
    return Happened(alert.alert_id, now, Happening.HANDED_OVER, *said)
