"""By which way a page goes next: decided and written down in one transaction, before anything is sent."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.core.errors import BrokenRule
from services.core.oncall.pages import Failed, NotSent, Page, Sent, Way
from services.core.oncall.receipts import Receipt, Rung, Standing, Trace, next_way, stands, way_now, went_by
from services.core.oncall.wording import words
from services.oncall.channels import store
from services.oncall.channels.carriers import Carrier, Message
from services.oncall.contacts import Contacts
from services.oncall.reaching import Contact
from services.oncall.telling import Tell
from services.runtime.database import Connection
from services.runtime.together import NotNow


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


@dataclass(frozen=True, slots=True)
class Wish:
    """A page that is owed, and the ways by which it is not to be tried again now."""

    key: str
    page: Page
    tried: frozenset[Way] = frozenset()


Choice = Leaving | Sent | Failed | BrokenRule


async def choose(connection: Connection, means: Means, wishes: Sequence[Wish]) -> list[Choice | NotNow]:
    """Write down by which way each owed page goes now.

    Sent where it left before, Failed where nothing is left to try, BrokenRule where nobody can tell the address.
    """
    now = means.now()
    pages = await store.keep(connection, {wish.key: wish.page for wish in wishes}, now)
    contacts = await means.contacts.find_all(connection, {page.recipient for page in pages.values()})
    traces = await store.traces(connection, pages)
    found = [
        _found(wish, page, contacts.get(page.recipient), means, traces[wish.key], now) if page else NotNow.HELD
        for wish, page in ((wish, pages.get(wish.key)) for wish in wishes)
    ]
    left = iter(await _leave(connection, means, [one for one in found if isinstance(one, _Going)], now))
    return [next(left) if isinstance(one, _Going) else one for one in found]


@dataclass(frozen=True, slots=True)
class _Going:
    key: str
    page: Page
    way: Way
    contact: Contact

    def message(self, link: str) -> Message:
        return Message(self.contact.at(self.way), words(self.page, link, self.contact.language), self.key)


def _found(  # noqa: PLR0913, PLR0917 - what is known of one page
    wish: Wish,
    page: Page,
    contact: Contact | BrokenRule | None,
    means: Means,
    traces: Mapping[Way, Trace],
    now: datetime,
) -> _Going | Sent | Failed | BrokenRule:
    if contact is None:
        return Failed(NotSent.NO_ADDRESS)
    if isinstance(contact, BrokenRule):
        return contact
    order = _order(contact, means)
    way = way_now(order, traces, wish.tried, now)
    if isinstance(way, Way):
        return _Going(wish.key, page, way, contact)
    if way is Standing.EXHAUSTED:
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
        [leaving] = await _leave(connection, means, [_Going(key, page, found, contact)], means.now())
        return leaving
    if found is not Standing.UNDER_WAY:
        await store.settle(connection, key)
    return None


async def _marked_stale(connection: Connection, key: str, now: datetime) -> dict[Way, Trace]:
    traces = (await store.traces(connection, [key]))[key]
    for way, trace in traces.items():
        if stands(way, trace, now) is Rung.STALE and Rung.STALE not in trace.said:
            await store.say(connection, [(key, Receipt(way, Rung.STALE, now))])
            traces[way] = replace(trace, said=trace.said | {Rung.STALE})
    return traces


async def _leave(connection: Connection, means: Means, going: Sequence[_Going], now: datetime) -> list[Leaving]:
    begun = [store.Begun(one.key, one.way, means.carriers[one.way].promises) for one in going]
    tries = await store.begin(connection, begun, now)
    return [Leaving(one.way, one.message(means.link), tries[one.key, one.way]) for one in going]


def _order(contact: Contact, means: Means) -> tuple[Way, ...]:
    return tuple(way for way in contact.order if way in means.carriers)
