"""While one reads who is missing, others are found, and on-call comes and goes: nobody is passed over."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest_asyncio

from services.core.codes import FoundHow, MissingKind
from services.core.facts import ChildFound, ChildMissing
from services.core.rights import PersonRole
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.histories import HISTORY, MISSING
from tests.casefeed.house import House, house
from tests.casefeed.updates import Update, each_said
from tests.runtime.secured_postgres import SecuredPostgres

MORE = range(1, 121)
MANY = each_said(ChildMissing(MissingKind.MISSING), MORE)


@pytest_asyncio.fixture
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas, [*HISTORY, *MANY]) as open_house:
        yield open_house


def found(child: int) -> Update:
    """Somebody has seen this child."""
    missing, seen = (
        entry(ChildMissing(MissingKind.MISSING), event=0xD000 + child, subject=child, occurred_at=day(1)),
        entry(ChildFound(how=FoundHow.SEEN_IN_PERSON), event=0xF000 + child, subject=child, occurred_at=day(2)),
    )
    return Update(child, 2, day(2), timeline=[missing], new=[seen])


def shown_on(page: str) -> set[str]:
    return set(re.findall(r"/cases/([0-9a-f]{32})", page))


async def read_on(home: House, page: str) -> set[str]:
    """Whoever is on the pages after this one."""
    client, shown = await home.enter(PersonRole.COORDINATOR), set[str]()
    while onward := re.search(r'href="(/missing\?[^"]*)" rel="next"', page):
        page = (await client.get(unescape(onward[1]))).text
        shown |= shown_on(page)
    return shown


async def test_who_is_found_while_one_reads_hides_nobody_from_the_next_page(home: House) -> None:
    first = (await (await home.enter(PersonRole.COORDINATOR)).get("/missing")).text
    await home.tell(found(1), found(2), found(3))
    assert shown_on(first) | await read_on(home, first) == {an_id(MISSING), *map(an_id, MORE)}


async def test_on_call_that_goes_away_while_one_reads_hides_nobody_from_the_next_page(home: House) -> None:
    first = (await (await home.enter(PersonRole.COORDINATOR)).get("/missing")).text
    home.on_call.state.away = True
    assert shown_on(first) | await read_on(home, first) == {an_id(MISSING), *map(an_id, MORE)}


async def test_on_call_that_comes_back_while_one_reads_hides_nobody_from_the_next_page(home: House) -> None:
    home.on_call.state.away = True
    first = (await (await home.enter(PersonRole.COORDINATOR)).get("/missing")).text
    home.on_call.state.away = False
    assert shown_on(first) | await read_on(home, first) == {an_id(MISSING), *map(an_id, MORE)}
