"""What the vault works with, read once at its start: schemas, its own keys, and everybody's public ones."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.runtime.settings import KeySettings, load
from services.runtime.signin.doorkeeper import read_people_key
from services.vault.contents import Keys
from services.vault.copying import Copier
from services.vault.decisions import Asked
from services.vault.decisions_store import Told
from services.vault.disclosing import Witness, disclosed
from services.vault.gathering import Gatherer
from services.vault.keys import KeyEncryptionKey, load_vault_keys
from services.vault.opening import Reader
from services.vault.radar import Radar
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
    kek: KeyEncryptionKey
    schemas: Schemas
    public_keys: Path

    def disclose(self, asked: Asked, witness: Witness, now: datetime) -> Told:
        """Say to the witness's agency that they saw what a decision shows."""
        return disclosed(asked, witness, now, self.schemas, self.public_keys)


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
        schemas,
        settings.public_keys,
    )
