"""A report that is taken back while a page about it is on its way."""

from dataclasses import dataclass

from services.core.oncall.alerts import AlertKind
from services.core.oncall.pages import Failed, Page, Sent
from services.oncall.engine import Engine, Light
from tests.oncall.fakes import OFFICERS, OnCall, Post
from tests.oncall.test_engine import COUNCIL, MISSING, POLICE, taken_back


@dataclass
class Slow(Post):
    """A channel in which a report is taken back while the first pages are handed over."""

    oncall: OnCall | None = None

    async def send(self, page: Page, key: str) -> Sent | Failed:
        if self.oncall is not None:
            oncall, self.oncall = self.oncall, None
            await oncall.hear(taken_back(3, 400.1), looking=False)
        return await super().send(page, key)


async def test_whoever_was_being_paged_while_a_report_was_taken_back_is_told_that_it_was(oncall: OnCall) -> None:
    slow = Slow(oncall.clock, oncall=oncall)
    light = Light(oncall.health, oncall.metrics)
    oncall.engine = Engine(oncall.session, oncall.rota, slow, oncall.chronicle, light, oncall.clock)
    await oncall.hear(MISSING)
    told = sorted(page.recipient for _, page, _ in slow.sent if page.kind is AlertKind.WITHDRAWN)
    assert told == sorted(OFFICERS[agency][0] for agency in (POLICE, COUNCIL))
