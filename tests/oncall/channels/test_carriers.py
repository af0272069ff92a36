"""What every way promises, the hand-written one of the other tests too."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from pydantic import SecretStr

from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.oncall.channels.carriers import Carrier, Message
from services.oncall.channels.mail import Mail
from services.oncall.channels.notify import Notify
from services.oncall.channels.posted import Chat, Webhook
from services.runtime.http import serving
from services.runtime.local.mail.catcher import catching
from services.runtime.paging_settings import NotifySettings
from tests.oncall.channels.carrying import FakeWay
from tests.oncall.channels.messages import ADDRESS, AT, KEY, LONG_SECONDS, Refusing, Taking, message
from tests.oncall.channels.notify_stand_in import API_KEY, TEMPLATE, NotifyStandIn
from tests.oncall.channels.test_mail import settings
from tests.oncall.channels.test_posted import HERE, Hook
from tests.runtime.logged import logging_to

NUMBER = "+447700900123"
Opened = AbstractAsyncContextManager[tuple[Carrier, Message]]
Opens = Callable[..., Opened]


@asynccontextmanager
async def by_mail(*, takes: bool) -> AsyncIterator[tuple[Carrier, Message]]:
    async with catching(Taking() if takes else Refusing(), "127.0.0.1", 0) as port:
        yield Mail(settings(port), lambda: AT, LONG_SECONDS), message()


@asynccontextmanager
async def by_notify(*, takes: bool) -> AsyncIterator[tuple[Carrier, Message]]:
    stand_in = NotifyStandIn(failure=None if takes else (400, "BadRequestError"))
    async with serving(stand_in.app, "127.0.0.1", 0) as port:
        told = NotifySettings(notify_url=f"http://127.0.0.1:{port}")
        yield Notify(Way.NOTIFY_SMS, told, SecretStr(API_KEY), TEMPLATE, LONG_SECONDS), message(NUMBER)


@asynccontextmanager
async def by_webhook(*, takes: bool) -> AsyncIterator[tuple[Carrier, Message]]:
    async with Hook(200 if takes else 403).running() as port:
        yield Webhook(HERE, LONG_SECONDS), message(f"http://127.0.0.1:{port}/hook")


@asynccontextmanager
async def by_chat(*, takes: bool) -> AsyncIterator[tuple[Carrier, Message]]:
    async with Hook(200 if takes else 403).running() as port:
        yield Chat(HERE, LONG_SECONDS), message(f"mmost://127.0.0.1:{port}/abcdefghijklmnop")


@asynccontextmanager
async def by_nothing(*, takes: bool) -> AsyncIterator[tuple[Carrier, Message]]:
    yield FakeWay(Way.EMAIL, failure=None if takes else Failed(NotSent.REFUSED)), message()


WAYS = [by_mail, by_notify, by_webhook, by_chat, by_nothing]


@pytest.mark.parametrize("opened", WAYS)
async def test_what_is_taken_was_sent(opened: Opens) -> None:
    async with opened(takes=True) as (way, page):
        assert await way.carry(page) == Sent()


@pytest.mark.parametrize("opened", WAYS)
async def test_what_is_refused_is_said_to_be_and_raises_nothing(opened: Opens) -> None:
    async with opened(takes=False) as (way, page):
        assert await way.carry(page) == Failed(NotSent.REFUSED)


@pytest.mark.parametrize("takes", [True, False])
@pytest.mark.parametrize("opened", WAYS)
async def test_no_library_logs_whom_a_page_was_for_or_its_key(opened: Opens, *, takes: bool) -> None:
    with logging_to() as log:
        async with opened(takes=takes) as (way, page):
            await way.carry(page)
    assert [word for word in (ADDRESS, NUMBER, "abcdefghijklmnop", KEY, API_KEY) if word in log.text] == []
