"""A service's chain in a real PostgreSQL: whole whatever happens at once, and out of the service's own reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from services.core.audit import Action, Entry, Kind, Link, Outcome, Recorded, about, proves
from services.core.audit_check import Check, Fault, Finding, first_fault, pieces
from services.core.errors import BrokenRule, Misconfigured
from services.runtime.audit import Trail, offsets, private
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.database import Connection, Session, ask, sessions
from services.runtime.fence import Place
from services.runtime.health import Health
from services.runtime.local.principals import ADMIN
from services.runtime.metrics import Metrics
from tests.runtime.secured_postgres import SecuredPostgres

ROLE = "casefeed"
READ = Entry(Action.CASE_READ, Outcome.ALLOWED, "ab" * 16, "coordinator", (about(Kind.CASE, "cd" * 16),), ("some",), 3)
SALTS = ("SELECT entry, salt FROM casefeed_audit.salts", None)
BY_ITSELF = Entry(Action.EVENTS_CORRELATED, count=0)


class Chain:
    """A chain, its service, and a hand that can reach every row."""

    def __init__(self, postgres: SecuredPostgres, session: Session) -> None:
        self.session = session
        self.trail = Trail(session.where)
        self.reading = Trails(session.where)
        self._admin = postgres.conninfo(ADMIN)

    async def append(self, *entries: Entry) -> Link:
        link = await self.session.run(lambda connection: self.trail.append(connection, *entries))
        assert link is not None
        return link

    async def rows(self) -> tuple[list[Link], list[Recorded]]:
        return await self.session.run(lambda connection: self.reading.page(connection, -1, 10**6))

    async def check(self) -> Callable[[], Awaitable[Finding | None]]:
        """Hold what the chain is now as a witness would; gives how to compare with what it is later."""
        seen = await self.session.run(self.trail.checkpoint)

        async def compare() -> Finding | None:
            extent = await self.session.run(self.reading.extent)
            return first_fault(Check(ROLE, extent.chain, [seen]), pieces(*await self.rows()))

        return compare

    def tamper(self, *statements: str) -> None:
        """Do what only whoever runs the database can do."""
        with psycopg.connect(self._admin, options=f"-c search_path={ROLE}_audit") as admin:
            for statement in statements:
                admin.execute(statement.encode())


@pytest.fixture
async def chain(postgres: SecuredPostgres) -> AsyncIterator[Chain]:
    where = postgres.database(ROLE)
    postgres.begin_audit(ROLE)
    session = Session(where, Health(Metrics()))
    yield Chain(postgres, session)
    await session.close()


async def test_what_was_appended_is_read_back_as_it_was_said(chain: Chain) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    link = await chain.append(READ, BY_ITSELF)
    links, entries = await chain.rows()
    assert links[1:] == [link]
    assert [held.entry for held in entries] == [READ, BY_ITSELF]
    assert before < link.at < before + timedelta(minutes=1)


async def test_a_chain_in_the_database_is_whole(chain: Chain) -> None:
    for number in range(5):
        await chain.append(*[replace(READ, count=number)] * (number + 1))
    compare = await chain.check()
    assert await compare() is None


async def test_what_is_rolled_back_was_not_recorded_either(chain: Chain) -> None:
    async def fails(connection: Connection) -> None:
        await chain.trail.append(connection, READ)
        raise LookupError

    with pytest.raises(LookupError):
        await chain.session.run(fails)
    await chain.append(BY_ITSELF)
    links, entries = await chain.rows()
    assert ([link.number for link in links], [held.entry for held in entries]) == ([0, 1], [BY_ITSELF])


async def test_what_cannot_be_recorded_is_not_done(chain: Chain) -> None:
    async def work(connection: Connection) -> str:
        await ask(connection, ("CREATE TABLE done ()", None))
        return "done"

    with pytest.raises(BrokenRule):
        await chain.session.run(chain.trail.recorded(work, lambda found: replace(READ, who=found)))
    assert await chain.session.run(lambda one: ask(one, ("SELECT to_regclass('done')", None))) == [[(None,)]]


async def test_many_who_append_at_once_leave_one_chain_without_a_gap(chain: Chain) -> None:
    async def append(session: Session) -> None:
        await session.run(lambda connection: Trail(session.where).append(connection, READ, BY_ITSELF))

    async with sessions(chain.session.where, Health(Metrics()), 4) as several:
        await asyncio.gather(*(append(session) for session in several for _ in range(10)))
    links, entries = await chain.rows()
    assert [link.number for link in links] == list(range(41))
    assert [held.number for held in entries] == list(range(80))
    assert await (await chain.check())() is None


async def test_nothing_to_record_makes_no_link(chain: Chain) -> None:
    assert await chain.session.run(chain.trail.append) is None
    assert len((await chain.rows())[0]) == 1


async def test_a_detail_stands_behind_its_salt_until_that_is_erased(chain: Chain) -> None:
    told = private(READ, b"what was asked")
    await chain.session.run(lambda connection: chain.trail.append(connection, BY_ITSELF, told))
    compare = await chain.check()
    [[(entry, salt)]] = await chain.session.run(lambda connection: ask(connection, SALTS))
    held = (await chain.rows())[1][entry]
    assert proves(held.entry.commitment, salt, b"what was asked")

    await chain.session.run(lambda connection: chain.trail.forget(connection, [entry]))

    assert await chain.session.run(lambda connection: ask(connection, SALTS)) == [[]]
    assert await compare() is None


async def test_who_was_refused_at_the_door_is_counted_in_one_entry(chain: Chain) -> None:
    for _ in range(3):
        chain.trail.door_tried()
    chain.trail.note(READ)
    await chain.trail.add_noted(chain.session)
    await chain.trail.add_noted(chain.session)
    _, [noted, refused] = await chain.rows()
    assert noted.entry == READ
    assert (refused.entry.action, refused.entry.outcome, refused.entry.count) == (Action.DOOR_TRIED, Outcome.DENIED, 3)


FORBIDDEN = [
    "UPDATE {audit}.links SET at = now()",
    "UPDATE {audit}.entries SET who = 'nobody'",
    "UPDATE {audit}.chain SET service = 'vault'",
    "UPDATE {audit}.salts SET salt = ''",
    "DELETE FROM {audit}.links",
    "DELETE FROM {audit}.entries",
    "DELETE FROM {audit}.chain",
    "INSERT INTO {audit}.chain VALUES ('vault', 'another')",
    "TRUNCATE {audit}.links CASCADE",
    "TRUNCATE {audit}.salts",
    "DROP TABLE {audit}.salts",
    "DROP SCHEMA {audit} CASCADE",
    "ALTER TABLE {audit}.entries ADD COLUMN more text",
    "ALTER TABLE {audit}.links OWNER TO casefeed",
    "ALTER TABLE {audit}.links SET SCHEMA casefeed",
    "ALTER TABLE {audit}.entries DISABLE TRIGGER ALL",
    "ALTER SCHEMA {audit} RENAME TO gone",
    "CREATE TABLE {audit}.more ()",
    "CREATE RULE nothing AS ON INSERT TO {audit}.links DO INSTEAD NOTHING",
    "CREATE TRIGGER later BEFORE INSERT ON {audit}.links EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DO $$ BEGIN GRANT UPDATE ON {audit}.links TO casefeed; UPDATE {audit}.links SET at = now(); END $$",
    "INSERT INTO {audit}.links SELECT * FROM {audit}.links ON CONFLICT (number) DO UPDATE SET at = now()",
    "MERGE INTO {audit}.links USING (SELECT 0 AS n) AS one ON number = n WHEN MATCHED THEN DELETE",
    "LOCK TABLE {audit}.links IN ACCESS EXCLUSIVE MODE",
    "SET ROLE admin",
    "SELECT * FROM vault_audit.entries",
    "INSERT INTO vault_audit.links SELECT * FROM {audit}.links",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_a_service_can_neither_change_its_own_audit_nor_reach_another_s(chain: Chain, statement: str) -> None:
    await chain.append(READ)
    spelt = statement.format(audit=f"{ROLE}_audit")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await chain.session.run(lambda connection: connection.execute(spelt.encode()))
    assert await (await chain.check())() is None


async def test_a_service_that_repeats_a_number_is_refused(chain: Chain) -> None:
    await chain.append(READ)
    again = "INSERT INTO casefeed_audit.links SELECT * FROM casefeed_audit.links WHERE number = 1"
    with pytest.raises(psycopg.errors.UniqueViolation):
        await chain.session.run(lambda connection: connection.execute(again))


async def test_a_database_without_the_audit_s_tables_is_said_in_a_sentence(chain: Chain) -> None:
    chain.tamper(f"DROP SCHEMA {ROLE}_audit CASCADE")
    with pytest.raises(Misconfigured, match="make the schema casefeed_audit"):
        await chain.session.run(chain.trail.checkpoint)


TAMPERINGS: list[tuple[Fault, Sequence[str]]] = [
    (Fault.ENTRY_CHANGED, ["UPDATE entries SET who = 'nobody' WHERE number = 4"]),
    (Fault.ENTRY_CHANGED, ["UPDATE entries SET outcome = 'perhaps' WHERE number = 4"]),
    (Fault.ENTRY_CHANGED, ["UPDATE entries SET about = '{}' WHERE number = 4"]),
    (Fault.ENTRY_CHANGED, ["UPDATE entries SET role = NULL WHERE number = 4"]),
    (Fault.ENTRY_MISSING, ["DELETE FROM entries WHERE number = 4"]),
    (Fault.ENTRY_ADDED, ["CREATE TEMP TABLE one AS SELECT * FROM entries WHERE number = 4",
                         "UPDATE one SET number = 99", "INSERT INTO entries SELECT * FROM one"]),
    (Fault.ENTRY_CHANGED, ["UPDATE entries SET number = 90 + number WHERE number IN (4, 5)",
                           "UPDATE entries SET number = 9 - number + 90 WHERE number > 90"]),
    (Fault.LINK_MISSING, ["DELETE FROM entries WHERE link = 3", "DELETE FROM links WHERE number = 3"]),
    (Fault.TRUNCATED, ["DELETE FROM entries WHERE link >= 3", "DELETE FROM links WHERE number >= 3"]),
    (Fault.LINK_CHANGED, ["UPDATE links SET at = at - interval '1 hour' WHERE number = 3"]),
    (Fault.LINK_CHANGED, ["UPDATE links SET hash = sha256(hash) WHERE number = 3"]),
    (Fault.OTHER_GENESIS, ["UPDATE chain SET chain_id = repeat('0', 32)"]),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "statements"), TAMPERINGS, ids=lambda value: str(value)[:60])
async def test_what_whoever_runs_the_database_changes_is_found(
    chain: Chain, fault: Fault, statements: Sequence[str]
) -> None:
    for number in range(4):
        await chain.append(replace(READ, count=number), BY_ITSELF)
    compare = await chain.check()
    assert await compare() is None

    chain.tamper(*statements)

    finding = await compare()
    assert finding is not None
    assert (finding.fault, finding.since or finding.link) == (fault, 0 if fault is Fault.OTHER_GENESIS else 3)


async def test_a_chain_that_was_made_anew_in_the_database_is_found(chain: Chain, postgres: SecuredPostgres) -> None:
    await chain.append(READ)
    compare = await chain.check()
    postgres.begin_audit(ROLE)
    await chain.append(BY_ITSELF)
    finding = await compare()
    assert finding is not None
    assert finding.fault is Fault.OTHER_CHAIN


async def test_entries_are_found_by_who_what_and_when(chain: Chain) -> None:
    other = replace(READ, who="ef" * 16, action=Action.CASES_LISTED, about=(about(Kind.CASE, "ab" * 16),))
    await chain.append(READ)
    link = await chain.append(other, BY_ITSELF)

    async def found(**wanted: object) -> list[int]:
        asked = Wanted(**wanted)  # type: ignore[arg-type]
        return [held.number for held, _ in await chain.session.run(lambda one: chain.reading.search(one, asked))]

    assert await found() == [0, 1, 2]
    assert await found(who="ef" * 16) == [1]
    assert await found(action="case_read") == [0]
    assert await found(outcome="done") == [2]
    assert await found(about=other.about[0]) == [1]
    assert await found(since=link.at) == [1, 2]
    assert await found(until=link.at) == [0]
    assert await found(after=0, at_most=1) == [1]
    assert await found(who="ef" * 16, action="case_read") == []


class At:
    def __init__(self, offset: int) -> None:
        self.offset = offset


def test_a_batch_is_named_by_where_it_stands_in_kafka() -> None:
    one, other = Place(UUID(int=1), 0), Place(UUID(int=1), 1)
    assert offsets({other: [At(7), At(9)], one: []}) == (f"offsets:{UUID(int=1)}/1/7-10",)
