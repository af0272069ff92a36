"""Receipts are heard from whoever has the token of receipts, in any order, and tell nobody which pages there are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.core.oncall.pages import Way
from services.core.oncall.receipts import Rung
from services.oncall.channels import store
from services.oncall.channels.notify import RUNGS
from services.oncall.routes.receipts import MOST_AT_ONCE, receipt_routes
from tests.oncall.channels.conftest import Desk, desk
from tests.oncall.channels.messages import ADDRESS, KEY, LONG_SECONDS, PAGE
from tests.runtime.logged import logging_to

__all__ = ["desk"]

TOKEN = SecretStr("word")
OTHER_KEY = "f" * 32
MAIL = [{"message_id": f"<{KEY}@lantern.example>", "rung": "delivered"}]
NOTIFY = {
    "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
    "reference": KEY,
    "to": ADDRESS,
    "status": "delivered",
    "created_at": "2026-11-22T23:00:00.000000Z",
    "completed_at": "2026-11-22T23:00:01.000000Z",
    "sent_at": "2026-11-22T23:00:00.500000Z",
    "notification_type": "sms",
    "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "template_version": 1,
}
Posts = Callable[..., Awaitable[int]]


@pytest.fixture
async def post(desk: Desk) -> AsyncIterator[Posts]:
    """Says something to the receipts' routes; gives the status of the answer."""
    app = FastAPI()
    app.include_router(receipt_routes(desk.session, desk.pager.metrics, TOKEN, desk.clock, LONG_SECONDS))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oncall") as client:

        async def post(path: str, said: Any, word: str | None = "word") -> int:
            headers = {"Authorization": f"Bearer {word}"} if word else {}
            return (await client.post(path, json=said, headers=headers)).status_code

        yield post


async def rungs(desk: Desk, way: Way) -> frozenset[Rung]:
    found = await desk.session.run(lambda connection: store.traces(connection, [KEY]))
    return found[KEY][way].said


async def test_what_a_mail_server_delivered_is_known(desk: Desk, post: Posts) -> None:
    await desk.pager.send(PAGE, KEY)
    assert await post("/receipts/mail", MAIL) == 204
    assert await rungs(desk, Way.EMAIL) == {Rung.SENT, Rung.DELIVERED}


async def test_what_a_mail_server_says_at_once_is_known_of_each(desk: Desk, post: Posts) -> None:
    for key in (KEY, OTHER_KEY):
        await desk.pager.send(PAGE, key)
    other = {"message_id": f"<{OTHER_KEY}@lantern.example>", "rung": "failed"}
    assert await post("/receipts/mail", [*MAIL, other, *MAIL]) == 204
    found = await desk.session.run(lambda connection: store.traces(connection, [KEY, OTHER_KEY]))
    said = {key: found[key][Way.EMAIL].said for key in found}
    assert said == {KEY: {Rung.SENT, Rung.DELIVERED}, OTHER_KEY: {Rung.SENT, Rung.FAILED}}


async def test_more_than_may_be_told_at_once_is_refused(post: Posts) -> None:
    assert await post("/receipts/mail", MAIL * (MOST_AT_ONCE + 1)) == 422


@pytest.mark.parametrize(("status", "rung"), RUNGS.items())
async def test_what_notify_says_is_known_by_its_rung(desk: Desk, post: Posts, status: str, rung: Rung) -> None:
    desk.ways.pop(Way.EMAIL)
    await desk.pager.send(PAGE, KEY)
    assert await post("/receipts/notify", {**NOTIFY, "status": status}) == 204
    assert rung in await rungs(desk, Way.NOTIFY_SMS)


@pytest.mark.parametrize("word", [None, "", "another", "word "])
@pytest.mark.parametrize(("path", "said"), [("/receipts/mail", MAIL), ("/receipts/notify", NOTIFY)])
async def test_nobody_without_the_token_is_heard(
    desk: Desk, post: Posts, path: str, said: Any, word: str | None
) -> None:
    await desk.pager.send(PAGE, KEY)
    assert await post(path, said, word) == 401
    assert await rungs(desk, Way.EMAIL) == {Rung.SENT}


async def test_where_no_token_is_set_nobody_is_heard(desk: Desk) -> None:
    app = FastAPI()
    app.include_router(receipt_routes(desk.session, desk.pager.metrics, None, desk.clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oncall") as client:
        for word in ("Bearer ", "Bearer None"):
            assert (await client.post("/receipts/mail", json=MAIL, headers={"Authorization": word})).status_code == 401


@pytest.mark.parametrize("message_id", [f"<{'e' * 32}@lantern.example>", "<another@elsewhere.example>", "", "<>"])
async def test_a_page_that_is_not_known_is_answered_like_one_that_is(post: Posts, message_id: str) -> None:
    assert await post("/receipts/mail", [{**MAIL[0], "message_id": message_id}]) == 204


async def test_an_address_in_a_callback_is_neither_kept_nor_logged(desk: Desk, post: Posts) -> None:
    desk.ways.pop(Way.EMAIL)
    await desk.pager.send(PAGE, KEY)
    with logging_to() as log:
        await post("/receipts/notify", NOTIFY)
    assert ADDRESS not in log.text
