"""`python -m services.vault`: keeps what is sealed under keys of its own, and shows a location through a gate alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from services.runtime import inlet
from services.runtime.audit import Trail
from services.runtime.audit_routes import Auditor
from services.runtime.auditing import auditing
from services.runtime.database import Session, database, sessions
from services.runtime.inlet import Inlet
from services.runtime.kafka_access import access_of
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.publisher import publishing
from services.runtime.settings import DatabaseSettings, load, read_secrets
from services.runtime.signin.doorkeeper import doorkeeper
from services.vault.app import create_app
from services.vault.copying import TOPICS
from services.vault.deciding import Deciding, Tells
from services.vault.hardening import harden
from services.vault.horizon import CatchingUp, LateHorizon, kafka_horizon
from services.vault.keeping import Keeper
from services.vault.looking_up import LookingUp
from services.vault.means import read_means, renewal_of
from services.vault.relay import Relay
from services.vault.routes.doubts import doubt_routes
from services.vault.upkeep import Upkeep
from services.vault.upkeep_routes import upkeep_routes
from services.wire.topics import SEALED_FACTS

BATCH_RECORDS = 500
_REST_SECONDS = 0.4
"""What comes together leaves the machine to the case feed; a decision waits so much longer for what just arrived."""


def now() -> datetime:
    return datetime.now(UTC)


async def main(process: Process) -> None:
    """Keep, and open what may be opened, until the process is asked to stop."""
    harden()
    told, health, renewal = process.settings, process.health, renewal_of(process.settings.service, process.health, now)
    where = database(load(DatabaseSettings), read_secrets(told.secrets_file))
    means, horizon, bell = read_means(told.home), LateHorizon(), asyncio.Event()
    trail = Trail(where)
    async with sessions(where.by_index, health, 5) as (keeping, deciding, signing_in, telling, asking):
        reading = CatchingUp(deciding, horizon)
        opens = Deciding(deciding, means.gatherer, reading, Tells(means.disclose, bell.set, trail))
        looking_up = LookingUp(deciding, means.gatherer, reading, trail)
        people = create_app(opens, looking_up, doorkeeper(signing_in, trail), trail, asking)
        operators = [*Auditor(asking, trail).routes, *doubt_routes(asking, trail, process.metrics, now)]
        async with (
            means.upkeep(where, process, trail) as upkeep,
            renewal.going_on(means.renew),
            serving(process, [*operators, *upkeep_routes(upkeep)], people),
            publishing(access_of(told), health, process.metrics) as publisher,
            asyncio.TaskGroup() as tasks,
        ):
            await migrate(where, told.service, told.home, health)
            await upkeep.start()
            relaying = tasks.create_task(Relay(telling, publisher, now, bell).run())
            keeper = Keeper(keeping, means.reader, means.copier, means.radar, means.kek, process.metrics)
            async with auditing(process, asking, trail), arrivals(process, keeping, horizon) as arriving:
                await keep(arriving, keeper, upkeep)
            relaying.cancel()


@contextlib.asynccontextmanager
async def arrivals(process: Process, session: Session, horizon: LateHorizon) -> AsyncIterator[Inlet]:
    """What arrives, and from now on how far its topics reach."""
    async with (
        inlet.opened(process, session, SEALED_FACTS, *TOPICS, rest_seconds=_REST_SECONDS) as arriving,
        kafka_horizon(access_of(process.settings), arriving, process.health) as horizon.known,
    ):
        yield arriving


async def keep(arriving: Inlet, keeper: Keeper, upkeep: Upkeep) -> None:
    """Keep batch after batch, but none that was taken before the store was replaced by a backup."""
    await keeper.count_dead_letters()
    async for batch in arriving.batches(BATCH_RECORDS):
        async with upkeep.gate:
            if upkeep.was_restored:
                break
            await keeper.keep(batch)
            arriving.acknowledge()


if __name__ == "__main__":
    run(main)
