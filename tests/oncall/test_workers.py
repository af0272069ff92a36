"""Several workers, killed workers, a database that throws all out: every step once, none lost, repeats counted."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from services.core.codes import MissingKind
from services.core.facts import ChildMissing
from services.core.ids import SubjectId
from services.oncall.engine import Engine, Light
from services.oncall.relay import Relay
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health
from services.runtime.kafka import Message
from services.runtime.metrics import Metrics
from tests.builders import an_id
from tests.conftest import HOME, full_size
from tests.core.enquiries import said
from tests.oncall.fakes import OnCall
from tests.oncall.worker import NEVER
from tests.runtime.secured_postgres import SecuredPostgres

KILLS = 50 if full_size() else 2
LEASE_OVER = timedelta(seconds=15)


async def miss(oncall: OnCall, children: int) -> None:
    """So many children are missing at once, and nobody has looked yet."""
    for number in range(1, children + 1):
        event = said(ChildMissing(MissingKind.MISSING), number, 399.9, subject=SubjectId(an_id(7_000 + number)))
        await oncall.hear(event, looking=False)


async def rows(session: Session, text: LiteralString) -> list[tuple[Any, ...]]:
    async def fetched(connection: Connection) -> list[tuple[Any, ...]]:
        return await (await connection.execute(text)).fetchall()

    return await session.run(fetched)


async def test_two_workers_that_look_at_once_send_each_step_once(oncall: OnCall, tables: Database) -> None:
    await miss(oncall, 30)
    metrics = Metrics()
    other = Session(tables, Health(metrics))
    light = Light(Health(metrics), metrics)
    second = Engine(other, oncall.rota, oncall.post, oncall.chronicle, light, oncall.clock)
    for _ in range(3):
        await asyncio.gather(*(engine.look() for engine in (oncall.engine, second, oncall.engine, second)))
        oncall.clock.goes_on(minutes=10)
    await other.close()
    keys = Counter(key for _, _, key in oncall.post.sent)
    assert (len(keys), set(keys.values())) == (30 * 2 * 3, {1})


def work(conninfo: str, sent: Path, at: datetime, dies_at: int, when: str) -> int:
    """A worker's exit status."""
    told = [conninfo, str(sent), at.isoformat(), str(dies_at), when]
    return subprocess.run([sys.executable, "-m", "tests.oncall.worker", *told], cwd=HOME, check=False).returncode


async def test_no_page_is_lost_when_workers_are_killed_around_its_sending_and_repeats_bear_the_same_key(
    oncall: OnCall, tables: Database, tmp_path: Path
) -> None:
    await miss(oncall, KILLS)
    sent = tmp_path / "sent"
    for number in range(KILLS):
        when = "before" if number % 2 else "after"
        assert work(tables.conninfo, sent, oncall.clock(), 0, when) == -9
        oncall.clock.goes_on(seconds=LEASE_OVER.total_seconds())
    assert work(tables.conninfo, sent, oncall.clock(), NEVER, "after") == 0
    lines = Counter(sent.read_text().split())
    found = await rows(oncall.session, "SELECT encode(key, 'hex'), state, tries FROM attempts")
    assert {state for _, state, _ in found} == {"sent"}
    assert {key for key, _, _ in found} == set(lines)
    repeats = {key: count for key, count in lines.items() if count > 1}
    assert repeats, "killed after a page had left, it is sent again"
    assert all(count <= tries for key, _, tries in found if (count := lines[key]) > 1)


async def test_a_worker_whom_the_database_throws_out_goes_on_where_it_was(
    oncall: OnCall, postgres: SecuredPostgres
) -> None:
    await miss(oncall, 3)
    with psycopg.connect(postgres.conninfo("admin"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'oncall'")
    await oncall.look()
    assert len(oncall.post.sent) == 6


class Stuck:
    """A Kafka that takes nothing."""

    async def publish(self, _: Sequence[Message]) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """There is nothing to stop."""


async def test_while_kafka_takes_nothing_escalation_goes_on(oncall: OnCall, tables: Database) -> None:
    await miss(oncall, 1)
    other = Session(tables, Health(Metrics()))
    telling = asyncio.create_task(Relay(other, Stuck(), oncall.clock).run())
    await oncall.wait(timedelta(minutes=10))
    telling.cancel()
    await asyncio.wait([telling])
    await other.close()
    assert len(oncall.post.sent) == 4
