"""`python -m services.vault`: keeps each sealed fact under a key of its own, and opens none for anybody."""

from services.runtime import inlet
from services.runtime.database import database, sessions
from services.runtime.migrations import migrate
from services.runtime.process import Process, run, serving
from services.runtime.settings import DatabaseSettings, KeySettings, load, read_secrets
from services.vault.hardening import harden
from services.vault.keeping import Keeper
from services.vault.keys import load_vault_keys
from services.vault.opening import Reader
from services.wire.avro import load_schemas
from services.wire.opening import Opener, load_private_keys
from services.wire.topics import SEALED_FACTS

BATCH_RECORDS = 500


async def main(process: Process) -> None:
    """Keep until the process is asked to stop."""
    harden()
    told, keys = process.settings, load(KeySettings).keys
    where = database(load(DatabaseSettings), read_secrets(told.secrets_file)).by_index
    kek, digest_key = load_vault_keys(keys)
    reader = Reader(load_schemas(told.home), Opener(*load_private_keys(keys)), digest_key)
    async with sessions(where, process.health, 1) as (session,), serving(process):
        await migrate(where, told.service, told.home, process.health)
        keeper = Keeper(session, reader, kek, process.metrics)
        await keeper.count_dead_letters()
        async with inlet.opened(process, session, SEALED_FACTS) as sealed_facts:
            async for batch in sealed_facts.batches(BATCH_RECORDS):
                await keeper.keep(batch)
                await sealed_facts.acknowledge()


if __name__ == "__main__":
    run(main)
