"""However many decisions are awaited, the page of deadlines leaves none out."""

import re

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
        pages = [(await client.get(f"/deadlines?skip={skip}")).text for skip in (0, 50, 100)]
    shown = [case for text in pages for case in re.findall(r"/cases/([0-9a-f]{32})", text)]
    assert sorted(shown) == [an_id(child) for child in REFERRED]
    assert ['rel="next"' in text for text in pages] == [True, True, False]


async def test_a_page_behind_the_last_leads_to_the_first(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, MANY[:1]) as home:
        answer = await (await home.enter(PersonRole.COORDINATOR)).get("/deadlines?skip=50")
    assert (answer.status_code, answer.headers["location"]) == (303, "/deadlines")
