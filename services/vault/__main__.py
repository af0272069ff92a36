"""`python -m services.vault`: keeps what is sealed under keys of its own, and shows a location through a gate alone."""

import asyncio
from datetime import UTC, datetime

from services.runtime import inlet
from services.runtime.audit import Trail
from services.runtime.audit_routes import Auditor
from services.runtime.auditing import auditing
from services.runtime.database import database, sessions
from services.runtime.kafka import access_of
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.publisher import publishing
from services.runtime.settings import DatabaseSettings, load, read_secrets
from services.runtime.signin.doorkeeper import doorkeeper
from services.vault.app import create_app
from services.vault.copying import TOPICS
from services.vault.deciding import Deciding, Tells
from services.vault.hardening import harden
from services.vault.horizon import LateHorizon, kafka_horizon
from services.vault.keeping import Keeper
from services.vault.means import read_means
from services.vault.relay import Relay
from services.vault.routes.doubts import doubt_routes
from services.wire.topics import SEALED_FACTS

BATCH_RECORDS = 500


def now() -> datetime:
    return datetime.now(UTC)


async def main(process: Process) -> None:
    """Keep, and open what may be opened, until the process is asked to stop."""
    harden()
    told, health = process.settings, process.health
    where = database(load(DatabaseSettings), read_secrets(told.secrets_file)).by_index
    means, access, horizon, bell = read_means(told.home), access_of(told), LateHorizon(), asyncio.Event()
    trail = Trail(where)
    async with sessions(where, health, 5) as (keeping, deciding, signing_in, telling, asking):
        opens = Deciding(deciding, means.gatherer, horizon, Tells(means.disclose, bell.set, trail))
        people = create_app(opens, doorkeeper(signing_in, trail), trail, asking)
        operators = [*Auditor(asking, trail).routes, *doubt_routes(asking, trail, process.metrics, now)]
        async with (
            serving(process, operators, people),
            publishing(access, health, process.metrics) as publisher,
            asyncio.TaskGroup() as tasks,
        ):
            await migrate(where, told.service, told.home, health)
            relaying = tasks.create_task(Relay(telling, publisher, now, bell).run())
            keeper = Keeper(keeping, means.reader, means.copier, means.radar, means.kek, process.metrics)
            await keeper.count_dead_letters()
            async with (
                auditing(process, asking, trail),
                inlet.opened(process, keeping, SEALED_FACTS, *TOPICS) as arriving,
                kafka_horizon(access, arriving, health) as horizon.known,
            ):
                async for batch in arriving.batches(BATCH_RECORDS):
                    await keeper.keep(batch)
                    await arriving.acknowledge()
            relaying.cancel()


if __name__ == "__main__":
    run(main)
