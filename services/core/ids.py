"""Keyed identifiers: nobody without the agency's edge key can guess one from what it stands for."""

import hmac
import re
from typing import NewType

SubjectId = NewType("SubjectId", str)
FactId = NewType("FactId", str)
EventId = NewType("EventId", str)
CaseId = NewType("CaseId", str)
OrgHandle = NewType("OrgHandle", str)

_ID_BYTES = 16
_SHAPE = re.compile(r"[0-9a-f]{32}")


class MalformedId(ValueError):
    """This is not one of the hub's identifiers: 32 lower-case hexadecimal digits."""


def well_formed(text: str) -> str:
    """Return `text` if it has the shape of an identifier.

    Raises:
        MalformedId: it has another shape; the text itself is not repeated in the error.
    """
    if not _SHAPE.fullmatch(text):
        raise MalformedId
    return text


def handle_in(text: str | None) -> str | None:
    """`text` if it has the shape of a handle; what has another is nobody's, whichever processor signed it."""
    return text if text is not None and _SHAPE.fullmatch(text) else None


def subject_id(edge_key: bytes, organisation: str, system: str, source_id: str) -> SubjectId:
    """The child as one system of one organisation knows them (design section 3)."""
    return SubjectId(_keyed(edge_key, "subject", organisation, system, source_id))


def fact_id(  # noqa: PLR0913, PLR0917 - the six parts are what makes a fact the same fact
    edge_key: bytes, organisation: str, system: str, subject: SubjectId, event_type: str, natural_key: str
) -> FactId:
    """One thing said of one child: stays the same when it is corrected."""
    return FactId(_keyed(edge_key, "fact", organisation, system, subject, event_type, natural_key))


def event_id(edge_key: bytes, fact: FactId, shared_fields: str) -> EventId:
    """One wording of a fact; `shared_fields` is its canonical text without the times of recording and receipt."""
    return EventId(_keyed(edge_key, "event", fact, shared_fields))


def org_handle(edge_key: bytes, organisation: str) -> OrgHandle:
    """The opaque handle under which an organisation speaks on shared topics (design 6)."""
    return OrgHandle(_keyed(edge_key, "org", organisation))


def enquirer_handle(edge_key: bytes, organisation: str, system: str, reference: str) -> str:
    """The opaque handle of an adult who approached an organisation, from its own reference of them."""
    return _keyed(edge_key, "enquirer", organisation, system, reference)


def person_handle(people_key: bytes, subject: str) -> str:
    """The opaque handle of a colleague, from their `sub` at the identity provider: the same in every agency."""
    return _keyed(people_key, "person", subject)


def body_handle(people_key: bytes, organisation: str) -> str:
    """The opaque handle of the organisation that a person works for; it is not the one under which that body speaks."""
    return _keyed(people_key, "body", organisation)


def record_id(edge_key: bytes, organisation: str, system: str, subject: SubjectId) -> FactId:
    """What stands for the record itself: that the agency knows the child, and under which numbers."""
    return FactId(_keyed(edge_key, "record", organisation, system, subject))


def _keyed(key: bytes, *parts: str) -> str:
    texts = [part.encode() for part in parts]
    message = b"".join(len(text).to_bytes(8, "big") + text for text in texts)
    return hmac.digest(key, message, "sha256")[:_ID_BYTES].hex()
