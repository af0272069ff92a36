"""An agency's edge: seals synthetic facts to the vault, and puts them where Kafka would."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nacl.public import PrivateKey as NaclPrivateKey

from services.core.codes import SealedField
from services.core.ids import FactId, SubjectId
from services.core.sharing import SealedFact
from services.runtime.fence import Place
from services.wire.avro import Schemas
from services.wire.opening import PrivateKey
from services.wire.seal import BatchSealer, PublicKey
from services.wire.sealed_facts import to_record
from services.wire.topics import SEALED_FACTS
from tests.builders import an_id, day

PRIVATE = PrivateKey("vault-2026W01", bytes(range(1, 33)))
PUBLIC = PublicKey(PRIVATE.key_id, bytes(NaclPrivateKey(PRIVATE.key).public_key))
PLACE = Place(UUID(int=1), 0)


@dataclass(frozen=True)
class Stored:
    """A record as Kafka holds it, as far as the vault looks at it."""

    offset: int
    value: bytes | None
    topic: str = SEALED_FACTS
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()
    timestamp: int = 0


def fact(
    text: str,
    recorded_at: datetime = day(1),  # noqa: B008
    number: int = 1,
    field: str = "location",
    subject: int = 1,
) -> SealedFact:
    of, content = SubjectId(an_id(subject)), {"address": text}
    return SealedFact(of, FactId(an_id(number)), SealedField(field), recorded_at, content)


def frame(schemas: Schemas, sealed: SealedFact, reader: PublicKey = PUBLIC) -> bytes:
    return schemas.encode("SealedFact", to_record(sealed, BatchSealer(reader)))


def batch(*frames: bytes, first: int = 0) -> dict[Place, Sequence[Stored]]:
    return {PLACE: [Stored(first + number, value) for number, value in enumerate(frames)]}
