"""What a person says on a page is said by their own agency: sealed to its processor, with their signed token."""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.core.codes import OrganisationKind, Sector
from services.formats.canonical.cut import cut
from services.formats.canonical.documents import NAME
from services.runtime.kafka import Message
from services.wire.avro import Schemas
from services.wire.seal import BatchSealer, public_key_of
from services.wire.submissions import Content, Submission, to_record

_ID_BYTES = 16

PageTopic = Callable[[str], str]
"""The topic on which an agency hears what its people say on the pages of one service."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something, as their identity token says; their agency's processor verifies it again."""

    sector: Sector
    token: str = field(repr=False)


def spoken(  # noqa: PLR0913, PLR0917 - what is said, by whom, when and where, and what seals it
    document: Mapping[str, object],
    speaker: Speaker,
    now: datetime,
    page: PageTopic,
    schemas: Schemas,
    public_keys: Path,
) -> Message:
    """A canonical document, said at `now` (UTC) on a page, as the speaker's agency takes it in.

    Raises:
        NoCurrentKey: their agency publishes no key that may be used now.
    """
    submission = Submission(secrets.token_hex(_ID_BYTES), 1, now)
    (record,) = cut([json.dumps(document).encode()]).records
    content = Content(NAME, *_body(speaker.token), record, speaker.token)
    sealer = BatchSealer(public_key_of(public_keys, speaker.sector.value, now))
    value = schemas.encode("IntakeRecord", to_record(submission, 0, content, sealer))
    return Message(page(speaker.sector.value), submission.submission_id.encode(), value)


def _body(token: str) -> tuple[str, OrganisationKind]:
    """The organisation that a token names: read here, believed by whoever verifies it."""
    payload = token.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said["lantern_organisation"], OrganisationKind(said["lantern_organisation_kind"])
