"""A page that is left open asks by itself for what is new: that is nobody's doing, and keeps no session alive."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from services.core.rights import PersonRole
from services.runtime.database import Connection
from services.runtime.signin.sessions import IDLE
from services.wire.avro import Schemas
from tests.casefeed.histories import HISTORY
from tests.casefeed.house import House, house
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")
LITTLE = timedelta(minutes=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas, HISTORY) as open_house:
        yield open_house


async def used_after(home: House, path: str, ago: timedelta) -> tuple[bool, int]:
    """Whether a session that was last used so long ago counts as used by this request, and what is answered to it."""
    client, before = await home.enter(PersonRole.COORDINATOR), datetime.now(UTC) - ago
    row = hashlib.sha256(client.cookies[home.door.cookie].encode()).digest()

    async def leave(connection: Connection) -> None:
        await connection.execute("UPDATE sessions SET seen_at = %s WHERE secret_hash = %s", [before, row])

    async def seen_at(connection: Connection) -> datetime:
        found = await connection.execute("SELECT seen_at FROM sessions WHERE secret_hash = %s", [row])
        ((at,),) = await found.fetchall()
        assert isinstance(at, datetime)
        return at

    await home.session.run(leave)
    status = (await client.get(path)).status_code
    return await home.session.run(seen_at) > before, status


async def test_what_a_page_asks_for_by_itself_keeps_no_session_alive(home: House) -> None:
    assert await used_after(home, "/feed/entries?after=0", IDLE - LITTLE) == (False, 200)


async def test_what_a_reader_asks_for_keeps_their_session_alive(home: House) -> None:
    assert await used_after(home, "/cases", IDLE - LITTLE) == (True, 200)


async def test_a_page_whose_reader_left_is_told_nothing_more(home: House) -> None:
    assert await used_after(home, "/feed/entries?after=0", IDLE + LITTLE) == (False, 303)
