"""Every way that the settings name, made ready once at the start."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime

from fastapi import APIRouter

from services.core.oncall.pages import Way
from services.oncall.channels.carriers import Carrier
from services.oncall.channels.choosing import Means
from services.oncall.channels.mail import Mail
from services.oncall.channels.notify import Notify
from services.oncall.channels.owing import still_owed
from services.oncall.channels.posted import Chat, Webhook
from services.oncall.contacts import read_contacts_key
from services.oncall.deciding import Decider
from services.oncall.happening import Chronicle
from services.oncall.heartbeat import Heartbeat
from services.oncall.routes.broadcasts import Sender, call_routes
from services.oncall.routes.contacts import contact_routes
from services.oncall.routes.drills import drill_routes
from services.oncall.routes.receipts import receipt_routes
from services.oncall.routes.recording import Desk
from services.oncall.telling import telling
from services.runtime.metrics import Metrics
from services.runtime.paging_settings import HeartbeatSettings, MailSettings, NotifySettings, PageSettings
from services.runtime.process import Process
from services.runtime.settings import KeySettings, load, read_token


def means(now: Callable[[], datetime], chronicle: Chronicle) -> Means:
    """Read from the environment by which ways pages leave, and make each ready.

    Raises:
        Misconfigured: a setting, a key or a password is missing or wrong.
    """
    told = load(PageSettings)
    carriers = {carrier.way: carrier for carrier in _carriers(told, now)}
    contacts, tell = read_contacts_key(load(KeySettings).keys), telling(chronicle, now)
    return Means(contacts, carriers, told.page_link, now, still_owed, tell)


def routes(desk: Desk, ways: Means, decider: Decider, bell: asyncio.Event, metrics: Metrics) -> tuple[APIRouter, ...]:
    """What people ask of contacts, drills and calls, and where those who carry pages say what became of them.

    Raises:
        Misconfigured: a token for those is named, and is not there.
    """
    path = load(PageSettings).receipts_token_file
    token = read_token(path, "the token of receipts") if path else None
    sender = Sender(load(MailSettings).mail_from.rpartition("@")[2], ways.link)
    own = contact_routes(desk, ways.contacts), drill_routes(desk, decider, bell.set), call_routes(desk, sender)
    return *own, receipt_routes(desk.session, metrics, token, ways.now)


async def heartbeat(process: Process) -> None:
    """Tell somebody outside that paging works, if the settings name anybody."""
    told = load(HeartbeatSettings)
    if told.heartbeat_url:
        await Heartbeat(told.heartbeat_url, told.heartbeat_seconds, process.health).go_on(process.stopping)


def _carriers(told: PageSettings, now: Callable[[], datetime]) -> Iterator[Carrier]:
    mail = load(MailSettings)
    if mail.smtp_host:
        yield Mail(mail, now)
    yield from _through_notify(load(NotifySettings))
    if told.hosts:
        yield Webhook(told.hosts)
        yield Chat(told.hosts)


def _through_notify(told: NotifySettings) -> Iterator[Carrier]:
    templates = {Way.NOTIFY_SMS: told.notify_sms_template, Way.NOTIFY_EMAIL: told.notify_email_template}
    if told.notify_key_file:
        key = read_token(told.notify_key_file, "Notify's API key")
        yield from (Notify(way, told, key, template) for way, template in templates.items() if template)
