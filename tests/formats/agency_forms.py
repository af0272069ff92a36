"""The agencies' own forms for tests: published examples, changed or filled with canaries, and what comes of them."""

import copy
import json
from typing import Any

from services.core.authority import ANSWERS_FOR
from services.core.codes import OrganisationKind
from services.core.sharing import Edge, Outcome, share
from services.core.statements import Opened
from services.formats.catalogue import cut_files, read
from tests.formats.documents import FOLDER, KEYS, RECEIVED

SPEAKS = {
    "police-missing-person": OrganisationKind.POLICE_FORCE,
    "police-coming-to-notice": OrganisationKind.POLICE_FORCE,
    "ukba-port-referral": OrganisationKind.UKBA,
    "ukba-asylum-screening": OrganisationKind.UKBA,
    "trafficked-child-referral": OrganisationKind.SCHOOL,
}
NAMES = sorted(SPEAKS)
EVENTS = {
    "police-missing-person": ["ChildMissing", "Sighting", "ChildFound"],
    "police-coming-to-notice": ["PoliceContact"],
    "ukba-port-referral": ["BorderEncounter", "ReferralMade"],
    "ukba-asylum-screening": ["BorderEncounter", "ReferralMade", "ChildMissing"],
    "trafficked-child-referral": ["ReferralMade"],
}
REPORTING_MISSING = ("police-missing-person", "ukba-asylum-screening")


def form(name: str, /, **changes: Any) -> dict[str, Any]:
    """The published example of a form; `missing__kind="x"` changes what is inside."""
    document: dict[str, Any] = json.loads((FOLDER / "forms" / "examples" / f"{name}.json").read_text("utf-8"))
    for path, value in changes.items():
        *outer, last = path.split("__")
        inside = document
        for part in outer:
            inside = inside.setdefault(part, {})
        inside[last] = copy.deepcopy(value)
    return document


def decided(*documents: dict[str, Any], kind: OrganisationKind) -> Outcome:
    """What becomes of the one record of a file with these documents."""
    sector = ANSWERS_FOR[kind]
    (part,) = cut_files(sector, [json.dumps(documents).encode()])
    (record,) = part.cut.records
    opened = Opened(part.cut.format, "ORGANISATION-1", kind, RECEIVED, record)
    return share(read(sector, opened), Edge(KEYS, sector, RECEIVED))


def of_example(name: str, /, **changes: Any) -> Outcome:
    """What becomes of a form's example with these changes."""
    return decided(form(name, **changes), kind=SPEAKS[name])


def filled(name: str, schema: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The example of a form with a canary in every free text that its schema allows, and the canaries."""
    canaries: list[str] = []

    def fill(part: dict[str, Any], known: Any) -> Any:
        part = _resolved(part, schema)
        if "properties" in part:
            own = known or {}
            made = {key: fill(inner, own.get(key)) for key, inner in part["properties"].items()}
            return {key: value for key, value in made.items() if value is not None}
        if part.get("type") == "array":
            holds_text = any(map(_is_free_text, _properties(part["items"], schema)))
            return [fill(part["items"], each) for each in known or ([{}] if holds_text else [])]
        if not _is_free_text(part):
            return known
        canaries.append(f"canary-{len(canaries)}-")
        return canaries[-1]

    return fill(schema, form(name)), canaries


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        return _resolved(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    chosen = next((each for each in part.get("anyOf", ()) if each.get("type") != "null"), None)
    return _resolved(chosen, schema) if chosen else part


def _properties(part: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [_resolved(each, schema) for each in _resolved(part, schema).get("properties", {}).values()]


def _is_free_text(part: dict[str, Any]) -> bool:
    return part.get("type") == "string" and part.get("maxLength") in {500, 20_000}


def types(outcome: Outcome) -> list[str]:
    """The types of the events that were shared."""
    return [event.type for event in outcome.events]


def where(outcome: Outcome) -> list[Any]:
    """Where and why something was refused."""
    return [(problem.row, problem.column, problem.reason) for problem in outcome.problems]
