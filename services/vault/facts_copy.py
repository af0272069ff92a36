"""The vault's own copy of what it judges from: signed facts that it verified itself, and which records are one child.

What cannot be read or verified is no fact; the store keeps it as a doubt about its child (design 6.3).
"""

from dataclasses import dataclass
from datetime import datetime

from services.core.errors import Unreadable, UnreadableBytes
from services.core.facts import LinkDecision
from services.core.ids import CaseId, MalformedId, SubjectId, handle_in, well_formed
from services.core.known import Known
from services.wire.avro import Schemas
from services.wire.signing import HEADER, SignedMessage

UPDATE = ("CaseUpdated",)


@dataclass(frozen=True, slots=True)
class Copied:
    """A verified fact as the store keeps it: with everything that is needed to verify it again."""

    message: SignedMessage
    known: Known

    @property
    def signature(self) -> bytes:
        return next(value for name, value in self.message.headers if name == HEADER)

    @property
    def other(self) -> SubjectId | None:
        """The second record of a person's decision on who is who."""
        fact = self.known.event.fact
        return fact.other if isinstance(fact, LinkDecision) else None

    @property
    def enquirer(self) -> str | None:
        """The handle of the adult whom it is about."""
        return handle_in(getattr(self.known.event.fact, "enquirer", None))


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which case a record belongs to, and since when (UTC); the highest version holds."""

    subject_id: SubjectId
    version: int
    case_id: CaseId
    known_at: datetime


def stored(topic: str, key: bytes, value: bytes, signature: bytes) -> SignedMessage:
    """The message that the store kept of a fact, to be verified again: tables can be altered."""
    return SignedMessage(topic, key, value, ((HEADER, signature),))


def read_assignments(schemas: Schemas, value: bytes) -> tuple[Assigned, ...]:
    """The records that one case update assigns.

    Raises:
        UnreadableBytes: it is no case update.
    """
    _, update = schemas.decode(value, UPDATE)
    try:
        case_id = CaseId(well_formed(update["case_id"]))
        return tuple(
            Assigned(SubjectId(well_formed(one["subject_id"])), one["assignment_version"], case_id, one["known_at"])
            for one in update["subjects"]
        )
    except MalformedId:
        failure = UnreadableBytes(Unreadable.UNKNOWN_VALUE)
    raise failure


def child_of(key: bytes | None) -> SubjectId | None:
    """The record that a message is about, if its key says so: a message that cannot be read has nothing else."""
    try:
        return SubjectId(well_formed((key or b"").decode("ascii")))
    except (MalformedId, UnicodeDecodeError):
        return None
