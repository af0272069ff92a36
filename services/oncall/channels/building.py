"""Every way that the settings name, made ready once at the start."""

from collections.abc import Callable, Iterator
from datetime import datetime

from services.core.oncall.receipts import Way
from services.oncall.channels.carriers import Carrier
from services.oncall.channels.choosing import Means
from services.oncall.channels.mail import Mail
from services.oncall.channels.notify import Notify
from services.oncall.channels.owing import still_owed
from services.oncall.channels.posted import Chat, Webhook
from services.oncall.contacts import read_contacts_key
from services.oncall.settings import MailSettings, NotifySettings, PageSettings
from services.runtime.settings import KeySettings, load, read_token


def means(now: Callable[[], datetime]) -> Means:
    """Read from the environment by which ways pages leave, and make each ready.

    Raises:
        Misconfigured: a setting, a key or a password is missing or wrong.
    """
    told = load(PageSettings)
    carriers = {carrier.way: carrier for carrier in _carriers(told, now)}
    return Means(read_contacts_key(load(KeySettings).keys), carriers, told.page_link, now, still_owed)


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
