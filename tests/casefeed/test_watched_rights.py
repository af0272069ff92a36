"""What all who watch see is asked for at once; each is answered for themselves, and none where nobody answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar, cast

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.casefeed.routes.answering import Window
from services.casefeed.routes.feed import Sights
from services.casefeed.sight import Sight
from services.core.ids import CaseId
from services.core.rights import PersonRole
from services.runtime.audit import Trail
from services.runtime.database import Connection, Database, Session
from services.runtime.settings import SignInSettings
from services.runtime.signin import sessions
from services.runtime.signin.doorkeeper import Doorkeeper
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.casefeed.histories import HISTORY, REFERRED
from tests.casefeed.house import PEOPLE_KEY, URL, House, house
from tests.runtime.secured_postgres import SecuredPostgres

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]
EXPECTED = {
    PersonRole.COORDINATOR: Sight(every=True),
    PersonRole.SOCIAL_WORKER: Sight(own=frozenset({CaseId(an_id(REFERRED))})),
    PersonRole.POLICE_OFFICER: Sight(missing=True),
    PersonRole.AUDITOR: Sight(),
}


class Counted:
    """A session, and how many pieces of work it was given."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.times = 0

    async def run(self, work: Work[T]) -> T:
        self.times += 1
        return await self._session.run(work)


class Silent:
    """A session on tables that do not answer."""

    async def run(self, _: object) -> object:
        raise TimeoutError


def watcher(door: Doorkeeper, secret: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{door.cookie}={secret}".encode())]})


def sights(session: object, schemas: Schemas) -> tuple[Sights, Doorkeeper]:
    """Over tables that stand behind this session."""
    over, trail = cast("Session", session), Trail(Database("", "casefeed"))
    door = Doorkeeper(SignInSettings(public_url=URL), over, PEOPLE_KEY, trail, lambda: datetime.now(UTC))
    return Sights(Window(over, door, trail, schemas)), door


@pytest.fixture
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas, HISTORY) as open_house:
        yield open_house


async def asked(seen: Sights, door: Doorkeeper, secrets: Sequence[str]) -> list[Sight | None]:
    return await asyncio.gather(*(seen.now(watcher(door, secret)) for secret in secrets))


async def test_each_of_all_who_watch_sees_what_is_theirs(home: House, schemas: Schemas) -> None:
    secrets = [await home.secret(role) for role in EXPECTED] * 10
    assert await asked(*sights(home.session, schemas), secrets) == [*EXPECTED.values()] * 10


async def test_for_all_who_watch_the_tables_are_asked_once_who_they_are_and_once_what_is_theirs(
    home: House, schemas: Schemas
) -> None:
    counted = Counted(home.session)
    secrets = [await home.secret(role) for role in EXPECTED for _ in range(50)][:198]
    await asked(*sights(counted, schemas), secrets)
    assert counted.times == 2


async def test_whoever_was_signed_out_sees_nothing_and_the_others_what_is_theirs(home: House, schemas: Schemas) -> None:
    secrets = [await home.secret(role) for role in EXPECTED]
    await home.session.run(lambda connection: sessions.end(connection, secrets[0]))
    assert await asked(*sights(home.session, schemas), secrets) == [None, *[*EXPECTED.values()][1:]]


async def test_tables_that_do_not_answer_let_nobody_see_anything(schemas: Schemas) -> None:
    seen, door = sights(Silent(), schemas)
    assert await asyncio.gather(*(seen.or_none(watcher(door, secret)) for secret in "abc")) == [None] * 3


async def test_a_page_is_told_that_the_tables_do_not_answer(schemas: Schemas) -> None:
    seen, door = sights(Silent(), schemas)
    with pytest.raises(HTTPException) as refused:
        await seen.now(watcher(door, "a"))
    assert refused.value.status_code == 503
