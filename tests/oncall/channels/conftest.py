"""On-call's tables in a real PostgreSQL, and a pager whose ways and clock the test holds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from services.core.oncall.pages import Failed, Sent, Way
from services.core.oncall.receipts import Receipt, Rung
from services.oncall.channels import store
from services.oncall.channels.choosing import Means
from services.oncall.channels.pager import Pager
from services.oncall.contacts import Contacts
from services.oncall.reaching import ByWay, Contact
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from tests.conftest import HOME
from tests.oncall.channels.carrying import Clock, FakeWay
from tests.oncall.channels.messages import ADDRESS, AT, LINK, LONG_SECONDS, PAGE
from tests.runtime.secured_postgres import SecuredPostgres

SECRET = b"k" * 32
CONTACT = Contact(
    ways=(
        ByWay(way=Way.EMAIL, at=SecretStr(ADDRESS)),
        ByWay(way=Way.NOTIFY_SMS, at=SecretStr("+447700900123")),
        ByWay(way=Way.CHAT, at=SecretStr("mmost://127.0.0.1:9/abcdefghijklmnop")),
    )
)


@dataclass
class Desk:
    """A pager and everything around it."""

    where: Database
    session: Session
    clock: Clock = field(default_factory=Clock)
    owed: bool = True
    told: list[tuple[str, Sent | Failed]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ways = {way: FakeWay(way, promises=way is not Way.CHAT) for way in CONTACT.order}
        self.contacts = Contacts(SECRET)
        self.pager = self.another()
        self.pager.health.green(Reason.STARTING)

    @property
    def email(self) -> FakeWay:
        return self.ways[Way.EMAIL]

    @property
    def sms(self) -> FakeWay:
        return self.ways[Way.NOTIFY_SMS]

    @property
    def chat(self) -> FakeWay:
        return self.ways[Way.CHAT]

    def another(self, session: Session | None = None) -> Pager:
        """Another worker with the same ways and tables."""

        async def owed(_: Connection, __: str) -> bool:
            return self.owed

        async def tell(_: Connection, key: str, outcome: Sent | Failed) -> None:
            self.told.append((key, outcome))

        metrics = Metrics()
        means = Means(self.contacts, self.ways, LINK, self.clock, owed, tell)
        own = session or self.session
        return Pager(own, own, means, Health(metrics), metrics, LONG_SECONDS)

    async def reach(self, contact: Contact = CONTACT, person: str = PAGE.recipient) -> None:
        """Keep how somebody is reached."""
        await self.session.run(lambda connection: self.contacts.put(connection, person, contact, AT))

    async def say(self, key: str, way: Way, rung: Rung) -> None:
        """A receipt comes in."""
        await self.session.run(lambda connection: store.say(connection, [(key, Receipt(way, rung, self.clock()))]))

    @property
    def is_red(self) -> bool:
        return Reason.PAGES_LOST in self.pager.health.reasons


@pytest.fixture
async def desk(postgres: SecuredPostgres) -> AsyncIterator[Desk]:
    where = postgres.database("oncall")
    await migrate(where, "oncall", HOME, Health(Metrics()))
    session = Session(where, Health(Metrics()))
    made = Desk(where, session)
    await made.reach()
    yield made
    await session.close()
