"""FHIR messages for tests: the published example, and a real one with an invented patient, read where it lies."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.core.codes import OrganisationKind, Sector
from services.core.sharing import Edge, Outcome, share
from services.core.statements import Opened
from services.formats.catalogue import cut_files, read
from tests.formats.documents import FOLDER, KEYS, RECEIVED

REAL = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "health" / "bars_validation_request.json"
PATIENT = "urn:uuid:00000000-0000-4000-8000-000000000002"


def message() -> dict[str, Any]:
    """The published example."""
    example: dict[str, Any] = json.loads((FOLDER / "forms" / "examples" / "fhir-message.json").read_text("utf-8"))
    return example


def resource(of: dict[str, Any], kind: str) -> dict[str, Any]:
    """The message's first resource of a type, to be changed."""
    found: dict[str, Any] = next(
        each["resource"] for each in of["entry"] if each["resource"].get("resourceType") == kind
    )
    return found


def patient(**changes: Any) -> dict[str, Any]:
    """The example with another patient."""
    changed = message()
    resource(changed, "Patient").update(copy.deepcopy(changes))
    return changed


def stating(*stated: dict[str, Any]) -> dict[str, Any]:
    """The example with these resources in place of its flag."""
    changed = message()
    changed["entry"] = [each for each in changed["entry"] if each["resource"]["resourceType"] != "Flag"]
    changed["entry"] += [
        {"fullUrl": f"urn:uuid:stated-{number}", "resource": each} for number, each in enumerate(stated)
    ]
    return changed


def decided(said: Any) -> Outcome:
    """What becomes of one message."""
    (part,) = cut_files(Sector.HEALTH, [json.dumps(said).encode()])
    (record,) = part.cut.records
    opened = Opened(part.cut.format, "ORGANISATION-1", OrganisationKind.HEALTH_BODY, RECEIVED, record)
    return share(read(Sector.HEALTH, opened), Edge(KEYS, Sector.HEALTH, RECEIVED))


def real_message() -> dict[str, Any]:
    """A whole emergency-care referral; skips where the folder is missing."""
    if not REAL.is_file():
        pytest.skip(f"needs the FHIR message in {REAL.relative_to(REAL.parents[3])}, beside the repository")
    found: dict[str, Any] = json.loads(REAL.read_bytes())
    return found


def texts(value: Any) -> Iterator[str]:
    """Every text and number in a JSON value, with nothing left out."""
    if isinstance(value, dict):
        yield from (text for inner in value.values() for text in texts(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in texts(inner))
    elif not isinstance(value, bool) and value is not None:
        yield str(value)
