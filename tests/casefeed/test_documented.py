"""The JSON API answers as its own description says, whatever it is asked, and never with a fault of ours."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from services.core.rights import PersonRole
from services.runtime.http import serving
from services.wire.avro import Schemas
from tests.casefeed.histories import FOUND, HISTORY
from tests.casefeed.house import House, house
from tests.free_ports import free_base
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDLESS = "/api/feed"
CHECKS = [status_code_conformance, response_schema_conformance, schemathesis.checks.not_a_server_error]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    port = free_base()
    async with (
        house(postgres.database("casefeed"), schemas, HISTORY, FOUND, f"http://127.0.0.1:{port}") as open_house,
        serving(open_house.app, "127.0.0.1", port),
    ):
        yield open_house


def described(home: House) -> Mapping[str, Any]:
    """What the application says of itself."""
    app: Any = home.app
    said: dict[str, Any] = app.app.openapi()
    return said


def ask_everything(description: Mapping[str, Any], url: str, cookies: Mapping[str, str]) -> set[str]:
    """Ask each operation what nobody thought of; gives those that were asked."""
    asked = set()
    schema: Any = schemathesis.openapi.from_dict(dict(description))
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == ENDLESS:
            continue

        @settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(base_url=url, cookies=dict(cookies), checks=CHECKS)

        ask()
        asked.add(operation.path)
    return asked


async def test_every_answer_is_as_its_schema_says(home: House) -> None:
    url, cookies = home.door.settings.public_url, {home.door.cookie: await home.secret(PersonRole.COORDINATOR)}
    asked = await asyncio.to_thread(ask_everything, described(home), url, cookies)
    assert {"/api/cases", "/api/cases/{case_id}", "/api/enquiries/{handle}", "/api/links/{one}/{other}"} <= asked


async def test_an_answer_that_is_not_as_its_schema_says_is_found(home: House) -> None:
    description: Any = dict(described(home))
    lists = description["components"]["schemas"]["CaseList"]
    wrong = {**lists, "properties": {**lists["properties"], "cases": {"type": "string"}}}
    components = {**description["components"], "schemas": {**description["components"]["schemas"], "CaseList": wrong}}
    only = {"/api/cases": description["paths"]["/api/cases"]}
    told = {**description, "components": components, "paths": only}
    cookies = {home.door.cookie: await home.secret(PersonRole.COORDINATOR)}
    with pytest.raises(BaseExceptionGroup):
        await asyncio.to_thread(ask_everything, told, home.door.settings.public_url, cookies)
