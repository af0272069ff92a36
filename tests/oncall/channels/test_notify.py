"""GOV.UK Notify: what is sent is what its documentation asks for, and what it refuses is told without its words."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from services.core.errors import Misconfigured
from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.oncall.channels.notify import Notify
from services.runtime.http import serving
from services.runtime.paging_settings import NotifySettings
from tests.oncall.channels.messages import ADDRESS, KEY, LINK, LONG_SECONDS, message
from tests.oncall.channels.notify_stand_in import API_KEY, TEMPLATE, NotifyStandIn

NUMBER = "+447700900123"
OTHER_KEY = f"{API_KEY[:-1]}3"


@asynccontextmanager
async def notify(
    stand_in: NotifyStandIn, way: Way = Way.NOTIFY_SMS, key: str = API_KEY, template: str = TEMPLATE
) -> AsyncIterator[Notify]:
    async with serving(stand_in.app, "127.0.0.1", 0) as port:
        yield Notify(way, NotifySettings(notify_url=f"http://127.0.0.1:{port}"), SecretStr(key), template, LONG_SECONDS)


async def test_a_text_message_is_one_line_with_the_key_as_its_reference() -> None:
    stand_in = NotifyStandIn()
    async with notify(stand_in) as way:
        assert await way.carry(message(NUMBER)) == Sent()
    ((kind, body),) = stand_in.taken
    assert (kind, body["phone_number"], body["reference"]) == ("sms", NUMBER, KEY)
    assert body["personalisation"] == {"words": message().words.short}


async def test_an_email_has_subject_and_body() -> None:
    stand_in = NotifyStandIn()
    async with notify(stand_in, Way.NOTIFY_EMAIL) as way:
        assert await way.carry(message()) == Sent()
    ((kind, body),) = stand_in.taken
    assert (kind, body["email_address"], body["reference"]) == ("email", ADDRESS, KEY)
    assert LINK in body["personalisation"]["words"]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ((400, "BadRequestError"), NotSent.REFUSED),
        ((429, "RateLimitError"), NotSent.REFUSED),
        ((500, "Exception"), NotSent.UNAVAILABLE),
        ((503, "Exception"), NotSent.UNAVAILABLE),
    ],
)
async def test_what_notify_does_not_take_is_told_by_kind(failure: tuple[int, str], reason: NotSent) -> None:
    async with notify(NotifyStandIn(failure=failure)) as way:
        assert await way.carry(message(NUMBER)) == Failed(reason)


async def test_another_key_is_refused_and_nothing_is_sent() -> None:
    stand_in = NotifyStandIn()
    async with notify(stand_in, key=OTHER_KEY) as way:
        assert await way.carry(message(NUMBER)) == Failed(NotSent.REFUSED)
    assert stand_in.taken == []


@pytest.mark.parametrize("fault", [{"template": "another"}, {"address": "not a number"}])
async def test_the_stand_in_refuses_what_notify_would(fault: dict[str, Any]) -> None:
    stand_in = NotifyStandIn()
    address = fault.pop("address", NUMBER)
    async with notify(stand_in, template=fault.pop("template", TEMPLATE)) as way:
        assert await way.carry(message(address)) == Failed(NotSent.REFUSED)
    assert stand_in.taken == []


async def test_where_notify_is_not_a_page_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = NotifySettings(notify_url=f"http://127.0.0.1:{port}")
    way = Notify(Way.NOTIFY_SMS, settings, SecretStr(API_KEY), TEMPLATE, LONG_SECONDS)
    assert await way.carry(message(NUMBER)) == Failed(NotSent.UNAVAILABLE)


def test_half_an_api_key_stops_the_service() -> None:
    with pytest.raises(Misconfigured, match="API key"):
        Notify(Way.NOTIFY_SMS, NotifySettings(), SecretStr(API_KEY[10:]), TEMPLATE)
