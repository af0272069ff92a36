"""`python -m services.casefeed`: shows the cases, live and as known at a time."""

import asyncio

from services.casefeed.app import create_app, neighbours
from services.casefeed.feed import Feed
from services.casefeed.live import head, keep_up
from services.casefeed.projecting import Projector
from services.casefeed.projection import Cases
from services.casefeed.routes.answering import Window
from services.casefeed.routes.cases import digest_route
from services.runtime import inlet
from services.runtime.audit import Trail
from services.runtime.audit_routes import Auditor
from services.runtime.auditing import auditing
from services.runtime.database import database, sessions
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.rebuilding import rebuilder
from services.runtime.settings import DatabaseSettings, load, read_secrets
from services.runtime.signin.doorkeeper import doorkeeper
from services.wire.avro import load_schemas
from services.wire.topics import CASE_UPDATES, LINK_CANDIDATES, PATTERNS, VAULT_DECISIONS

BATCH_RECORDS = 500


async def main(process: Process) -> None:
    """Project and serve until the process is asked to stop."""
    told, health = process.settings, process.health
    where = database(load(DatabaseSettings), read_secrets(told.secrets_file))
    schemas, feed, trail, beside = load_schemas(told.home), Feed(), Trail(where), neighbours(process)
    async with (
        sessions(where, health, 2) as (reading, knowing),
        sessions(where.by_index, health, 1) as (writing,),
        rebuilder(process, where, Cases(schemas)) as rebuilding,
        serving(
            process,
            [*rebuilding.routes, digest_route(reading, schemas, trail), *Auditor(reading, trail).routes],
            create_app(Window(reading, doorkeeper(knowing, trail), trail, schemas), schemas, feed, process, beside),
        ),
        asyncio.TaskGroup() as tasks,
    ):
        await migrate(where, told.service, told.home, health)
        feed.start(await reading.run(head))
        following = tasks.create_task(keep_up(feed, where, health))
        projector = Projector(writing, schemas, process.metrics)
        await projector.count_dead_letters()
        async with (
            auditing(process, reading, trail),
            inlet.opened(process, writing, CASE_UPDATES, PATTERNS, VAULT_DECISIONS, LINK_CANDIDATES) as updates,
        ):
            async for batch in updates.batches(BATCH_RECORDS):
                await projector.project(batch)
                updates.acknowledge()
        following.cancel()
        feed.close()


if __name__ == "__main__":
    run(main)
