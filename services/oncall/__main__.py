"""`python -m services.oncall`: pages those on duty when a child is missing, until each agency has answered."""

import asyncio
from datetime import UTC, datetime

from services.oncall.answers import Answers
from services.oncall.app import create_app
from services.oncall.channels.building import heartbeat, means, routes
from services.oncall.channels.pager import Pager
from services.oncall.deciding import Decider
from services.oncall.engine import Engine, Light
from services.oncall.happening import Chronicle
from services.oncall.proving import Prover
from services.oncall.relay import Relay
from services.oncall.rota.desk import PublishedRota
from services.oncall.routes.recording import Desk
from services.oncall.taking import Taker, arriving
from services.runtime.audit import Trail
from services.runtime.audit_routes import Auditor
from services.runtime.auditing import auditing
from services.runtime.database import database, sessions
from services.runtime.kafka_access import access_of
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.publisher import Publisher
from services.runtime.settings import DatabaseSettings, KeySettings, load, read_secrets
from services.runtime.signin.doorkeeper import doorkeeper
from services.wire.avro import load_schemas
from services.wire.signing import load_verifier

BATCH_RECORDS = 500


def now() -> datetime:
    return datetime.now(UTC)


async def main(process: Process) -> None:
    """Hear, decide and page until the process is asked to stop."""
    told, health, metrics = process.settings, process.health, process.metrics
    where, schemas = database(load(DatabaseSettings), read_secrets(told.secrets_file)), load_schemas(told.home)
    verifier, trail, bell = load_verifier(load(KeySettings).public_keys), Trail(where), asyncio.Event()
    rota, chronicle = PublishedRota(), Chronicle(schemas, trail)
    ways = means(now, chronicle)
    decider, answers = Decider(rota, chronicle), Answers(rota, chronicle, metrics.alerts)
    async with sessions(where.by_index, health, 9) as opened:
        hearing, paging, telling, proving, knowing, asking, sweeping, choosing, saying = opened
        channel, sweeper = (Pager(*own, ways, health, metrics) for own in ((choosing, saying), (sweeping, sweeping)))
        desk = Desk(asking, doorkeeper(knowing, trail), trail)
        people = create_app(desk, answers, *routes(desk, ways, decider, bell, metrics))
        taker = Taker(hearing, schemas, verifier, decider, trail, metrics, now, bell)
        async with serving(process, [*Auditor(asking, trail).routes], people), asyncio.TaskGroup() as tasks:
            await migrate(where, told.service, told.home, health)
            engine = Engine(paging, rota, channel, chronicle, Light(health, metrics), now)
            relay = Relay(telling, Publisher(access_of(told), health, metrics), now)
            prover = Prover(proving, metrics.alerts, now)
            going = (engine.run(bell), relay.run(), prover.run(), sweeper.go_on(process.stopping), heartbeat(process))
            working = [tasks.create_task(work) for work in going]
            await taker.count_dead_letters()
            async with auditing(process, asking, trail), arriving(process, hearing) as heard:
                async for batch in heard.batches(BATCH_RECORDS):
                    await taker.take(batch)
                    heard.acknowledge()
            for task in working:
                task.cancel()


if __name__ == "__main__":
    run(main)
