"""However many children are missing, the board leaves none out."""

import re
from html import unescape

from services.core.codes import MissingKind
from services.core.facts import ChildMissing
from services.core.rights import PersonRole
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.casefeed.histories import HISTORY, MISSING
from tests.casefeed.house import house
from tests.casefeed.updates import each_said
from tests.runtime.secured_postgres import SecuredPostgres

MORE = range(1, 121)
MANY = each_said(ChildMissing(MissingKind.MISSING), MORE)


async def test_each_child_is_on_one_page_of_the_board_and_the_one_with_an_alert_on_the_first(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    async with house(postgres.database("casefeed"), schemas, [*HISTORY, *MANY]) as home:
        client = await home.enter(PersonRole.COORDINATOR)
        pages = [(await client.get("/missing")).text]
        while onward := re.search(r'href="(/missing[^"]*)" rel="next"', pages[-1]):
            pages.append((await client.get(unescape(onward[1]))).text)
    shown = [case for text in pages for case in re.findall(r"/cases/([0-9a-f]{32})", text)]
    assert [len(re.findall('<li class="lantern-board__card', text)) for text in pages] == [50, 50, 21]
    assert set(shown) == {an_id(MISSING), *map(an_id, MORE)}
    assert all("121 children are missing" in text for text in pages)
    assert ['rel="next"' in text for text in pages] == [True, True, False]
    assert an_id(MISSING) in pages[0]
