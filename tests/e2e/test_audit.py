"""The audit of a whole hub: whole across kills and rebuilds; what is changed behind the services' backs is found."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from services.cli import client
from services.cli.audit import SERVICES
from services.cli.auditing import from_kafka, sorted_out
from services.core.audit import Checkpoint, extend
from services.core.audit_check import Check, Fault, Finding, first_fault, pieces
from services.runtime.audit_reading import Trails
from services.runtime.database import Connection, Database, connect
from services.runtime.local import database
from services.runtime.local.principals import ADMIN, OPERATOR
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.wire.avro import Schemas
from tests.edition import LocalEdition

SERVICE = "casefeed"
SECONDS = 60
HEAD = sql.SQL("SELECT max(number) FROM {}.links")


COUNCIL = ("--agency", "local_authority", "--organisation", "INVENTED-COUNCIL", "--wait", "--json")


def seen_of(child: str) -> dict[str, Any]:
    """A threat that was seen near a child: it gives a reason to share, and no name to be likened by."""
    return {
        "format": "lantern/1",
        "event": "PlacementThreatSeen",
        "source": {"system": "social-care", "child": child},
        "key": "threat-1",
        "occurred_at": "2026-11-22T21:30:00Z",
        "recorded_at": "2026-11-22T22:05:00Z",
        "role": "social_worker",
        "fact": {"kind": "vehicle_waiting"},
    }


@dataclass(frozen=True)
class Hub:
    """A running hub, a hand on its database, and what its witnesses hold."""

    edition: LocalEdition
    schemas: Schemas

    def verified(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        result = self.edition.run("audit", "verify", "--json", *words)
        return result.returncode, json.loads(result.stdout)

    def shown(self, *words: str) -> list[dict[str, Any]]:
        """What an auditor is shown."""
        self.edition.done("login", "--as", "auditor")
        try:
            found: list[dict[str, Any]] = json.loads(self.edition.done("audit", "show", "--json", *words))
        finally:
            self.edition.done("login", "--as", "coordinator")
        return found

    def published(self, folder: Path, child: str) -> str:
        """A record of a plainly synthetic child, of which a council's system tells."""
        file = folder / f"{child}.json"
        file.write_text(json.dumps([seen_of(child)]), encoding="utf-8")
        [subject] = json.loads(self.edition.done("publish", *COUNCIL, file))["subjects"]
        return str(subject)

    def witnessed(self, service: str) -> Sequence[Checkpoint]:
        made = client.read_edition(self.edition.data)
        records = asyncio.run(from_kafka(made.kafka(OPERATOR), self.schemas))
        return sorted_out(records, made.public_keys, SERVICES).signed[service]

    def kill(self, service: str) -> None:
        """Kill a service, and wait until the next one has told how far the chain had come."""
        pid, head = self.edition.pids()[service], self.head(service)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert until(lambda: any(seen.number >= head for seen in self.witnessed(service)), SECONDS, 1.0)
        self.edition.up()

    def head(self, service: str) -> int:
        with psycopg.connect(self.admin.conninfo) as connection:
            (number,) = connection.execute(HEAD.format(sql.Identifier(f"{service}_audit"))).fetchone() or (0,)
            return int(number)

    @property
    def admin(self) -> Database:
        server = self.edition.parts.postgres
        return Database(server.conninfo(ADMIN, server.password, database.NAME), SERVICE)

    @asynccontextmanager
    async def hand(self) -> AsyncIterator[Connection]:
        """A transaction of whoever runs the database, which never comes to be."""
        async with await connect(self.admin) as connection, connection.transaction(force_rollback=True):
            await connection.execute(f"SET LOCAL search_path = {SERVICE}_audit".encode())
            yield connection


@pytest.fixture(scope="module")
def hub(edition: LocalEdition, schemas: Schemas) -> Hub:
    edition.done("up", "--demo")
    made = Hub(edition, schemas)
    for _ in range(8):
        edition.done("cases", "--json")
    made.kill(SERVICE)
    return made


def test_a_hub_that_nobody_touched_is_whole_after_one_of_its_services_was_killed(hub: Hub) -> None:
    status, verdicts = hub.verified()
    assert (status, [verdict["finding"] for verdict in verdicts]) == (0, [None] * len(SERVICES))
    assert [verdict["service"] for verdict in verdicts] == list(SERVICES)
    assert min(verdict["entries"] for verdict in verdicts) > 0


def test_what_was_read_of_whom_is_shown(hub: Hub) -> None:
    [listed, *_] = json.loads(hub.edition.done("cases", "--json"))
    hub.edition.done("case", listed["case_id"])
    last = hub.shown("--service", SERVICE, "--action", "case_read", "--about", f"case:{listed['case_id']}")[-1]
    assert (len(last["who"]), last["role"], last["outcome"]) == (32, "coordinator", "allowed")
    assert {f"record:{one}" for one in listed["subjects"]} <= set(last["about"])


def test_who_is_no_auditor_is_shown_nothing_of_the_audit(hub: Hub) -> None:
    result = hub.edition.run("audit", "show", "--service", SERVICE)
    assert (result.returncode, result.stdout) == (1, "")
    assert "This is for auditors." in result.stderr
    found: list[dict[str, Any]] = []

    def recorded() -> bool:
        found.extend(hub.shown("--service", SERVICE, "--action", "audit_read", "--outcome", "denied"))
        return found != []

    assert until(recorded, SECONDS)
    assert (found[-1]["role"], found[-1]["reasons"]) == ("coordinator", ["no_right"])


def test_every_event_of_the_scenario_was_recorded_where_it_stands_in_kafka(hub: Hub) -> None:
    told = hub.shown("--service", "correlator", "--action", "events_correlated")
    entries = sum(len(case["entries"]) for case in _cases(hub))
    assert sum(entry["count"] for entry in told) >= entries > 0
    assert all(handle.startswith("offsets:") for entry in told for handle in entry["about"])


def test_records_that_a_person_joined_were_recorded(hub: Hub, tmp_path: Path) -> None:
    joined = {hub.published(tmp_path, f"AUDIT-{number}") for number in (1, 2)}
    hub.edition.done("links", "accept", *sorted(joined))
    about: list[set[str]] = []

    def recorded() -> bool:
        moved = hub.shown("--service", "correlator", "--action", "record_moved")
        about.extend(set(entry["about"]) for entry in moved)
        return any({f"record:{one}" for one in joined} & some for some in about)

    assert until(recorded, SECONDS, 1.0)
    assert {handle.partition(":")[0] for handle in about[-1]} == {"record", "case"}


def test_a_rebuild_leaves_the_audit_as_it_was_and_is_recorded(hub: Hub) -> None:
    before = hub.shown("--service", SERVICE)
    hub.edition.done("rebuild")
    after = hub.shown("--service", SERVICE)
    assert after[: len(before)] == before
    assert "rebuilt" in {entry["action"] for entry in after[len(before) :]}
    assert hub.verified("--service", SERVICE)[0] == 0


def test_the_entry_that_was_changed_is_named_by_the_command(hub: Hub) -> None:
    def execute(statement: str) -> None:
        with psycopg.connect(hub.admin.conninfo, options=f"-c search_path={SERVICE}_audit") as connection:
            connection.execute(statement.encode())

    execute("UPDATE entries SET count = count + 1 WHERE number = 3")
    try:
        status, [verdict] = hub.verified("--service", SERVICE)
    finally:
        execute("UPDATE entries SET count = count - 1 WHERE number = 3")
    assert (status, verdict["finding"]["fault"], verdict["finding"]["entry"]) == (1, "entry_changed", 3)
    assert hub.verified("--service", SERVICE)[0] == 0


@pytest.fixture(scope="module")
def held(hub: Hub) -> Sequence[Checkpoint]:
    """What the witnesses hold; the chain has come further since."""
    return hub.witnessed(SERVICE)


TAMPERINGS: dict[str, tuple[set[Fault], str]] = {
    "an entry is another person's": ({Fault.ENTRY_CHANGED}, "UPDATE entries SET who = 'nobody' WHERE number = 5"),
    "a denial becomes an allowance": ({Fault.ENTRY_CHANGED}, "UPDATE entries SET outcome = 'denied' WHERE number = 5"),
    "an entry is about nobody": (
        {Fault.ENTRY_CHANGED},
        "UPDATE entries SET about = '{}' WHERE number = (SELECT min(number) FROM entries WHERE about <> '{}')",
    ),
    "an entry is gone": ({Fault.ENTRY_MISSING}, "DELETE FROM salts; DELETE FROM entries WHERE number = 5"),
    "an entry is added": (
        {Fault.ENTRY_ADDED},
        "SELECT * INTO one FROM entries WHERE number = 5; UPDATE one SET number = 99999; INSERT INTO entries TABLE one",
    ),
    "two links change places": (
        {Fault.LINK_CHANGED},
        "UPDATE links SET hash = o.hash FROM links AS o WHERE o.number IN (4, 5) AND o.number = 9 - links.number",
    ),
    "a link is gone": (
        {Fault.LINK_MISSING},
        "DELETE FROM salts; DELETE FROM entries WHERE link = 3; DELETE FROM links WHERE number = 3",
    ),
    "the last ten minutes are gone": (
        {Fault.TRUNCATED},
        "DELETE FROM salts; DELETE FROM entries WHERE link >= 3; DELETE FROM links WHERE number >= 3",
    ),
    "all of it is gone": (
        {Fault.OTHER_GENESIS},
        "DELETE FROM salts; DELETE FROM entries; DELETE FROM links",
    ),
    "a link is dated back": ({Fault.LINK_CHANGED}, "UPDATE links SET at = at - interval '1 day' WHERE number = 4"),
    "a link's hash is another": ({Fault.LINK_CHANGED}, "UPDATE links SET hash = sha256(hash) WHERE number = 4"),
    "the chain is another": ({Fault.OTHER_GENESIS}, "UPDATE chain SET chain_id = repeat('0', 32)"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_a_tampering_in_the_database_is_found_from_what_kafka_holds(
    hub: Hub, held: Sequence[Checkpoint], name: str
) -> None:
    faults, statement = TAMPERINGS[name]
    async with hub.hand() as connection:
        assert await found(connection, held) is None
        await connection.execute(statement.encode(), prepare=False)
        finding = await found(connection, held)
    assert finding is not None
    assert finding.fault in faults


async def test_a_chain_made_anew_around_one_entry_is_found_from_what_kafka_holds(
    hub: Hub, held: Sequence[Checkpoint]
) -> None:
    async with hub.hand() as connection:
        await made_anew(connection, 3)
        finding = await found(connection, held)
    assert finding is not None
    assert finding.fault is Fault.REWRITTEN
    assert finding.since is not None
    assert finding.since <= 3 <= finding.link


async def found(connection: Connection, held: Sequence[Checkpoint]) -> Finding | None:
    reading = Trails(Database("", SERVICE))
    extent = await reading.extent(connection)
    links, entries = await reading.page(connection, -1, extent.last_link + 1)
    return first_fault(Check(SERVICE, extent.chain, held), pieces(links, entries))


async def made_anew(connection: Connection, number: int) -> None:
    """Let an entry of a link say something else, and make every link from there on anew, as their service would."""
    links, entries = await Trails(Database("", SERVICE)).page(connection, -1, 10**6)
    last = links[number - 1]
    for old in links[number:]:
        told = [held.entry for held in entries if held.link == old.number]
        told = [replace(told[0], count=told[0].count + 1), *told[1:]] if old.number == number else told
        last, held = extend(last, old.at, told)
        spelt = "UPDATE links SET digest = %s, previous = %s, hash = %s WHERE number = %s"
        await connection.execute(spelt, [last.digest, last.previous, last.hash, last.number])
        for one in held:
            spelt = "UPDATE entries SET count = %s, digest = %s WHERE number = %s"
            await connection.execute(spelt, [one.entry.count, one.digest, one.number])


def _cases(hub: Hub) -> list[dict[str, Any]]:
    """The cases that a coordinator lists, whole."""
    base = f"http://127.0.0.1:{hub.edition.parts.ports[SERVICE]}/api/cases"
    with httpx.Client(headers=hub.edition.person(), timeout=SECONDS, trust_env=False, verify=trusted()) as coordinator:
        listed = coordinator.get(base).raise_for_status().json()["cases"]
        return [coordinator.get(f"{base}/{case['case_id']}").raise_for_status().json() for case in listed]
