"""Canonical documents of an enquiry, as `lantern enquiry` sends them; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.formats.canonical.documents import NAME

Document = dict[str, object]

SYSTEM = "enquiries"
LASTS: Mapping[str, timedelta] = {
    "EnquirerInterviewed": timedelta(days=180),
    "IdentityChecked": timedelta(days=180),
    "RelationshipChecked": timedelta(days=180),
    "AgencyCheckReturned": timedelta(days=90),
    "RiskAssessed": timedelta(days=30),
    "ReleaseApproved": timedelta(days=1),
}
"""For how long each rung counts where nobody says: the longer ago it was found out, the less it tells (¶5.66)."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """An adult as the hub shows them: their handle, and the record under which they asked for a child."""

    enquirer: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What an adult says when they first approach; `child` is the adult's own account of who the child is."""

    reference: str
    fact: Mapping[str, object]
    child: Mapping[str, object] = field(default_factory=dict)
    subject_id: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """When something happened (a day or an instant, ISO 8601), when it is told, and what is only ever sealed."""

    on: str
    now: datetime
    narrative: str = ""
    location: Mapping[str, str] = field(default_factory=dict)


def claim(said: Claim, telling: Telling) -> Document:
    """That an adult approached; of a record of the hub, or of a child as the adult describes them."""
    named = {"subject_id": said.subject_id} if said.subject_id else {"child": said.reference}
    document = _document("KinshipClaimed", {"system": SYSTEM, **named}, f"{said.reference}/{telling.on}", telling)
    document["fact"] = {"enquirer": said.reference, **said.fact}
    return document if said.subject_id else {**document, "subject": dict(said.child)}


def rung(event: str, enquiry: Enquiry, fact: Mapping[str, object], telling: Telling, part: str = "") -> Document:
    """What was found out about an adult; said again with the same `part`, it corrects what was said before."""
    key = f"{enquiry.enquirer}/{part}" if part else enquiry.enquirer
    document = _document(event, {"subject_id": enquiry.subject_id}, key, telling)
    lasting = {"lapses_on": lapses_on(event, telling.on)} if event in LASTS else {}
    document["fact"] = {"enquirer_handle": enquiry.enquirer, **lasting, **_said(fact)}
    return document


def lapses_on(event: str, on: str) -> str:
    """The last day on which a rung counts where nobody says another."""
    return (date.fromisoformat(on[: len("YYYY-MM-DD")]) + LASTS[event]).isoformat()


def _document(event: str, source: Mapping[str, object], key: str, telling: Telling) -> Document:
    document: Document = {
        "format": NAME,
        "event": event,
        "source": dict(source),
        "key": key,
        "occurred_at": telling.on,
        "recorded_at": telling.now.isoformat(),
    }
    document |= {"location": dict(telling.location)} if telling.location else {}
    return document | ({"narrative": telling.narrative} if telling.narrative else {})


def _said(fact: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fact.items() if value is not None}
