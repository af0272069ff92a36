"""`python -m services.correlator`: joins shared events into case timelines and tells what each case comes to."""

import asyncio

from services.correlator.batch import Batches
from services.correlator.decoding import make_decoder
from services.correlator.relay import Relay
from services.correlator.routes import routes
from services.correlator.service import collect_rarely, correlate, watch_outbox
from services.runtime import inlet
from services.runtime.database import database, sessions
from services.runtime.kafka import access_of
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.publisher import publishing
from services.runtime.settings import DatabaseSettings, load, read_secrets
from services.wire.topics import SHARED


async def main(process: Process) -> None:
    """Correlate until the process is asked to stop."""
    told, health, metrics = process.settings, process.health, process.metrics
    where = database(load(DatabaseSettings), read_secrets(told.secrets_file)).by_index
    decoder = make_decoder(told.home)
    collect_rarely()
    async with sessions(where, health, 3) as (saving, telling, asking), serving(process, routes(asking, decoder)):
        await migrate(where, told.service, told.home, health)
        async with publishing(access_of(told), health, metrics) as publisher, asyncio.TaskGroup() as tasks:
            relay = Relay(telling, publisher)
            relaying, watching = tasks.create_task(relay.run()), tasks.create_task(watch_outbox(asking, metrics))
            async with inlet.opened(process, saving, *SHARED) as shared:
                await correlate(shared, decoder, Batches(saving, decoder, telling=True), relay, metrics)
            await relaying
            watching.cancel()


if __name__ == "__main__":
    run(main)
