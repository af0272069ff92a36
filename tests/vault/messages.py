"""Signed facts and case updates as Kafka holds them for the vault."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.core.case import EMPTY
from services.core.codes import Sector
from services.core.known import Known
from services.runtime.fence import Place
from services.wire.avro import Schemas
from services.wire.records import state_record, to_record
from services.wire.signing import Signer, Verifier
from services.wire.topics import CASE_UPDATES, topic_of
from tests.builders import START
from tests.vault.edge import Stored

PRIVATE = {sector: bytes([number] * 32) for number, sector in enumerate(Sector, 1)}
VERIFIER = Verifier({
    sector: Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    for sector, private in PRIVATE.items()
})  # fmt: skip


def stored(schemas: Schemas, known: Known, by: Sector | None = None) -> Stored:
    """An event that the processor of its sector, or of another, signed; the broker dated it `known_at`."""
    event = known.event
    topic, key = topic_of(event.type), event.head.subject_id.encode()
    value = schemas.encode(event.type, to_record(event))
    signature = Signer(PRIVATE[by or event.head.sector]).headers(topic, key, value)
    return Stored(0, value, topic, key, signature, round(known.known_at.timestamp() * 1000))


def case_update(
    schemas: Schemas, case: str, subjects: Iterable[str], version: int = 1, known_at: datetime = START
) -> Stored:
    """The correlator's word that these records belong to a case."""
    assigned = [{"subject_id": subject, "assignment_version": version, "known_at": known_at} for subject in subjects]
    update = {
        "case_id": case,
        "version": version,
        "known_at": START,
        "subjects": assigned,
        "state": state_record(EMPTY),
        "entries": [],
        "said_again": [],
    }
    return Stored(0, schemas.encode("CaseUpdated", update), CASE_UPDATES, case.encode())


def place_of(topic: str, partition: int = 0) -> Place:
    """Where a topic's records stand, as far as the fence looks at it."""
    return Place(uuid.uuid5(uuid.NAMESPACE_DNS, topic), partition)
