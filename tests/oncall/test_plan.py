"""What was paged when, against a plan reckoned here anew: nothing late, nothing dropped, nothing after an answer.

Time is simulated: the engine looks twice a second of it, people answer late or never, children are found.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, LiteralString

from services.core.codes import FoundHow, MissingKind, Sector
from services.core.facts import ChildFound, ChildMissing
from services.core.ids import FactId, SubjectId
from services.core.known import Known
from services.core.oncall.alerts import AlertKind, Answer
from services.core.oncall.answering import Asked, Taken
from services.oncall.answers import Answers
from services.runtime.database import Connection
from tests.builders import START, an_id
from tests.conftest import full_size
from tests.core.enquiries import said
from tests.oncall.fakes import OnCall, officer

ALERTS, DAYS = (2_000, 30) if full_size() else (10, 1)
LATEST = timedelta(seconds=5)
MINUTES = {AlertKind.MISSING: 10, AlertKind.AWAY: 15}
CHECKS = {AlertKind.MISSING: timedelta(hours=4), AlertKind.AWAY: timedelta(hours=12)}
AGENCIES = {AlertKind.MISSING: (Sector.POLICE, Sector.LOCAL_AUTHORITY), AlertKind.AWAY: (Sector.LOCAL_AUTHORITY,)}
SAID = {AlertKind.MISSING: MissingKind.MISSING, AlertKind.AWAY: MissingKind.AWAY_WITHOUT_AUTHORISATION}

ANSWERED = 0.5

Paged = tuple[datetime, int]
"""When a page was planned, and at which level."""


def next_look(at: datetime) -> datetime:
    """The first look of the engine at `at` or later."""
    halves = math.ceil((at - START) / timedelta(seconds=0.5))
    return START + timedelta(seconds=0.5) * halves


@dataclass
class Lived:
    """What befell one alert: when it opened, which agency answered when, and when the child was found."""

    number: int
    kind: AlertKind
    opened_at: datetime
    ended_at: datetime
    answers: defaultdict[Sector, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    @property
    def episode(self) -> FactId:
        return FactId(an_id(1000 + self.number))

    def planned(self, agency: Sector) -> Iterator[Paged]:
        """Everything that this agency is owed, reckoned from what befell alone."""
        began, first = self.opened_at, min((at for all_ in self.answers.values() for at in all_), default=self.ended_at)
        for answered in [*self.answers[agency], None]:
            until = self.ended_at if answered is None else answered
            for number, due in enumerate(self._round(began)):
                looked = next_look(due)
                if looked >= until:
                    break
                yield due, 0 if first <= looked else number % 3
            if answered is not None:
                began = answered + CHECKS[self.kind]

    def _round(self, began: datetime) -> Iterator[datetime]:
        step = timedelta(minutes=MINUTES[self.kind])
        yield from (began, began + step)
        number = 1
        while True:
            yield began + step * 2 * number
            number += 1


@dataclass
class World:
    """Children who go missing and are found, and people who answer, or do not."""

    oncall: OnCall
    random: Random
    lived: dict[FactId, Lived] = field(default_factory=dict)
    unowned: int = 0
    _todo: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    _count: int = 0
    _read: int = 0

    def plan(self, alerts: int, days: int) -> None:
        begin = self.oncall.clock()
        for number in range(1, 2 * alerts, 2):
            kind = self.random.choice(list(SAID))
            at = next_look(begin + timedelta(days=days) * self.random.random())
            ended = next_look(at + timedelta(hours=self.random.uniform(1, 36)))
            one = Lived(number, kind, at, ended)
            self.lived[one.episode] = one
            self._later(at, partial(self._missing, one))
            self._later(ended, partial(self._found, one))

    async def live(self) -> None:
        """Until nothing more is to come but debriefs."""
        while self._todo:
            due = await self.oncall.session.run(_next_due)
            look = next_look(due) if due else None
            if look is None or self._todo[0][0] <= look:
                at, _, act = heapq.heappop(self._todo)
                self.oncall.clock.at = max(at, self.oncall.clock.at)
                await act()
            else:
                self.oncall.clock.at = max(look, self.oncall.clock.at)
                await self.oncall.look()
            self.unowned += await self.oncall.session.run(_unowned)
            await self._react()

    async def _missing(self, one: Lived) -> None:
        await self.oncall.hear(self._said(one, one.number, ChildMissing(SAID[one.kind])))

    async def _found(self, one: Lived) -> None:
        await self.oncall.hear(self._said(one, one.number + 1, ChildFound(one.episode, FoundHow.SEEN_IN_PERSON)))

    def _said(self, one: Lived, number: int, fact: object) -> Known:
        days = (self.oncall.clock() - START) / timedelta(days=1)
        return said(fact, number, days, subject=SubjectId(an_id(500_000 + one.number)))

    async def _answer(self, one: Lived, agency: Sector, answer: Answer) -> None:
        answers = Answers(self.oncall.rota, self.oncall.chronicle)
        asked, at = Asked(answer), self.oncall.clock()
        taken = await self.oncall.session.run(
            lambda connection: answers.take(connection, one.episode, asked, officer(agency), at)
        )
        if isinstance(taken, Taken) and answer is Answer.ENQUIRIES_CONTINUE:
            one.answers[agency].append(at)

    async def _react(self) -> None:
        """Of those who are paged, every second one answers within three quarters of an hour; a debrief is arranged."""
        new, self._read = self.oncall.post.sent[self._read :], len(self.oncall.post.sent)
        for at, page, key in new:
            one, agency = await self._whose(key)
            if page.kind is AlertKind.DEBRIEF:
                self._later(at, partial(self._answer, one, agency, Answer.DEBRIEF_ARRANGED))
            elif self.random.random() < ANSWERED:
                after = timedelta(seconds=self.random.uniform(1, 2_700))
                self._later(at + after, partial(self._answer, one, agency, Answer.ENQUIRIES_CONTINUE))

    async def _whose(self, key: str) -> tuple[Lived, Sector]:
        text = "SELECT alert_id, agency FROM attempts WHERE key = %s"
        rows = await self.oncall.session.run(lambda connection: fetched(connection, text, [bytes.fromhex(key)]))
        return self.lived[FactId(rows[0][0].hex())], Sector(rows[0][1])

    def _later(self, at: datetime, act: Callable[[], Awaitable[None]]) -> None:
        self._count += 1
        heapq.heappush(self._todo, (next_look(at), self._count, act))


async def fetched(connection: Connection, text: LiteralString, given: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    return await (await connection.execute(text, given)).fetchall()


async def _next_due(connection: Connection) -> datetime | None:
    ((due,),) = await fetched(connection, "SELECT min(next_at) FROM calls")
    return due if isinstance(due, datetime) else None


async def _unowned(connection: Connection) -> int:
    ((count,),) = await fetched(connection, "SELECT count(*) FROM alerts WHERE state = 'open' AND owner IS NULL")
    return int(count)


async def paged(oncall: OnCall) -> dict[tuple[str, Sector], list[Paged]]:
    """What was sent of each alert to each agency: when it was planned, and at which level."""
    text: LiteralString = """
        SELECT alert_id, agency, due_at, level FROM attempts
        WHERE kind IN ('missing', 'away') AND state = 'sent' ORDER BY due_at"""
    found: defaultdict[tuple[str, Sector], list[Paged]] = defaultdict(list)
    for alert_id, agency, due, level in await oncall.session.run(lambda connection: fetched(connection, text)):
        found[alert_id.hex(), Sector(agency)].append((due, level))
    return dict(found)


async def late(oncall: OnCall) -> int:
    """How many pages left later than they may."""
    text: LiteralString = "SELECT count(*) FROM attempts WHERE sent_at IS NULL OR sent_at > due_at + %s"
    ((count,),) = await oncall.session.run(lambda connection: fetched(connection, text, [LATEST]))
    return int(count)


async def test_everything_that_was_planned_was_paged_in_time_and_nothing_else(oncall: OnCall) -> None:
    world = World(oncall, Random(73))
    world.plan(ALERTS, DAYS)
    await world.live()
    planned = {
        (one.episode, agency): sorted(one.planned(agency))
        for one in world.lived.values()
        for agency in AGENCIES[one.kind]
    }
    assert await paged(oncall) == planned
    assert (await late(oncall), world.unowned) == (0, 0)
    assert sum(len(answers) for one in world.lived.values() for answers in one.answers.values()) > ALERTS


async def test_a_plan_that_was_not_kept_is_noticed(oncall: OnCall) -> None:
    world = World(oncall, Random(73))
    world.plan(1, 1)
    await world.live()
    (one,) = world.lived.values()
    agency = AGENCIES[one.kind][0]
    assert (await paged(oncall))[one.episode, agency] == sorted(one.planned(agency))
    one.opened_at += timedelta(seconds=1)
    assert (await paged(oncall))[one.episode, agency] != sorted(one.planned(agency))
