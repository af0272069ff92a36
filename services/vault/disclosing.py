"""That a location was seen is said by the agency of whoever saw it, with their signed token."""

from datetime import datetime
from pathlib import Path

from services.formats.canonical.documents import NAME
from services.runtime.speaking import Speaker, spoken
from services.vault.decisions import Asked
from services.vault.decisions_store import Told
from services.wire import topics
from services.wire.avro import Schemas

DISCLOSED = "LocationDisclosed"


def disclosed(asked: Asked, witness: Speaker, now: datetime, schemas: Schemas, public_keys: Path) -> Told:
    """That the person of a decision saw what it shows, at `now` (UTC); never what that was.

    Raises:
        NoCurrentKey: their agency publishes no key that may be used now.
    """
    said = spoken(_document(asked, now), witness, now, topics.disclosed, schemas, public_keys)
    return Told(DISCLOSED, said.topic, said.key, said.value)


def _document(asked: Asked, now: datetime) -> dict[str, object]:
    adult = {"enquirer_handle": asked.enquirer} if asked.enquirer else {}
    return {
        "format": NAME,
        "event": DISCLOSED,
        "source": {"subject_id": asked.subject},
        "key": asked.decision_id,
        "occurred_at": now.isoformat(),
        "recorded_at": now.isoformat(),
        "fact": {"decision": asked.decision_id, "purpose": asked.purpose.value, **adult},
    }
