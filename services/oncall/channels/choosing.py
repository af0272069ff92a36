"""By which way a page goes next: decided and written down in one transaction, before anything is sent."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.core.oncall.pages import Failed, NotSent, Page, Sent, Way
from services.core.oncall.receipts import Receipt, Rung, Standing, Trace, next_way, stands, way_now, went_by
from services.core.oncall.wording import words
from services.oncall.channels import store
from services.oncall.channels.carriers import Carrier, Message
from services.oncall.contacts import Contacts
from services.oncall.reaching import Contact
from services.oncall.telling import Tell
from services.runtime.database import Connection


@dataclass(frozen=True, slots=True)
class Means:
    """What pages are sent with; `owed` says whether a page must still reach somebody, `now` is the clock.

    `tell` is told what came of a page that went by a later way, in the transaction in which that is noted.
    """

    contacts: Contacts
    carriers: Mapping[Way, Carrier]
    link: str
    now: Callable[[], datetime]
    owed: Callable[[Connection, str], Awaitable[bool]]
    tell: Tell


@dataclass(frozen=True, slots=True)
class Leaving:
    """A page that is written down and about to leave by one way; `tries` counts this time too."""

    way: Way
    message: Message
    tries: int


async def choose(
    connection: Connection, means: Means, page: Page, key: str, tried: Collection[Way]
) -> Leaving | Sent | Failed:
    """Write down by which way an owed page goes now; Sent where it left before, Failed where nothing is left to try."""
    now = means.now()
    page = await store.keep(connection, page, key, now)
    contact = await means.contacts.find(connection, page.recipient)
    if contact is None:
        return Failed(NotSent.NO_ADDRESS)
    order = _order(contact, means)
    traces = await store.traces(connection, key)
    found = way_now(order, traces, tried, now)
    if isinstance(found, Way):
        return await _leave(connection, means, page, key, found, contact)
    if found is Standing.EXHAUSTED:
        return Failed(NotSent.UNAVAILABLE if order else NotSent.NO_CHANNEL)
    return Sent(went_by(traces, now))


async def choose_again(connection: Connection, means: Means, key: str) -> Leaving | None:
    """Write down what grew stale, and by which way the page goes instead, if it is owed still."""
    page, now = await store.hold(connection, key), means.now()
    if page is None:
        return None
    traces = await _marked_stale(connection, key, now)
    contact = await means.contacts.find(connection, page.recipient)
    order = _order(contact, means) if contact and await means.owed(connection, key) else ()
    found = next_way(order, traces, now)
    if contact and isinstance(found, Way):
        return await _leave(connection, means, page, key, found, contact)
    if found is not Standing.UNDER_WAY:
        await store.settle(connection, key)
    return None


async def _marked_stale(connection: Connection, key: str, now: datetime) -> dict[Way, Trace]:
    traces = await store.traces(connection, key)
    for way, trace in traces.items():
        if stands(way, trace, now) is Rung.STALE and Rung.STALE not in trace.said:
            await store.say(connection, key, Receipt(way, Rung.STALE, now))
            traces[way] = replace(trace, said=trace.said | {Rung.STALE})
    return traces


async def _leave(  # noqa: PLR0913, PLR0917 - what leaves, by which way, and to whom
    connection: Connection, means: Means, page: Page, key: str, way: Way, contact: Contact
) -> Leaving:
    promised = means.carriers[way].promises
    tries = await store.begin(connection, key, way, means.now(), promised=promised)
    said = words(page, means.link, contact.language)
    return Leaving(way, Message(contact.at(way), said, key), tries)


def _order(contact: Contact, means: Means) -> tuple[Way, ...]:
    return tuple(way for way in contact.order if way in means.carriers)
