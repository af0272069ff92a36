"""A clock that moves when it is told, a rota and a channel written by hand, and an engine on a real PostgreSQL."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from services.core.codes import OrganisationKind, Sector
from services.core.known import Known
from services.core.oncall.pages import Failed, NotSent, Page, Sent, Way
from services.core.rights import Person, PersonRole
from services.oncall.deciding import Decider
from services.oncall.engine import Engine, Light
from services.oncall.happening import Chronicle
from services.oncall.taking import Taker
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.wire.avro import Schemas
from services.wire.signing import Verifier
from tests.builders import START, an_id
from tests.vault.edge import Stored
from tests.vault.messages import VERIFIER, case_update, place_of, stored

OFFICERS = {
    sector: tuple(an_id(0xD000 + 16 * number + level) for level in range(3)) for number, sector in enumerate(Sector)
}
"""Who is on duty in each agency, and who stands behind them."""
KINDS = {
    Sector.POLICE: (PersonRole.DUTY_OFFICER, OrganisationKind.POLICE_FORCE),
    Sector.UKBA: (PersonRole.IMMIGRATION_OFFICER, OrganisationKind.UKBA),
    Sector.LOCAL_AUTHORITY: (PersonRole.DUTY_OFFICER, OrganisationKind.LOCAL_AUTHORITY),
    Sector.HEALTH: (PersonRole.CLINICIAN, OrganisationKind.HEALTH_BODY),
}


def officer(sector: Sector, level: int = 0) -> Person:
    """Somebody on duty, signed in."""
    role, kind = KINDS[sector]
    return Person(OFFICERS[sector][level], role, an_id(1), kind, sector)


@dataclass
class Clock:
    """Time as the tests have it."""

    at: datetime = START + timedelta(days=400)

    def __call__(self) -> datetime:
        return self.at

    def goes_on(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class FixedRota:
    """The same people for ever, but where an agency is away, at levels without anybody, or with nobody on duty."""

    away: Collection[Sector] = ()
    levels: int = 3
    only_behind: bool = False
    asked: int = 0

    async def on_duty(self, _: Connection, agency: Sector, __: datetime, level: int = 0) -> str | None:
        self.asked += 1
        nobody = agency in self.away or level >= self.levels or (self.only_behind and level == 0)
        return None if nobody else OFFICERS[agency][level]


@dataclass
class Post:
    """A channel that keeps what it sent; while it is `broken` it sends nothing."""

    clock: Clock
    broken: bool = False
    sent: list[tuple[datetime, Page, str]] = field(default_factory=list)

    async def send(self, page: Page, key: str) -> Sent | Failed:
        if self.broken:
            return Failed(NotSent.REFUSED)
        self.sent.append((self.clock(), page, key))
        return Sent(Way.EMAIL)

    @property
    def recipients(self) -> list[str]:
        return [page.recipient for _, page, _ in self.sent]


@dataclass
class OnCall:
    """On-call without Kafka: it is handed what Kafka would hand it, and looks when it is told."""

    session: Session
    schemas: Schemas
    clock: Clock
    rota: FixedRota
    post: Post
    taker: Taker
    engine: Engine
    chronicle: Chronicle
    metrics: Metrics
    health: Health
    offsets: "defaultdict[str, count[int]]" = field(default_factory=lambda: defaultdict(count))

    async def hear(self, *said: Known, looking: bool = True) -> None:
        """Take what the agencies' processors signed, and look."""
        await self.take(*(stored(self.schemas, known) for known in said), looking=looking)

    async def assign(self, case: str, *subjects: str, version: int = 1, more: Sequence[Known] = ()) -> None:
        """Take the correlator's word that these records are one case, and what else was said of it; and look."""
        update = case_update(self.schemas, case, subjects, version)
        name, told = self.schemas.decode(update.value or b"")
        entries = [{"event": stored(self.schemas, one).value, "known_at": one.known_at} for one in more]
        await self.take(replace(update, value=self.schemas.encode(name, {**told, "entries": entries})))

    async def take(self, *records: Stored, looking: bool = True) -> None:
        for topic, of_topic in _by_topic(records).items():
            numbered = [replace(one, offset=next(self.offsets[topic])) for one in of_topic]
            await self.taker.take({place_of(topic): numbered})
        if looking:
            await self.look()

    async def look(self) -> None:
        while await self.engine.look():
            pass

    async def wait(self, until: timedelta, every: timedelta = timedelta(minutes=1)) -> None:
        """Let so much time go by, and look every so often."""
        end = self.clock() + until
        while self.clock() < end:
            self.clock.at = min(self.clock.at + every, end)
            await self.look()


def on_call(session: Session, schemas: Schemas, verifier: Verifier = VERIFIER) -> OnCall:
    """One worker on tables that are there."""
    clock, metrics = Clock(), Metrics()
    trail = Trail(session.where)
    rota, post, chronicle = FixedRota(), Post(clock), Chronicle(schemas, trail)
    light = Light(Health(metrics), metrics)
    decider = Decider(rota, chronicle)
    taker = Taker(session, schemas, verifier, decider, trail, metrics, clock, asyncio.Event())
    engine = Engine(session, rota, post, chronicle, light, clock)
    return OnCall(session, schemas, clock, rota, post, taker, engine, chronicle, metrics, light.health)


def _by_topic(records: Iterable[Stored]) -> dict[str, list[Stored]]:
    sorted_out: dict[str, list[Stored]] = {}
    for one in records:
        sorted_out.setdefault(one.topic, []).append(one)
    return sorted_out
