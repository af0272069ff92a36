"""That a location was seen is said by the agency of whoever saw it: sealed to its intake, with their signed token."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.core.codes import OrganisationKind, Sector
from services.formats.canonical.cut import cut
from services.formats.canonical.documents import NAME
from services.vault.decisions import Asked
from services.vault.decisions_store import Told
from services.wire import topics
from services.wire.avro import Schemas
from services.wire.seal import BatchSealer, public_key_of
from services.wire.submissions import Content, Submission, to_record

DISCLOSED = "LocationDisclosed"
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Witness:
    """The one who sees a location, as their identity token says; the agency's processor verifies it again."""

    sector: Sector
    token: str = field(repr=False)


def disclosed(asked: Asked, witness: Witness, now: datetime, schemas: Schemas, public_keys: Path) -> Told:
    """That the person of a decision saw what it shows, at `now` (UTC); never what that was.

    Raises:
        NoCurrentKey: their agency publishes no key that may be used now.
    """
    submission = Submission(secrets.token_hex(_ID_BYTES), 1, now)
    (record,) = cut([json.dumps(_document(asked, now)).encode()]).records
    content = Content(NAME, *_body(witness.token), record, witness.token)
    sealer = BatchSealer(public_key_of(public_keys, witness.sector.value, now))
    value = schemas.encode("IntakeRecord", to_record(submission, 0, content, sealer))
    return Told(DISCLOSED, topics.intake(witness.sector.value), submission.submission_id.encode(), value)


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


def _body(token: str) -> tuple[str, OrganisationKind]:
    """The organisation that a token names: read here, believed by whoever verifies it."""
    payload = token.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said["lantern_organisation"], OrganisationKind(said["lantern_organisation_kind"])
