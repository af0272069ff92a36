"""What the vault works with, read once at its start: schemas, its own keys, and everybody's public ones."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.runtime.audit import Trail
from services.runtime.database import Database, sessions
from services.runtime.health import Health
from services.runtime.process import Process
from services.runtime.renewal import Renewal
from services.runtime.settings import KeySettings, load
from services.runtime.signin.doorkeeper import read_people_key
from services.runtime.speaking import Speaker
from services.runtime.week_keys import Places
from services.vault.contents import Keys
from services.vault.copying import Copier
from services.vault.decisions import Asked
from services.vault.decisions_store import Told
from services.vault.disclosing import disclosed
from services.vault.gathering import Gatherer
from services.vault.keys import DigestKey, Keyring, load_vault_keys
from services.vault.opening import Reader
from services.vault.radar import Radar
from services.vault.upkeep import Upkeep
from services.wire.avro import Schemas, load_schemas
from services.wire.opening import Opener, load_private_keys
from services.wire.signing import load_verifier


@dataclass(frozen=True, slots=True)
class Means:
    """Who reads what is sealed, copies what is signed, finds patterns, gathers for a decision; each content's key."""

    reader: Reader
    copier: Copier
    radar: Radar
    gatherer: Gatherer
    kek: Keyring
    digest_key: DigestKey
    schemas: Schemas
    folders: KeySettings

    def renew(self) -> None:
        """Open from now on with the key pairs that are held now."""
        self.reader.renew(Opener(*load_private_keys(self.folders.keys)))

    @contextlib.asynccontextmanager
    async def upkeep(self, where: Database, process: Process, trail: Trail) -> AsyncIterator[Upkeep]:
        """Give who cares for the store, with a session of their own; a restored store ends the process."""
        async with sessions(where, process.health, 1) as (caring,):
            yield Upkeep(caring, where, self.folders.keys, self.kek, self.digest_key, trail, process.stopping.set)

    def disclose(self, asked: Asked, witness: Speaker, now: datetime) -> Told:
        """Say to the witness's agency that they saw what a decision shows."""
        return disclosed(asked, witness, now, self.schemas, self.folders.public_keys)


def read_means(home: Path) -> Means:
    """Read everything.

    Raises:
        Misconfigured: a key or schema is missing or has another shape.
    """
    settings = load(KeySettings)
    kek, digest_key = load_vault_keys(settings.keys)
    schemas, verifier = load_schemas(home), load_verifier(settings.public_keys)
    return Means(
        Reader(schemas, Opener(*load_private_keys(settings.keys)), digest_key),
        Copier(schemas, verifier),
        Radar(schemas, digest_key),
        Gatherer(schemas, verifier, Keys(kek, read_people_key(settings.keys))),
        kek,
        digest_key,
        schemas,
        settings,
    )


def renewal_of(owner: str, health: Health, clock: Callable[[], datetime]) -> Renewal:
    """Who renews the vault's key pairs, and has done so once.

    Raises:
        Misconfigured: a key is missing, or what is published is not of the private keys that are there.
    """
    settings = load(KeySettings)
    load_vault_keys(settings.keys)  # a folder without these is not the vault's: no pair is made in it
    renewal = Renewal(Places(owner, settings.keys, settings.public_keys), health, clock)
    renewal.renew()
    return renewal
