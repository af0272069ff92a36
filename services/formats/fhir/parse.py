"""Say in the core's words what a FHIR message says of its patient: that a health service saw them, and what worries it.

Nothing that is not a code is shared beside the patient's own name, date of birth and NHS number; all else is sealed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pydantic import ValidationError

from services.core.codes import HealthSetting, MissingKind, Precision, Role
from services.core.facts import ChildMissing, HealthAttendance
from services.core.statements import Opened, Problem, ProblemReason, Record, Statement
from services.formats.cut import looks_missing, nothing_read
from services.formats.fhir import concerns
from services.formats.fhir.cut import TABLE
from services.formats.fhir.patient import own_id, own_numbers, subject_of, wrong_identifiers
from services.formats.fhir.resources import READ, Bundle, Encounter, Entry, Fhir, Patient, ServiceRequest, instant
from services.formats.fhir.sealing import sealed_of
from services.formats.strict import CutDocument, CutRecord, Wrong, as_json, field_names, problems_of, wrongs_of

_SETTINGS = {"EMER": HealthSetting.EMERGENCY_DEPARTMENT}


@dataclass(frozen=True, slots=True)
class _Message:
    """A bundle that could be read: its resources of the types that are read, and its one patient."""

    place: CutDocument
    bundle: Bundle
    patient: Patient
    resources: tuple[Fhir, ...]

    def first(self, kind: type[Fhir]) -> Fhir | None:
        return next((resource for resource in self.resources if isinstance(resource, kind)), None)

    def of_others(self) -> frozenset[str]:
        """References to everything in the bundle but the patient."""
        urls = {entry.full_url for entry in self.bundle.entry if entry.resource.get("resourceType") != "Patient"}
        return frozenset(url for url in urls if url)


def parse(opened: Opened) -> Record:
    """What the one bundle of a record says; a record without the shape of one may have been a missing report."""
    try:
        (place,) = CutRecord.model_validate(opened.record).documents
    except ValueError:  # no record, or not one bundle
        return nothing_read(opened, Problem(TABLE, None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True))
    message, wrongs = _read(place)
    problems = problems_of(place, wrongs, _names(), _looks_missing)
    record = Record(opened.organisation, opened.organisation_kind, system="fhir", problems=problems)
    if message is None:
        return record
    system, child = own_id(message.patient, next(_urls(message)), message.bundle.id or message.bundle.timestamp)
    spared = tuple(replace(problem, missing_report=False) for problem in problems)
    return replace(
        record,
        problems=spared,
        system=system,
        source_id=child,
        sealed_identifiers={"system": system, "child": child} | own_numbers(message.patient),
        statements=tuple(_statements(message)),
    )


def _read(place: CutDocument) -> tuple[_Message | None, list[Wrong]]:
    """The message and what of it is left out, or what keeps it from being read."""
    try:
        bundle = Bundle.model_validate_json(as_json(place.document) or b"")
    except ValidationError as error:
        return None, wrongs_of(error)
    read = {number: _resource(entry) for number, entry in enumerate(bundle.entry)}
    resources = tuple(found for found, _ in read.values() if found)
    wrongs = [(("entry", at, "resource", *path), why) for at, (_, wrong) in read.items() for path, why in wrong]
    patients = [(at, found) for at, (found, _) in read.items() if isinstance(found, Patient)]
    if wrongs or len(patients) != 1:
        number_of_patients = ProblemReason.MALFORMED if patients else ProblemReason.MISSING_FIELD
        return None, wrongs or [(("entry",), number_of_patients)]
    ((at, patient),) = patients
    left_out = [(("entry", at, "resource", *path), why) for path, why in wrong_identifiers(patient)]
    return _Message(place, bundle, patient, resources), left_out


def _resource(entry: Entry) -> tuple[Fhir | None, list[Wrong]]:
    kind = entry.resource.get("resourceType")
    if not isinstance(kind, str):
        return None, [(("resourceType",), ProblemReason.MISSING_FIELD)]
    try:
        return READ[kind].model_validate_json(as_json(entry.resource) or b"") if kind in READ else None, []
    except ValidationError as error:
        return None, wrongs_of(error)


def _statements(message: _Message) -> Iterator[Statement]:
    attended = _attended(message)
    yield attended
    if concerns.says_missing(message.resources, message.of_others()):
        yield replace(attended, fact=ChildMissing(MissingKind.MISSING))


def _attended(message: _Message) -> Statement:
    encounter, practices = message.first(Encounter), _practices(message.patient)
    setting = _SETTINGS.get(encounter.class_.code or "") if isinstance(encounter, Encounter) else None
    seen = concerns.indicators(message.resources, message.of_others())
    location, narrative = sealed_of(message.bundle.entry, practices)
    said_when = next(_times(message), None)
    at = instant(said_when) if said_when else None
    recorded_at = instant(message.bundle.timestamp)
    if recorded_at is None:
        raise ValueError("a bundle's timestamp is exact")
    return Statement(
        fact=HealthAttendance(setting or HealthSetting.UNKNOWN, seen),
        natural_key=_key(message),
        occurred_at=at,
        precision=Precision.UNKNOWN if at is None else Precision.INSTANT if "T" in (said_when or "") else Precision.DAY,
        recorded_at=recorded_at,
        role=Role.CLINICIAN,
        table=message.place.table,
        row=message.place.row,
        subject=subject_of(message.patient),
        location=location,
        narrative=narrative,
    )


def _times(message: _Message) -> Iterator[str]:
    """When the patient was seen: the surest first."""
    for resource in message.resources:
        if isinstance(resource, Encounter) and resource.period.start:
            yield resource.period.start
    for resource in message.resources:
        if isinstance(resource, ServiceRequest):
            times = (resource.occurrence_date_time, resource.occurrence_period.start, resource.authored_on)
            yield from (time for time in times if time)
    yield message.bundle.timestamp


def _key(message: _Message) -> str:
    """What names the attendance in its system, whatever is corrected."""
    encounter = message.first(Encounter)
    if isinstance(encounter, Encounter):
        for identifier in encounter.identifier:
            if identifier.value:
                return f"{identifier.system or ''}|{identifier.value}"
    return message.bundle.id or message.bundle.timestamp


def _urls(message: _Message) -> Iterator[str]:
    for entry in message.bundle.entry:
        if entry.resource.get("resourceType") == "Patient":
            yield entry.full_url or message.bundle.id or message.bundle.timestamp


def _practices(patient: Patient) -> frozenset[str]:
    return frozenset(practice.reference for practice in patient.general_practitioner if practice.reference)


def _looks_missing(document: object) -> bool:
    text = as_json(document) if isinstance(document, dict) else None
    return text is None or looks_missing(text)


@cache
def _names() -> frozenset[str]:
    return field_names(Bundle, *READ.values()) | {"resourceType"}
