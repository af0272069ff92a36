"""An agency's edge in tests: what its connector seals, and what its processor's intake makes of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey as NaclPrivateKey

from services.core.codes import OrganisationKind, Sector
from services.core.sharing import EdgeKeys
from services.formats.catalogue import cut_files
from services.police.handlers import decide
from services.runtime.intake import Answers, Decide, Intake, Keys
from services.runtime.kafka import Message
from services.runtime.streams import Received
from services.runtime.witness import PROVIDER_KEYS, Witness
from services.wire.avro import Record, Schemas
from services.wire.opening import Opener, PrivateKey
from services.wire.seal import BatchSealer, PublicKey
from services.wire.signing import Signer
from services.wire.submissions import Content, Submission, to_record
from services.wire.topics import intake, spoken
from tests.builders import START, an_id, day
from tests.wire.provider_keys import HOUR, TRUSTED, key_set, signing_key

POLICE = PrivateKey("police-2026W01", bytes(range(32)))
VAULT = PrivateKey("vault-2026W01", bytes(range(1, 33)))
EDGE_KEYS = EdgeKeys(bytes(range(2, 34)), bytes(range(3, 35)))
# No identity provider is set up, so that no token counts.
NOBODY_TRUSTED = Witness(Sector.POLICE, None, Path("provider.jwks"))
SIGNING = bytes(range(4, 36))
CHILD = "REPORT-4711"
PLACE = "House 4712, Street 4713"
ORGANISATION = "FORCE-4714"
SUBMISSION = Submission(an_id(7), 1, START)
NOW = int(day(3).timestamp())
"""When the broker takes every record."""


def public(private: PrivateKey) -> PublicKey:
    """The half of a pair that everybody may know."""
    return PublicKey(private.key_id, bytes(NaclPrivateKey(private.key).public_key))


def document(event: str = "ChildMissing", child: str = CHILD, **more: Any) -> dict[str, Any]:
    """A police report as canonical JSON; every value is synthetic, and some of them locate."""
    return {
        "format": "lantern/1",
        "event": event,
        "source": {"system": "missing-persons", "child": child},
        "key": "2026-01-02",
        "occurred_at": "2026-01-02T22:15:00Z",
        "recorded_at": "2026-01-02T22:40:00Z",
        "role": "police_officer",
        "subject": {"names": [{"text": "Givenname Familyname", "kind": "full", "status": "claimed"}]},
        "fact": {"kind": "missing"},
        "location": {"last_seen": PLACE},
        **more,
    }


def of_the_police(role: str) -> dict[str, Any]:
    """What a token says of somebody of the police who signed in just before the broker takes a record."""
    return {
        "sub": f"{role}-1",
        "lantern_role": role,
        "lantern_organisation": "TOKEN-FORCE",
        "lantern_organisation_kind": "police_force",
        "lantern_sector": "police",
        "iat": NOW - 5,
        "auth_time": NOW - 5,
        "exp": NOW + HOUR,
    }


@dataclass(frozen=True)
class Edge:
    """The police's edge."""

    schemas: Schemas
    decide: Decide = decide
    witness: Witness = NOBODY_TRUSTED

    @property
    def intake(self) -> Intake:
        keys = Keys(Opener(POLICE), EDGE_KEYS, Signer(SIGNING), public(POLICE), public(VAULT))
        return Intake(Sector.POLICE, self.schemas, keys, self.witness, self.decide)

    def record(
        self, said: Mapping[str, object], seq: int = 0, to: PrivateKey = POLICE, token: str | None = None
    ) -> Record:
        """An intake record of anything at all."""
        content = Content("lantern/1", ORGANISATION, OrganisationKind.POLICE_FORCE, said, token)
        return to_record(SUBMISSION, seq, content, BatchSealer(public(to)))

    def frame(
        self, said: Mapping[str, object], seq: int = 0, to: PrivateKey = POLICE, token: str | None = None
    ) -> bytes:
        return self.schemas.encode("IntakeRecord", self.record(said, seq, to, token))

    def report(self, *documents: Mapping[str, object], seq: int = 0, token: str | None = None) -> bytes:
        """The frame of one child's documents, cut as the connector cuts them."""
        text = "\n".join(json.dumps(one) for one in documents).encode()
        (part,) = cut_files(Sector.POLICE, [text])
        return self.frame(part.cut.records[0], seq, token=token)

    def answers(self, *frames: bytes) -> Answers:
        return self.intake.answers([received(frame, offset) for offset, frame in enumerate(frames)])

    def answers_to_a_page(
        self, *documents: Mapping[str, object], token: str | None, topic: str = spoken("police")
    ) -> Answers:
        """What is made of documents that come from a page of the hub: the case feed's, unless a topic says another."""
        return self.intake.answers([received(self.report(*documents, token=token), topic=topic)])

    def read(self, messages: Sequence[Message], name: str) -> list[Record]:
        """Those of the messages that are records of this name."""
        decoded = (self.schemas.decode(message.value) for message in messages)
        return [record for kind, record in decoded if kind == name]


def received(frame: bytes, offset: int = 0, key: bytes | None = None, topic: str = intake("police")) -> Received:
    """A record as Kafka hands it over, three days after the start of the tests' calendar."""
    return Received(topic, 0, offset, day(3), SUBMISSION.submission_id.encode() if key is None else key, frame)


def trusting(schemas: Schemas, folder: Path) -> Edge:
    """An edge that has the provider's keys, so that tokens count there."""
    (folder / PROVIDER_KEYS).write_text(key_set(signing_key("one")))
    return Edge(schemas, witness=Witness(Sector.POLICE, TRUSTED, folder / PROVIDER_KEYS))
