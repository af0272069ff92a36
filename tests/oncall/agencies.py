"""What agencies send, taken in by their own processors, joined by the correlator in memory, and handed to on-call."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.core.codes import OrganisationKind, Sector
from services.runtime.kafka import Message
from services.wire.avro import Schemas
from services.wire.signing import Verifier
from services.wire.topics import CASE_UPDATES, MISSING_CHILDREN, QUARANTINE
from tests.leaks.hub import NOW, Hub
from tests.leaks.planting import File
from tests.oncall.fakes import OnCall
from tests.vault.edge import Stored

KINDS = {Sector.POLICE: OrganisationKind.POLICE_FORCE, Sector.LOCAL_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY}
_PUBLIC = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32).public_key().public_bytes_raw()
VERIFIER = Verifier(dict.fromkeys(Sector, _PUBLIC))
"""Of the hub in memory, whose processors all sign with one key."""


@dataclass
class Agencies:
    """Agencies that send to the hub, and on-call that hears what comes of it."""

    schemas: Schemas
    oncall: OnCall
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.schemas)
        self.oncall.clock.at = NOW

    async def send(self, agency: Sector, *contents: bytes) -> None:
        """Publish files of one organisation, and let on-call hear everything that it may read of what comes of them."""
        before = len(self.hub.updates)
        files = [File(agency, KINDS[agency], "ORGANISATION-1", "file", content) for content in contents]
        answers = self.hub.publish(*files)
        heard = [one for one in (*answers.said, *answers.replies) if one.topic in {MISSING_CHILDREN, QUARANTINE}]
        updates = [Stored(0, value, CASE_UPDATES, b"", (), _stamp()) for value in self.hub.updates[before:]]
        await self.oncall.take(*map(_stored, heard), *updates)


def _stored(message: Message) -> Stored:
    return Stored(0, message.value, message.topic, message.key, message.headers, _stamp())


def _stamp() -> int:
    return round(NOW.timestamp() * 1000)
