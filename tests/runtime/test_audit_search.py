"""What was done about one record is found among the entries of years."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from services.runtime.audit_reading import Trails, Wanted
from services.runtime.database import Connection, Database, connect
from services.runtime.local.principals import ADMIN
from tests.plans import handled, parts
from tests.runtime.secured_postgres import SecuredPostgres

ROLE = "casefeed"
ABOUT_ONE = 20
_FILL = """
    SET search_path = casefeed_audit;
    INSERT INTO links SELECT number, now(), number, 1, 'd', 'p', 'h' FROM generate_series(1, 20000) AS number;
    INSERT INTO entries
    SELECT number, number, 'case_read', 'allowed', 'who', NULL, ARRAY['record:' || number % 1000], '{}', 1, 'c', 'd'
    FROM generate_series(1, 20000) AS number;
    ANALYZE links, entries"""
GIVEN = ("action", "about", "after", "at_most")
WANTED = Wanted(action="case_read", about="record:7", at_most=1_000)


@pytest.fixture
def where(postgres: SecuredPostgres) -> Database:
    found = postgres.database(ROLE)
    postgres.begin_audit(ROLE)
    with psycopg.connect(postgres.conninfo(ADMIN), autocommit=True) as admin:
        admin.execute(_FILL)
    return found


@pytest.fixture(params=["as people look", "by index"])
async def connection(where: Database, request: pytest.FixtureRequest) -> AsyncIterator[Connection]:
    async with await connect(where.by_index if request.param == "by index" else where) as opened:
        # From the sixth question on PostgreSQL plans for any record that may be asked about.
        await opened.execute("SET plan_cache_mode = force_generic_plan")
        yield opened


async def test_what_was_done_about_a_record_is_found_without_a_look_at_every_entry(
    where: Database, connection: Connection
) -> None:
    assert len(await Trails(where).search(connection, WANTED)) == ABOUT_ONE
    question = Trails(where).question(WANTED)[0].as_string(connection)
    for place, name in enumerate(GIVEN, 1):
        question = question.replace(f"%({name})b", f"${place}")
    await connection.execute(f"PREPARE searched (text, text, bigint, int) AS {question}".encode())
    told = await connection.execute(
        b"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE searched ('case_read', 'record:7', -1, 1000)"
    )
    [[plan]] = await told.fetchall()
    assert max(map(handled, parts(plan[0]["Plan"]))) <= 2 * ABOUT_ONE
