"""`python -m services.correlator`: joins shared events into case timelines and tells what each case comes to."""

from services.correlator.adopting import Weighing
from services.correlator.batch import Batches
from services.correlator.decoding import make_decoder
from services.correlator.projection import Timelines
from services.correlator.routes import routes
from services.correlator.service import work
from services.correlator.weighing import Matchers
from services.runtime.audit import Trail
from services.runtime.audit_routes import Auditor
from services.runtime.auditing import auditing
from services.runtime.database import database, sessions
from services.runtime.http import Refusal
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.rebuilding import rebuilder
from services.runtime.settings import DatabaseSettings, load, read_secrets
from services.runtime.weights import load_all


async def main(process: Process) -> None:
    """Correlate until the process is asked to stop."""
    told, health = process.settings, process.health
    where = database(load(DatabaseSettings), read_secrets(told.secrets_file)).by_index
    decoder, matchers, trail = make_decoder(told.home), Matchers(load_all(told.home)), Trail(where)
    async with (
        sessions(where, health, 3) as (saving, telling, asking),
        rebuilder(process, where, Timelines(decoder, matchers)) as rebuilding,
        serving(
            process,
            [
                *routes(asking, decoder, trail),
                *Weighing(asking, matchers, trail, decoder.schemas).routes,
                *Auditor(asking, trail).routes,
                *rebuilding.routes,
            ],
            Refusal(trail.door_tried),
        ),
    ):
        await migrate(where, told.service, told.home, health)
        async with auditing(process, asking, trail):
            batches = Batches(saving, decoder, matchers, telling=True)
            await work(process, decoder, batches, telling, asking)


if __name__ == "__main__":
    run(main)
