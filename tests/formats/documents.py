"""Canonical documents for tests: the published examples, and what a processor makes of changed ones."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.core.authority import ANSWERS_FOR
from services.core.codes import OrganisationKind, Role
from services.core.sharing import Edge, EdgeKeys, Outcome, share
from services.core.statements import Author, Opened
from services.formats.canonical.cut import cut
from services.formats.canonical.documents import NAME
from services.formats.catalogue import read

FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "json"
RECEIVED = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEYS = EdgeKeys(bytes(32), bytes(range(32)))
# Some things are heard only from a person who is shown to say them.
SIGNED_IN = {"ReleaseApproved": Author("person-1", Role.MANAGER)}
EVENTS = sorted(path.stem for path in (FOLDER / "examples").glob("*.json"))
SAID_BY = {
    "BorderEncounter": OrganisationKind.UKBA,
    "AgencyCheckReturned": OrganisationKind.POLICE_FORCE,
    "HealthAttendance": OrganisationKind.HEALTH_BODY,
    "PoliceContact": OrganisationKind.POLICE_FORCE,
    "Sighting": OrganisationKind.POLICE_FORCE,
}


def example(event: str, /, **changes: Any) -> dict[str, Any]:
    """The published example of an event type; `fact__kind="x"` changes what is inside."""
    document: dict[str, Any] = json.loads((FOLDER / "examples" / f"{event}.json").read_text("utf-8"))
    for path, value in changes.items():
        *outer, last = path.split("__")
        inside = document
        for name in outer:
            inside = inside.setdefault(name, {})
        inside[last] = copy.deepcopy(value)
    return document


def without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def record(*documents: dict[str, Any]) -> dict[str, Any]:
    """A record as `cut` makes it of one file with these documents of one child."""
    return {"documents": [{"table": "lantern", "row": row, "document": each} for row, each in enumerate(documents, 1)]}


def decided(
    *documents: dict[str, Any],
    kind: OrganisationKind = OrganisationKind.LOCAL_AUTHORITY,
    author: Author | None = None,
) -> Outcome:
    """What becomes of one record of these documents, through the agency that answers for this kind of body."""
    sector = ANSWERS_FOR[kind]
    opened = Opened(NAME, "ORGANISATION-1", kind, RECEIVED, record(*documents), author)
    return share(read(sector, opened), Edge(KEYS, sector, RECEIVED, author))


def lines(*documents: Any) -> bytes:
    """JSON Lines."""
    return b"\n".join(json.dumps(document).encode() for document in documents)


def records(content: bytes) -> list[list[dict[str, Any]]]:
    """The documents of each record that a file is cut into."""
    return [[each["document"] for each in found["documents"]] for found in cut([content]).records]  # type: ignore[attr-defined]  # a list, as cut makes it
