"""Hands a page on by the first way that takes it, and by the next one where nothing is heard of it."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from services.core.errors import BrokenRule
from services.core.oncall.pages import Failed, NotSent, Page, Sent, Way
from services.core.oncall.receipts import PATIENCE, Receipt, Rung
from services.oncall.channels import store
from services.oncall.channels.choosing import Choice, Leaving, Means, Wish, choose, choose_again
from services.runtime.database import Connection, Session, end_frozen
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.together import NotNow, Together

SENT_WITHIN_SECONDS = 4.8
AFTER_FAILURE = timedelta(seconds=6)
"""A way that failed is left to whoever is sending, for longer than a send may take."""

SWEEP_SECONDS = 1.0
AT_MOST, AT_ONCE = 200, 20
_LOST = frozenset({Rung.FAILED, Rung.STALE})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Said:
    """What came of a page; `again`: the engine knows of another way, and others are told of this one."""

    key: str
    receipt: Receipt
    outcome: Sent | Failed
    again: bool


class Pager:
    """The one channel of on-call: every way there is, as each person ordered them.

    Pages that leave at the same time share the transactions in which their ways are chosen and what came of them is
    noted, on a session for each.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - everything outside that it works with
        self,
        choosing: Session,
        saying: Session,
        means: Means,
        health: Health,
        metrics: Metrics,
        within_seconds: float = SENT_WITHIN_SECONDS,
    ) -> None:
        self.means = means
        self.health = health
        self.metrics = metrics
        self._session = choosing
        self._within_seconds = within_seconds
        self._choosing: Together[Wish, Choice] = Together(
            choosing, lambda connection, wishes: choose(connection, means, wishes)
        )
        self._saying: Together[_Said, bool] = Together(saying, self._say)

    async def send(self, page: Page, key: str) -> Sent | Failed:
        """Hand a page on, within five seconds; a key that was sent before is the same page again."""
        try:
            async with asyncio.timeout(self._within_seconds):
                return await self._by_one_way_after_another(page, key)
        except TimeoutError:
            return Failed(NotSent.TIMED_OUT)
        except BrokenRule as broken:
            self._show_broken(broken)
            return Failed(NotSent.NO_ADDRESS)

    async def _by_one_way_after_another(self, page: Page, key: str) -> Sent | Failed:
        tried: dict[Way, Failed] = {}
        while isinstance(found := await self._choosing.ask(Wish(key, page, frozenset(tried))), Leaving):
            outcome = await self._carry(found)
            if isinstance(outcome, Sent):
                return outcome
            tried[found.way] = outcome
        if isinstance(found, BrokenRule):
            raise found
        return next(reversed(tried.values()), found)

    async def sweep(self) -> int:
        """Send by another way what was lost on its first one, and set the light; gives how many left."""
        if ended := await self._session.run(end_frozen):
            log.error("Another worker is frozen in the middle of its work; its locks are taken from it.", count=ended)
        now = self.means.now()
        silent, failed = now - min(PATIENCE.values()), now - AFTER_FAILURE
        keys = await self._session.run(lambda connection: store.unsettled(connection, silent, failed, AT_MOST))
        turn = asyncio.Semaphore(AT_ONCE)
        left = await asyncio.gather(*(self._again(key, turn) for key in keys))
        # What was said of a way that the settings no longer name would stand for ever: no page goes by it again.
        self._show(await self._session.run(lambda connection: store.last_words(connection, self.means.carriers)))
        return sum(left)

    async def go_on(self, stopping: asyncio.Event) -> None:
        """Sweep until the process is asked to stop."""
        while not stopping.is_set():
            await self.sweep()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), SWEEP_SECONDS)

    async def _again(self, key: str, turn: asyncio.Semaphore) -> bool:
        async with turn:
            try:
                leaving = await self._session.run(lambda connection: choose_again(connection, self.means, key))
            except BrokenRule as broken:
                self._show_broken(broken)
                return False
            if leaving is None:
                return False
            log.warning("A page was lost on its way and goes by another one.", reason=leaving.way)
            await self._carry(leaving, again=True)
            return True

    async def _carry(self, leaving: Leaving, *, again: bool = False) -> Sent | Failed:
        if leaving.tries > 1:
            self.metrics.sends_repeated.inc()
        outcome = await self._carried(leaving)
        rung, reason = (Rung.SENT, None) if isinstance(outcome, Sent) else (Rung.FAILED, outcome.reason)
        receipt = Receipt(leaving.way, rung, self.means.now(), reason)
        await self._saying.ask(_Said(leaving.message.key, receipt, outcome, again))
        self.metrics.page_receipts.labels(rung).inc()
        return outcome

    async def _say(self, connection: Connection, said: Sequence[_Said]) -> list[bool | NotNow]:
        noted = await store.say(connection, [(one.key, one.receipt) for one in said])
        for one, new in zip(said, noted, strict=True):
            if one.again and not isinstance(new, NotNow):
                await self.means.tell(connection, one.key, one.outcome)
        return noted

    async def _carried(self, leaving: Leaving) -> Sent | Failed:
        """What came of it; a fault of ours in one way must keep no page from going by another."""
        carrying = self.means.carriers[leaving.way].carry(leaving.message)
        (outcome,) = await asyncio.gather(carrying, return_exceptions=True)
        if isinstance(outcome, Exception):
            self._show_broken(outcome)
            return Failed(NotSent.UNAVAILABLE)
        if isinstance(outcome, BaseException):
            raise outcome
        return Sent(leaving.way) if isinstance(outcome, Sent) else outcome

    def _show_broken(self, fault: Exception) -> None:
        self.health.red(Reason.RULE_BROKEN)
        log.error("A page met a fault of ours; it goes by another way, or is tried again.", exc_info=fault)

    def _show(self, last_words: Mapping[Way, Rung]) -> None:
        lost = not self.means.carriers or not _LOST.isdisjoint(last_words.values())
        (self.health.red if lost else self.health.green)(Reason.PAGES_LOST)
