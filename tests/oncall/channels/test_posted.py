"""Webhooks and chats through Apprise: the key in a header, to hosts that are named and to no other."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.core.oncall.pages import Failed, NotSent, Sent
from services.oncall.channels import posted
from services.oncall.channels.posted import Chat, Webhook
from services.runtime.http import serving
from tests.oncall.channels.messages import KEY, LINK, LONG_SECONDS, message

HERE = frozenset({"127.0.0.1"})


@dataclass
class Hook:
    """An HTTP server that keeps what is posted to it."""

    status: int = 200
    posted: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        app = Starlette(
            routes=[
                Route("/away", lambda _: RedirectResponse("/hook/elsewhere"), methods=["POST"]),
                Route("/{path:path}", self._take, methods=["POST"]),
            ]
        )
        async with serving(app, "127.0.0.1", 0) as port:
            yield port

    async def _take(self, request: Request) -> Response:
        self.posted.append((request.url.path, dict(request.headers), json.loads(await request.body())))
        return Response(status_code=self.status)


async def test_a_webhook_gets_the_page_with_the_key_in_a_header() -> None:
    hook = Hook()
    async with hook.running() as port:
        assert await Webhook(HERE, LONG_SECONDS).carry(message(f"http://127.0.0.1:{port}/hook?of=duty")) == Sent()
    ((path, headers, body),) = hook.posted
    assert (path, headers["idempotency-key"]) == ("/hook", KEY)
    assert LINK in body["message"]
    assert set(body) == {"version", "title", "message", "attachments", "type"}


async def test_a_chat_gets_one_line() -> None:
    hook = Hook()
    async with hook.running() as port:
        assert await Chat(HERE, LONG_SECONDS).carry(message(f"mmost://127.0.0.1:{port}/abcdefghijklmnop")) == Sent()
    ((path, _, body),) = hook.posted
    assert path == "/hooks/abcdefghijklmnop"
    assert message().words.short in body["text"]


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_what_is_not_taken_was_not_sent(status: int) -> None:
    async with Hook(status).running() as port:
        assert await Webhook(HERE, LONG_SECONDS).carry(message(f"http://127.0.0.1:{port}/hook")) == Failed(
            NotSent.REFUSED
        )


async def test_a_page_is_not_sent_on_to_where_another_host_points() -> None:
    hook = Hook()
    async with hook.running() as port:
        assert isinstance(await Webhook(HERE, LONG_SECONDS).carry(message(f"http://127.0.0.1:{port}/away")), Failed)
    assert hook.posted == []


@pytest.mark.parametrize("address", ["https://other.example/hook", "http://lantern.example/hook", "file:///etc/hosts"])
async def test_a_host_that_is_not_named_or_would_be_told_in_clear_is_not_asked(address: str) -> None:
    assert await Webhook(frozenset({"lantern.example"})).carry(message(address)) == Failed(NotSent.NO_CHANNEL)


async def test_an_address_that_two_readers_read_differently_reaches_no_host_that_is_not_named() -> None:
    hook = Hook()
    async with hook.running() as port:
        address = f"http://a:b@127.0.0.1:{port}@localhost/hook"
        assert await Webhook(frozenset({"localhost"})).carry(message(address)) == Failed(NotSent.NO_CHANNEL)
    assert hook.posted == []


async def test_without_its_guard_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posted, "_is_named", lambda *_: True)
    hook = Hook()
    async with hook.running() as port:
        address = f"http://a:b@127.0.0.1:{port}@localhost/hook"
        assert await Webhook(frozenset({"localhost"}), LONG_SECONDS).carry(message(address)) == Sent()
    assert len(hook.posted) == 1


@pytest.mark.parametrize("address", ["mmost://[lantern]@127.0.0.1/x", "rockets://u:p@127.0.0.1/", "gchat://too-little"])
async def test_an_address_that_is_none_is_a_way_that_fails_and_no_fault_of_ours(address: str) -> None:
    hosts = HERE | {"chat.googleapis.com"}
    assert await Chat(hosts).carry(message(address)) == Failed(NotSent.NO_CHANNEL)


@pytest.mark.parametrize("address", ["dbus://", "syslog://host", "mmosts://other.example/token", "slack://A/B/C"])
async def test_a_chat_that_is_not_listed_or_not_named_is_not_asked(address: str) -> None:
    assert await Chat(HERE).carry(message(address)) == Failed(NotSent.NO_CHANNEL)
