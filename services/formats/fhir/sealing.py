"""Everything of a bundle that can locate the child, or that says more in words than codes do: it is only ever sealed.

Nothing is picked by what it seems to say: each resource goes whole, every text and number in it, under the key that its
type has; what has none is narrative.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.core.statements import SEVERAL, LocationKey
from services.formats.fhir.resources import Entry

_KEYS = {
    "Organization": LocationKey.HOSPITAL,
    "HealthcareService": LocationKey.HOSPITAL,
    "Location": LocationKey.ADDRESS,
    "Practitioner": LocationKey.AUTHOR,
    "PractitionerRole": LocationKey.AUTHOR,
    "RelatedPerson": LocationKey.RELATED_PERSON,
    "MessageHeader": LocationKey.OFFICE,
}
_OF_PATIENT = {
    "address": LocationKey.HOME_ADDRESS,
    "telecom": LocationKey.TELEPHONE,
    "contact": LocationKey.RELATED_PERSON,
    "generalPractitioner": LocationKey.GENERAL_PRACTICE,
    "managingOrganization": LocationKey.HOSPITAL,
}
# Said as codes, or in the sealed identifiers, or needed by nobody here (religion and ethnic category are extensions).
_NOT_OF_PATIENT = frozenset({"identifier", "name", "gender", "birthDate", "communication", "extension"})
# A code, id or address of a definition where it is a bare string; a coded concept of that name has its terms.
_NOT_TEXT = frozenset({
    *("resourceType", "id", "url", "system", "reference", "code", "status", "use", "type", "intent", "priority"),
    *("rank", "language", "gender"),
})  # fmt: skip
_LONGEST_KIND = 64
"""No type of R4 has a longer name: what stands before every text must not make gigabytes of a small message."""
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){1,2}(T[0-9:.+Z-]+)?")

Sealed = dict[str, str]


def sealed_of(entries: Sequence[Entry], practices: frozenset[str]) -> tuple[Sealed, str]:
    """The location and the narrative of a bundle; `practices` are the references to the patient's own practices."""
    places: dict[LocationKey, list[str]] = {}
    words: list[str] = []
    for entry in entries:
        kind = entry.resource.get("resourceType")
        if kind == "Patient":
            _of_patient(entry.resource, places, words)
            continue
        key = LocationKey.GENERAL_PRACTICE if entry.full_url in practices else _KEYS.get(str(kind))
        texts = list(_texts(entry.resource))
        if key is None:
            named = isinstance(kind, str) and len(kind) <= _LONGEST_KIND
            words += [f"{kind}: {text}" for text in texts] if named else texts
        else:
            places.setdefault(key, []).append("; ".join(texts))
    location = {key.value: SEVERAL.join(dict.fromkeys(filter(None, texts))) for key, texts in places.items()}
    return {key: text for key, text in location.items() if text}, "\n".join(words)


def _of_patient(patient: Mapping[str, Any], places: dict[LocationKey, list[str]], words: list[str]) -> None:
    for name, value in patient.items():
        texts = list(_texts(value))
        if name in _OF_PATIENT:
            places.setdefault(_OF_PATIENT[name], []).append("; ".join(texts))
        elif name not in _NOT_OF_PATIENT and _is_told(name, value):
            words += [f"Patient: {text}" for text in texts]


def _texts(value: object) -> Iterator[str]:
    """Every text and number, in its order; codes, references and dates are neither."""
    match value:
        case dict():
            yield from (text for name, inner in value.items() if _is_told(name, inner) for text in _texts(inner))
        case list():
            yield from (text for inner in value for text in _texts(inner))
        case str() if value.strip() and not _DATE.fullmatch(value):
            yield value
        case int() | float() if not isinstance(value, bool):
            yield str(value)


def _is_told(name: str, value: object) -> bool:
    return name != "meta" and (name not in _NOT_TEXT or isinstance(value, dict | list))
