"""Every route by every role, from one table: what the table does not say is refused, and a route it lacks is found."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from starlette.routing import BaseRoute, Route

from services.casefeed.access import ROUTES, Door, entitled
from services.core.rights import PersonRole
from services.runtime.signin.doorkeeper import csrf_of
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.casefeed.histories import ADULT, FOUND, HIDDEN, HISTORY, MISSING, REFERRED
from tests.casefeed.house import House, house, somebody
from tests.casefeed.on_call import ALERT, COLLEAGUE, OFFER
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD_TOO = {"HEAD"}
ENDLESS = {"/api/feed", "/feed/bell"}
"""They answer until somebody leaves; `test_watching_pages` asks for them."""
TAKEN = {"/signout": 200, "/links/{one}/{other}": 200}
"""What a form that was heard is answered with, where it does not lead back to a page: one about two records is heard,
and not taken, because it does not bear the mark of what was shown."""
FILLED = {
    "case_id": an_id(MISSING),
    "handle": ADULT,
    "name": "app.css",
    "alert": ALERT,
    "offer": OFFER,
    "said": "accept",
    "one": an_id(REFERRED),
    "other": an_id(HIDDEN),
}


FORM = {
    "answer": "search_begun",
    "minutes": "30",
    "to": COLLEAGUE,
    "person": COLLEAGUE,
    "start": "2026-11-28T22:00",
    "end": "2026-11-29T09:00",
    "level": "0",
    "verdict": "linked",
    "ground": "documents_compared",
}
"""What every form is sent with: each takes of it what it asks for."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas, HISTORY, FOUND) as open_house:
        yield open_house


def routes(app: Any) -> Iterator[tuple[str, str]]:
    """Every method and path that the application answers to."""
    for route in flat(app.app.router.routes):
        assert isinstance(route, Route), "A mounted application hides routes from the table."
        yield from ((method, route.path) for method in (route.methods or set()) - HEAD_TOO)


def flat(found: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """These routes, and those of every router among them."""
    for route in found:
        included = getattr(route, "original_router", None)
        yield from flat(included.routes) if included else (route,)


def missing_from(table: set[tuple[str, str]], app: Any) -> set[tuple[str, str]]:
    return set(routes(app)) ^ table


async def test_every_route_is_in_the_table_and_the_table_has_no_other(home: House) -> None:
    assert missing_from(set(ROUTES), home.app) == set()


async def test_a_route_that_is_not_in_the_table_is_found(home: House) -> None:
    assert missing_from(set(ROUTES) - {("GET", "/cases")}, home.app) == {("GET", "/cases")}


@pytest.mark.parametrize("role", list(PersonRole))
async def test_every_route_meets_every_role_as_the_table_says(home: House, role: PersonRole) -> None:
    client = await home.enter(role)
    differing = []
    for (method, path), need in ROUTES.items():
        if path in ENDLESS or method == "POST" or need.door is Door.OPEN:
            continue
        answer = await client.get(path.format(**FILLED), params=_needed(path))
        may = entitled(somebody(role), need)
        if not _as_said(answer.status_code, answer.text, need.door, may=may):
            differing.append((path, may, answer.status_code))
    assert differing == []


@pytest.mark.parametrize("role", list(PersonRole))
async def test_every_form_meets_every_role_as_the_table_says(home: House, role: PersonRole) -> None:
    differing = []
    for (method, path), need in ROUTES.items():
        if method != "POST":
            continue
        client = await home.enter(role)
        form = {"csrf": csrf_of(client.cookies[home.door.cookie]), **FORM}
        sent = await client.post(path.format(**FILLED), data=form, headers={"origin": str(client.base_url)})
        may = entitled(somebody(role), need)
        if sent.status_code != (TAKEN.get(path, 303) if may else 404):
            differing.append((path, may, sent.status_code))
    assert differing == []


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_who_is_not_signed_in_comes_nowhere_but_to_what_is_open(home: House, accept: str) -> None:
    client = home.stranger(accept)
    paths = [path for method, path in _guarded() if method == "GET"]
    met = {path: (await client.get(path.format(**FILLED), params=_needed(path))).status_code for path in paths}
    assert set(met.values()) == ({303} if accept == "text/html" else {401}), met


async def test_no_form_is_taken_without_the_word_of_its_session(home: House) -> None:
    client = await home.enter(PersonRole.COORDINATOR)
    for method, path in ROUTES:
        if method == "POST":
            told = [
                await client.post(
                    path.format(**FILLED), data={"csrf": "0" * 64}, headers={"origin": str(client.base_url)}
                ),
                await client.post(path.format(**FILLED), data={}),
            ]
            assert [answer.status_code for answer in told] == [403, 403], path


def _guarded() -> list[tuple[str, str]]:
    return [place for place, need in ROUTES.items() if need.door is not Door.OPEN]


def _needed(path: str) -> dict[str, int]:
    return {"after": 0, "before": 10} if path == "/api/audit/links" else {}


def _as_said(code: int, text: str, door: Door, *, may: bool) -> bool:
    if may:
        return code in {200, 303, 404}  # 404: one case or adult that is out of this person's sight
    if door is Door.EMPTY:
        return code == 200 and [value for value in json.loads(text).values() if value] == []
    return code == (403 if door is Door.FORBIDDEN else 404)
