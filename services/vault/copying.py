"""Copies what the vault judges from, beside the sealed facts and in the same transaction."""

from datetime import UTC, datetime
from typing import Any

from services.core.errors import UnreadableBytes
from services.core.known import Known
from services.runtime.database import Connection
from services.runtime.inlet import Batch
from services.vault.facts_copy import Assigned, Copied, child_of, read_assignments
from services.vault.facts_store import keep_assignments, keep_facts
from services.vault.store import DeadLetter
from services.wire.avro import Schemas
from services.wire.signing import SIGNED, SignedMessage, Verifier
from services.wire.topics import CASE_UPDATES

TOPICS = (*sorted(SIGNED), CASE_UPDATES)


class Copier:
    """Reads and verifies with the public keys of the agencies' processors."""

    def __init__(self, schemas: Schemas, verifier: Verifier) -> None:
        self._schemas = schemas
        self._verifier = verifier

    async def copy(self, connection: Connection, batch: Batch) -> list[DeadLetter]:
        """Keep what can be verified; gives what cannot. For use inside one transaction."""
        facts: list[Copied] = []
        assigned: list[Assigned] = []
        letters: list[DeadLetter] = []
        for place, records in batch.items():
            for record in records:
                try:
                    if record.topic == CASE_UPDATES:
                        assigned += read_assignments(self._schemas, record.value or b"")
                    else:
                        facts.append(self._fact(record))
                except UnreadableBytes as error:
                    child = child_of(record.key)
                    letters.append(DeadLetter(place, record.offset, error.reason, record.value or b"", child))
        await keep_facts(connection, facts)
        await keep_assignments(connection, assigned)
        return letters

    def _fact(self, record: Any) -> Copied:  # noqa: ANN401 - aiokafka's ConsumerRecord comes without types
        message = SignedMessage(record.topic, record.key or b"", record.value or b"", record.headers)
        known_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        return Copied(message, Known(self._verifier.event(message, self._schemas), known_at))
