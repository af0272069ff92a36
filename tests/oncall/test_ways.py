"""The engine with the ways that pages really leave by: mail servers of every temper, and what is done about each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.smtp import Envelope
from pydantic import SecretStr

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing, Sighting
from services.core.ids import FactId
from services.core.oncall.alerts import Answer
from services.core.oncall.answering import Asked
from services.core.oncall.pages import Way
from services.core.oncall.receipts import PATIENCE, Receipt, Rung
from services.oncall.answers import Answers
from services.oncall.channels import store
from services.oncall.channels.carriers import Carrier
from services.oncall.channels.choosing import Means
from services.oncall.channels.mail import Mail, key_of
from services.oncall.channels.owing import note_read, still_owed
from services.oncall.channels.pager import Pager
from services.oncall.contacts import Contacts
from services.oncall.engine import Engine, Light
from services.oncall.happening import untold
from services.oncall.reaching import ByWay, Contact
from services.oncall.telling import telling
from services.oncall.views import PageView, show_alert
from services.runtime.database import Connection
from services.runtime.health import Health, Reason
from services.runtime.local.mail.catcher import catching
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.channels.carrying import FakeWay
from tests.oncall.channels.messages import LINK, LONG_SECONDS, Full, Refusing, Slow, Taking
from tests.oncall.channels.test_mail import settings
from tests.oncall.fakes import OFFICERS, OnCall, officer

MISSING = said(ChildMissing(MissingKind.MISSING), 1, 399.9)
EPISODE = FactId(an_id(1001))
PAGED = (Sector.POLICE, Sector.LOCAL_AUTHORITY)
FIRST = sorted(OFFICERS[sector][0] for sector in PAGED)
SHORT_SECONDS = 0.5


@dataclass
class Paged:
    """On-call whose pages go by a mail server of the test, and by text message where that fails."""

    oncall: OnCall
    pager: Pager
    sms: FakeWay

    @property
    def by_sms(self) -> list[str]:
        """Whom text messages went to."""
        return sorted(message.address.get_secret_value() for message in self.sms.taken)

    async def goes_by(self, time: timedelta) -> None:
        self.oncall.clock.at += time
        await self.oncall.look()
        await self.pager.sweep()

    @property
    def is_red(self) -> bool:
        return Reason.PAGES_LOST in self.pager.health.reasons


@asynccontextmanager
async def paging(oncall: OnCall, server: object, within_seconds: float = LONG_SECONDS) -> AsyncIterator[Paged]:
    contacts = Contacts(b"k" * 32)

    async def reach_all(connection: Connection) -> None:
        for person in (one for sector in PAGED for one in OFFICERS[sector]):
            await contacts.put(connection, person, contact(person), oncall.clock())

    await oncall.session.run(reach_all)
    async with catching(server, "127.0.0.1", 0) as port:
        sms, health = FakeWay(Way.NOTIFY_SMS), Health(oncall.metrics)
        told = settings(port).model_copy(update={"mail_receipts": True})
        carriers: dict[Way, Carrier] = {Way.EMAIL: Mail(told, oncall.clock, within_seconds), Way.NOTIFY_SMS: sms}
        tell = telling(oncall.chronicle, oncall.clock)
        means = Means(contacts, carriers, LINK, oncall.clock, still_owed, tell)
        pager = Pager(oncall.session, oncall.session, means, health, oncall.metrics, LONG_SECONDS)
        light = Light(health, oncall.metrics)
        engine = Engine(oncall.session, oncall.rota, pager, oncall.chronicle, light, oncall.clock)
        yield Paged(replace(oncall, engine=engine), pager, sms)


def contact(person: str) -> Contact:
    number = f"+44{int(person, 16) % 10**9:09}"
    return Contact(
        ways=(
            ByWay(way=Way.EMAIL, at=SecretStr(f"{person}@invented.example")),
            ByWay(way=Way.NOTIFY_SMS, at=SecretStr(number)),
        )
    )


def numbers(*people: str) -> list[str]:
    return sorted(contact(person).at(Way.NOTIFY_SMS).get_secret_value() for person in people)


async def answered(oncall: OnCall, sector: Sector) -> None:
    answers, who = Answers(oncall.rota, oncall.chronicle), officer(sector)
    asked = Asked(Answer.SEARCH_BEGUN)
    await oncall.session.run(lambda connection: answers.take(connection, EPISODE, asked, who, oncall.clock()))


def received(server: Taking) -> list[str]:
    return sorted(envelope.rcpt_tos[0].partition("@")[0] for envelope in server.envelopes)


@pytest.mark.parametrize("server", [Refusing(), Full()], ids=["refuses", "has no room"])
async def test_where_the_mail_server_refuses_a_text_message_goes_at_once_and_the_light_is_red(
    oncall: OnCall, server: object
) -> None:
    async with paging(oncall, server) as paged:
        await paged.oncall.hear(MISSING)
        await paged.pager.sweep()
        assert paged.by_sms == numbers(*FIRST)
        assert paged.is_red


async def test_where_the_mail_server_does_not_answer_a_text_message_goes_instead(oncall: OnCall) -> None:
    server = Slow()
    async with paging(oncall, server, SHORT_SECONDS) as paged:
        await paged.oncall.hear(MISSING)
        await paged.pager.sweep()
        assert paged.by_sms == numbers(*FIRST)
        assert paged.is_red
        server.over.set()


async def test_where_the_mail_server_takes_and_drops_a_text_message_goes_once_nothing_was_heard(oncall: OnCall) -> None:
    server = Taking()
    async with paging(oncall, server) as paged:
        await paged.oncall.hear(MISSING)
        assert received(server) == FIRST
        await paged.goes_by(PATIENCE[Way.EMAIL] - timedelta(seconds=1))
        assert paged.by_sms == []
        await paged.goes_by(timedelta(seconds=1))
        await paged.goes_by(timedelta(seconds=1))
        assert paged.by_sms == numbers(*FIRST)
        assert paged.is_red
        assert await told(oncall) == sorted((person, way) for person in FIRST for way in ("email", "notify_sms"))
        assert [page.ways for page in await shown(oncall)] == [[Way.EMAIL, Way.NOTIFY_SMS]] * len(FIRST)


async def shown(oncall: OnCall) -> list[PageView]:
    """The alert's pages as whoever looks is shown them."""
    alert = await oncall.session.run(lambda connection: show_alert(connection, officer(Sector.POLICE), EPISODE))
    assert alert is not None
    return alert.pages


async def told(oncall: OnCall) -> list[tuple[str, str]]:
    """Who others are told was paged, and by which way."""
    rows = await oncall.session.run(lambda connection: untold(connection, 100))
    happened = [oncall.schemas.decode(row.frame)[1] for row in rows]
    return sorted((one["person"], one["way"]) for one in happened if one["what"] == "paged")


async def test_an_escalation_goes_on_by_plan_whatever_the_mail_server_does(oncall: OnCall) -> None:
    async with paging(oncall, Refusing()) as paged:
        await paged.oncall.hear(MISSING)
        for _ in range(10):
            await paged.goes_by(timedelta(minutes=1))
        seconds = [OFFICERS[sector][level] for sector in PAGED for level in (0, 1)]
        assert set(numbers(*seconds)) <= set(paged.by_sms)


async def test_what_was_delivered_goes_by_no_other_way(oncall: OnCall) -> None:
    server = Taking()
    async with paging(oncall, server) as paged:
        await paged.oncall.hear(MISSING)
        for envelope in server.envelopes:
            await delivered(paged, envelope)
        await paged.goes_by(PATIENCE[Way.EMAIL])
        assert paged.by_sms == []
        assert not paged.is_red


async def test_after_an_answer_no_page_goes_to_that_agency_by_another_way(oncall: OnCall) -> None:
    async with paging(oncall, Taking()) as paged:
        await paged.oncall.hear(MISSING)
        await answered(paged.oncall, Sector.POLICE)
        await paged.goes_by(PATIENCE[Way.EMAIL])
        assert paged.by_sms == numbers(OFFICERS[Sector.LOCAL_AUTHORITY][0])


async def test_whoever_looks_at_the_alert_has_read_their_page_and_nobody_elses(oncall: OnCall) -> None:
    reader, other = FIRST
    async with paging(oncall, Taking()) as paged:
        await paged.oncall.hear(MISSING)
        await oncall.session.run(lambda connection: note_read(connection, EPISODE, reader, oncall.clock()))
        await paged.goes_by(PATIENCE[Way.EMAIL])
        assert paged.by_sms == numbers(other)


async def test_a_page_to_the_owner_is_owed_after_every_answer(oncall: OnCall) -> None:
    async with paging(oncall, Taking()) as paged:
        await paged.oncall.hear(MISSING)
        for sector in PAGED:
            await answered(paged.oncall, sector)
        await paged.oncall.hear(said(Sighting(EPISODE), 3, 400.05, sector=Sector.HEALTH))
        await paged.goes_by(PATIENCE[Way.EMAIL])
        assert paged.by_sms == numbers(OFFICERS[Sector.POLICE][0])


async def delivered(paged: Paged, envelope: Envelope) -> None:
    assert isinstance(envelope.content, bytes)
    key = key_of(str(message_from_bytes(envelope.content)["message-id"]))
    receipt = Receipt(Way.EMAIL, Rung.DELIVERED, paged.oncall.clock())
    await paged.oncall.session.run(lambda connection: store.say(connection, [(key, receipt)]))
