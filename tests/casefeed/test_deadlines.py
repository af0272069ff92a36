"""However many decisions are awaited, the page of deadlines leaves none out."""

import re

import pytest

from services.casefeed.due import read_place
from services.casefeed.pages.boards import cards_listed, owed_page
from services.casefeed.sight import Sight
from services.core.facts import ReferralMade
from services.core.rights import PersonRole
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.house import house
from tests.casefeed.updates import Update
from tests.runtime.secured_postgres import SecuredPostgres

REFERRED = range(1, 121)
MANY = [
    Update(
        child,
        1,
        day(1),
        subjects=[(child, 1)],
        new=[entry(ReferralMade(), event=0xD000 + child, subject=child, occurred_at=day(1))],
    )
    for child in REFERRED
]


async def test_each_awaited_decision_is_on_one_page(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY) as home:
        client = await home.enter(PersonRole.COORDINATOR)
        pages = [(await client.get("/deadlines")).text]
        while onward := re.search(r'href="(/deadlines\?after=[^"]+)" rel="next"', pages[-1]):
            pages.append((await client.get(onward[1])).text)
    shown = [case for text in pages for case in re.findall(r"/cases/([0-9a-f]{32})", text)]
    assert sorted(shown) == [an_id(child) for child in REFERRED]
    assert len(pages) == 3


async def test_what_is_recorded_is_what_was_shown(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY) as home:
        found = await home.session.run(lambda connection: owed_page(connection, Sight(every=True), schemas, None))
    assert found.more
    assert cards_listed(found.cards).count == len(found.cards) == 50


@pytest.mark.parametrize("text", ["", "x", "2026-01-01T00:00:00," + "a" * 32, "-infinity,a", "infinity," + "a" * 32])
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_place(text) is None


async def test_a_page_behind_the_last_leads_to_the_first(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY[:1]) as home:
        answer = await (await home.enter(PersonRole.COORDINATOR)).get(
            f"/deadlines?after=2099-01-01T00:00:00Z,{an_id(0xFF)}"
        )
    assert (answer.status_code, answer.headers["location"]) == (303, "/deadlines")
