"""`python dying.py CONNINFO MAIL_PORT KILLS`: workers that are killed while they send, then one that is not.

Each is a process of its own, forked when everything is imported, and really killed: the even ones between writing a
page down and sending it, the odd ones between its send and its receipt.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from services.core.oncall.pages import Failed, Sent, Way
from services.oncall.channels.carriers import Carrier, Message
from services.oncall.channels.choosing import Means
from services.oncall.channels.mail import Mail
from services.oncall.channels.pager import Pager
from services.oncall.contacts import Contacts
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.paging_settings import MailSettings, Security
from tests.oncall.channels.messages import LINK, LONG_SECONDS, PAGE

SECRET = b"k" * 32


@dataclass(frozen=True)
class Dying:
    """A way that kills its own process, before it carries or after."""

    carrier: Carrier
    before: bool
    way: Way = Way.EMAIL
    promises: bool = True

    async def carry(self, message: Message) -> Sent | Failed:
        if not self.before:
            await self.carrier.carry(message)
        os.kill(os.getpid(), signal.SIGKILL)
        return Sent()


def key(number: int) -> str:
    return f"{number:032x}"


def now() -> datetime:
    return datetime.now(UTC)


async def always(_: Connection, __: str) -> bool:
    return True


async def tell_nobody(_: Connection, __: str, ___: Sent | Failed) -> None:
    """There is nobody to be told."""


async def send(where: Database, carrier: Carrier, *numbers: int) -> None:
    metrics = Metrics()
    session = Session(where, Health(metrics))
    means = Means(Contacts(SECRET), {Way.EMAIL: carrier}, LINK, now, always, tell_nobody)
    pager = Pager(session, session, means, Health(metrics), metrics, LONG_SECONDS)
    for number in numbers:
        await pager.send(PAGE, key(number))
    await session.close()


def main(conninfo: str, port: str, kills: str) -> None:
    """Kill as many workers as asked for, one page each; then send every page again, as the engine does."""
    told = MailSettings(smtp_host="127.0.0.1", smtp_port=int(port), smtp_security=Security.NONE)
    where, mail = Database(conninfo, "oncall"), Mail(told, now, LONG_SECONDS)
    for number in range(int(kills)):
        child = os.fork()
        if not child:
            asyncio.run(send(where, Dying(mail, before=number % 2 == 0), number))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit("A worker was not killed.")
    asyncio.run(send(where, mail, *range(int(kills))))


if __name__ == "__main__":
    main(*sys.argv[1:])
