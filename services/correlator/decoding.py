"""From the bytes of a shared topic to what is said; what cannot be read is named by a reason, never repeated."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from services.core.codes import ClaimStatus, IdentifierScheme
from services.core.errors import Unreadable, UnreadableBytes
from services.core.facts import FACTS
from services.core.matching.stand_ins import stands_for_no_number
from services.core.matching.stated import asked_for_at
from services.core.matching.versions import Adopted
from services.correlator.likeness import asked_for_trait, portrait_of
from services.correlator.said import Claim, Said
from services.wire.avro import Record, Schemas, load_schemas
from services.wire.entries import entry_of
from services.wire.topics import MATCHING_WEIGHTS, SHARED, load_topics

WEIGHTS_ADOPTED = "WeightsAdopted"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCHEMES = {scheme.value: scheme for scheme in IdentifierScheme}
_LINKING = {ClaimStatus.DOCUMENTED.value, ClaimStatus.ASSESSED.value, ClaimStatus.CLAIMED.value}


class Delivered(Protocol):
    """A record as Kafka delivers it; `timestamp` is when the broker appended it, in milliseconds."""

    @property
    def topic(self) -> str: ...

    @property
    def offset(self) -> int: ...

    @property
    def timestamp(self) -> int: ...

    @property
    def value(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Read:
    """One record of Kafka as it was understood: what it says or adopts, or why it could not be read."""

    offset: int
    timestamp: int
    said: Said | None
    unreadable: Unreadable | None = None
    adopted: Adopted | None = None


class Decoder:
    """Reads events of the shared topics, each topic only those that it declares."""

    def __init__(self, schemas: Schemas, expected: Mapping[str, Collection[str]]) -> None:
        self.schemas = schemas
        self._expected = expected

    def decode(self, records: Iterable[Delivered]) -> list[Read]:
        return [self._read(record) for record in records]

    def again(self, frame: bytes, known_at: datetime, said_at: datetime) -> Said:
        """What a frame from our own tables says, last said at `said_at`."""
        return _said(*self.schemas.decode_again(frame, FACTS), frame, known_at, said_at)

    def _read(self, record: Delivered) -> Read:
        known_at = _EPOCH + timedelta(milliseconds=record.timestamp)
        try:
            if record.topic == MATCHING_WEIGHTS:
                return Read(record.offset, record.timestamp, None, adopted=self._adopted(record.value or b""))
            frame = record.value or b""
            read = self.schemas.decode(frame, self._expected[record.topic])
            return Read(record.offset, record.timestamp, _said(*read, frame, known_at))
        except UnreadableBytes as error:
            return Read(record.offset, record.timestamp, None, error.reason)

    def _adopted(self, frame: bytes) -> Adopted:
        _, record = self.schemas.decode(frame, (WEIGHTS_ADOPTED,))
        return Adopted(record["version"], record["sha256"], record["adopted_at"])


def make_decoder(home: Path) -> Decoder:
    """Read `home`'s schemas and topics.

    Raises:
        Misconfigured: a schema or topic file is missing or is not what was published.
    """
    expected = {topic.topic: frozenset(topic.names) for topic in load_topics(home) if topic.topic in SHARED}
    return Decoder(load_schemas(home), expected)


def claims_of(record: Record) -> frozenset[Claim]:
    """The identifiers that may join this record to others, or that it disputes.

    One unverified does neither, nor one that stands where nobody knew a number.
    """
    return frozenset(
        Claim(_SCHEMES[said["scheme"]], said["value"], said["status"] == ClaimStatus.DISPUTED)
        for said in record["subject"]["identifiers"]
        if said["scheme"] in _SCHEMES
        and said["value"].strip()
        and not stands_for_no_number(said["value"])
        and (said["status"] in _LINKING or said["status"] == ClaimStatus.DISPUTED)
    )


def _said(name: str, record: Record, frame: bytes, known_at: datetime, said_at: datetime | None = None) -> Said:
    entry = entry_of(name, record, known_at, said_at)
    asked = asked_for_trait(asked_for_at(entry))
    return Said(entry, claims_of(record), frame, portrait_of(record["subject"]) | asked)
