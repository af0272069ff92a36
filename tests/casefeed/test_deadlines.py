"""However many decisions are awaited, the page of deadlines leaves none out."""

import re

from services.casefeed.due import list_due
from services.casefeed.pages.boards import cards_listed, owed_page
from services.casefeed.reading import list_cases
from services.casefeed.sight import Sight
from services.core.facts import ReferralMade
from services.core.rights import PersonRole
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.casefeed.house import house
from tests.casefeed.updates import each_said
from tests.runtime.secured_postgres import SecuredPostgres

EVERYTHING = Sight(every=True)
REFERRED = range(1, 121)
MANY = each_said(ReferralMade(), REFERRED)


async def test_each_awaited_decision_is_on_one_page(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY) as home:
        client = await home.enter(PersonRole.COORDINATOR)
        pages = [(await client.get("/deadlines")).text]
        while onward := re.search(r'href="(/deadlines\?cursor=[^"]+)" rel="next"', pages[-1]):
            pages.append((await client.get(onward[1])).text)
    shown = [case for text in pages for case in re.findall(r"/cases/([0-9a-f]{32})", text)]
    assert sorted(shown) == [an_id(child) for child in REFERRED]
    assert len(pages) == 3


async def test_what_is_recorded_is_what_was_shown(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY) as home:
        found = await home.session.run(lambda connection: owed_page(connection, EVERYTHING, schemas, None))
    assert found.next
    assert cards_listed(found.cards).count == len(found.cards) == 50


async def test_where_all_behind_a_page_was_decided_meanwhile_the_first_is_shown(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY[:2]) as home:
        first = await home.session.run(lambda connection: list_due(connection, EVERYTHING, None, 1))
        await home.session.run(
            lambda connection: connection.execute("DELETE FROM cases WHERE case_id = %s", [bytes.fromhex(an_id(2))])
        )
        shown = await (await home.enter(PersonRole.COORDINATOR)).get("/deadlines", params={"cursor": first.next})
    assert re.findall(r"/cases/([0-9a-f]{32})", shown.text) == [an_id(1)]


async def test_a_page_that_is_just_full_leads_nowhere(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY[:2]) as home:
        due = await home.session.run(lambda connection: list_due(connection, EVERYTHING, None, 2))
        known = await home.session.run(lambda connection: list_cases(connection, EVERYTHING, None, None, 2))
    assert [(len(found.cases), found.next) for found in (due, known)] == [(2, None), (2, None)]


async def test_what_is_no_cursor_is_refused(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY[:1]) as home:
        client = await home.enter(PersonRole.COORDINATOR)
        answers = [
            (await client.get("/deadlines", params={"cursor": text})).status_code for text in ("x", "-infinity,a")
        ]
    assert answers == [400, 400]
