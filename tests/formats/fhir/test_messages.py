"""FHIR messages: what is shared of a patient, which coded terms are a concern, and what is refused where and why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import Name
from services.core.codes import ClaimStatus, HealthSetting, IdentifierScheme, NameKind, Precision, SealedField, Sex
from services.core.facts import ChildMissing, HealthAttendance
from services.core.ids import SubjectId
from services.core.indicators import Indicator
from services.core.sharing import Decision, Outcome
from services.core.statements import ProblemReason
from services.wire.avro import load_schemas
from services.wire.records import from_record, to_record
from tests.conftest import HOME
from tests.formats.fhir.messages import PATIENT, decided, message, patient, resource, stating


def attended(said: dict[str, Any]) -> HealthAttendance:
    fact = decided(said).events[0].fact
    assert isinstance(fact, HealthAttendance)
    return fact


def where(outcome: Outcome) -> list[Any]:
    return [(problem.column, problem.reason) for problem in outcome.problems]


def test_the_example_is_shared_as_an_attendance() -> None:
    outcome = decided(message())
    assert (outcome.decision, outcome.problems) == (Decision.SHARED, ())
    assert attended(message()) == HealthAttendance(HealthSetting.EMERGENCY_DEPARTMENT, (Indicator.OTHER,))


def test_the_patient_is_shared_as_name_birth_sex_language_and_number() -> None:
    subject = decided(message()).events[0].subject
    assert subject.names == (
        Name("Givenname Familyname", NameKind.FULL, ClaimStatus.DOCUMENTED),
        Name("Nick", NameKind.ALIAS, ClaimStatus.DOCUMENTED),
    )
    assert [(each.scheme, each.value) for each in subject.identifiers] == [(IdentifierScheme.NHS_NUMBER, "9990000018")]
    assert [birth.value for birth in subject.dates_of_birth] == ["2011-04-09"]
    assert (subject.sex, subject.languages) == (Sex.FEMALE, ("vi",))


def test_a_number_that_nobody_verified_is_claimed() -> None:
    number = [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "999 000 0018"}]
    (identifier,) = decided(patient(identifier=number)).events[0].subject.identifiers
    assert (identifier.value, identifier.status) == ("9990000018", ClaimStatus.CLAIMED)


def test_what_is_not_a_code_is_sealed() -> None:
    outcome = decided(message())
    sealed = {fact.field: dict(fact.content) for fact in outcome.sealed_facts}
    assert sealed[SealedField.LOCATION] == {
        "office": "Emergency department 1; service-1",
        "telephone": "01632 960003",
        "home_address": "House 7, Street 8; House 7; Street 8; ZZ1 1ZZ",
        "related_person": "Contact 1; 01632 960004",
        "general_practice": "Practice 1",
        "author": "Nurse 1",
        "address": "Ward 1; -0.123456; 51.654321",
    }
    assert "A man waited outside at House 9." in sealed[SealedField.NARRATIVE]["text"]
    assert sealed[SealedField.IDENTIFIERS]["local_id"] == "PATIENT-1"


def other_words(value: Any, word: str) -> Any:
    """The value with another word in place of every text that is no code, reference or date."""
    if isinstance(value, dict):
        kept = {"resourceType", "reference", "url", "system", "code", "status", "id", "type", "use"}
        return {
            name: inner if name in kept and isinstance(inner, str) else other_words(inner, word)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [other_words(inner, word) for inner in value]
    return word if isinstance(value, str) else value


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_another_place_person_or_word_changes_no_shared_byte(word: str) -> None:
    said = message()
    for each in said["entry"]:
        of_patient = ("address", "telecom", "contact", "managingOrganization", "text", "photo")
        if each["resource"]["resourceType"] == "Patient":
            each["resource"].update(other_words({name: [{"text": "x", "value": "y"}] for name in of_patient}, word))
        elif each["resource"]["resourceType"] not in {"Encounter", "Flag"}:
            each["resource"] = other_words(each["resource"], word)
    assert decided(said).events == decided(message()).events


def test_the_same_patient_of_one_sender_is_one_child() -> None:
    later = message() | {"id": "message-2", "timestamp": "2026-03-09T15:00:00+00:00"}
    first, second = decided(message()), decided(later)
    assert first.subject_id == second.subject_id
    assert [event.head.fact_id for event in first.events] == [event.head.fact_id for event in second.events]


NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


def of_a_sender(url: str, message_id: str, *identifiers: dict[str, str]) -> SubjectId | None:
    """The child of a message of one sender, whose patient has these identifiers and the id "patient-1"."""
    said = patient(id="patient-1", identifier=list(identifiers)) | {"id": message_id}
    next(each for each in said["entry"] if each["resource"]["resourceType"] == "Patient")["fullUrl"] = url
    return decided(said).subject_id


@pytest.mark.parametrize(
    "identifiers",
    [
        (),
        ({"system": NHS_NUMBER, "value": "1234567890"},),
        ({"system": NHS_NUMBER, "value": "9434765918"},),
        ({"system": NHS_NUMBER, "value": "0000000000"},),
        ({"system": "https://sender.example/id", "value": "UNKNOWN"},),
        ({"system": "https://sender.example/id", "value": "000000"},),
    ],
)
@pytest.mark.parametrize("urls", [("urn:uuid:1", "urn:uuid:2"), ("Patient/patient-1", "Patient/patient-1")])
def test_two_patients_without_a_number_that_names_one_are_two_children(
    identifiers: tuple[dict[str, str], ...], urls: tuple[str, str]
) -> None:
    first, second = (of_a_sender(url, f"message-{n}", *identifiers) for n, url in enumerate(urls))
    assert first != second


@pytest.mark.parametrize(
    ("identifiers", "url"),
    [
        ((), "urn:uuid:1"),
        ((), "https://sender.example/Patient/1"),
        (({"system": NHS_NUMBER, "value": "9434765919"},), "Patient/patient-1"),
        (({"system": "https://sender.example/id", "value": "7"},), "Patient/patient-1"),
    ],
)
def test_a_number_or_a_url_that_names_one_patient_is_one_child(
    identifiers: tuple[dict[str, str], ...], url: str
) -> None:
    assert of_a_sender(url, "message-1", *identifiers) == of_a_sender(url, "message-2", *identifiers)


@pytest.mark.parametrize(
    ("start", "precision"),
    [
        ("2026-03-08T14:00:00.1234567Z", Precision.INSTANT),
        ("2026-03-08", Precision.DAY),
        ("2026-03", Precision.UNKNOWN),
        ("2026", Precision.UNKNOWN),
    ],
)
def test_a_time_is_as_precise_as_it_was_said(start: str, precision: Precision) -> None:
    said = message()
    resource(said, "Encounter")["period"] = {"start": start}
    assert decided(said).events[0].head.precision is precision


def test_the_event_of_the_example_goes_over_the_wire_and_comes_back() -> None:
    schemas = load_schemas(HOME)
    (event,) = decided(message()).events
    assert from_record(*schemas.decode(schemas.encode(event.type, to_record(event)))) == event


# What is a concern.

SUBJECT = {"subject": {"reference": PATIENT}}
FLAG = {"resourceType": "Flag", "status": "active", **SUBJECT}
SEEN = {"resourceType": "Observation", "status": "final", **SUBJECT}
HAS = {"resourceType": "Condition", **SUBJECT}
CODED = {"coding": [{"system": "http://snomed.info/sct", "code": "836881000000105"}]}


@pytest.mark.parametrize(
    ("stated", "indicators"),
    [
        ({**FLAG, "code": CODED}, (Indicator.OTHER,)),
        ({**FLAG, "code": {"text": "Safeguarding concern"}}, (Indicator.OTHER,)),
        ({**FLAG, "code": {"text": "Victim of human trafficking"}}, (Indicator.OTHER,)),
        ({**SEEN, "code": {"coding": [{"display": "Suspected sexual abuse"}]}}, (Indicator.PHYSICAL_OR_SEXUAL_ABUSE,)),
        ({**SEEN, "code": {"text": "Malnutrition"}}, (Indicator.MALNOURISHED,)),
        ({**SEEN, "code": {"text": "Concern"}, "valueCodeableConcept": CODED}, (Indicator.OTHER,)),
        ({**HAS, "code": CODED}, (Indicator.OTHER,)),
        ({"resourceType": "Encounter", "reasonCode": [CODED]}, (Indicator.OTHER,)),
        ({"resourceType": "ServiceRequest", "reasonCode": [{"text": "x"}, CODED]}, (Indicator.OTHER,)),
        ({**FLAG, "status": "inactive", "code": CODED}, ()),
        ({**FLAG, "code": {"text": "No safeguarding concern"}}, ()),
        ({**FLAG, "category": [CODED], "code": {"text": "There is no concern"}}, ()),
        ({**FLAG, "code": CODED, "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000008"}}, ()),
        ({**SEEN, "code": {"text": "Safeguarding concern"}, "valueBoolean": False}, ()),
        ({**SEEN, "code": {"text": "Safeguarding concern"}, "valueString": "None"}, ()),
        ({**SEEN, "code": {"text": "Safeguarding concern"}, "valueCodeableConcept": {"text": "No"}}, ()),
        ({**SEEN, "status": "entered-in-error", "code": CODED}, ()),
        ({**SEEN, "code": {"text": "Alcohol abuse, at risk of falls"}}, ()),
        ({**HAS, "code": CODED, "verificationStatus": {"coding": [{"code": "refuted"}]}}, ()),
        ({**HAS, "code": CODED, "clinicalStatus": {"coding": [{"code": "resolved"}]}}, ()),
        ({"resourceType": "CarePlan", "note": [{"text": "There was no safeguarding concern."}]}, ()),
        ({"resourceType": "CarePlan", "note": [{"text": "Safeguarding concern."}]}, ()),
    ],
)
def test_a_concern_is_what_a_coded_term_states_of_the_patient(
    stated: dict[str, Any], indicators: tuple[Indicator, ...]
) -> None:
    outcome = decided(stating(stated))
    assert outcome.decision is (Decision.SHARED if indicators else Decision.HELD_BACK)
    assert [getattr(event.fact, "indicators", ()) for event in outcome.events] == [indicators] * bool(indicators)


def reports(outcome: Outcome) -> list[type]:
    return [type(event.fact) for event in outcome.events]


@pytest.mark.parametrize(
    "term",
    [
        *("Missing child", "Child reported missing", "Missing person", "Child has gone missing", "Missing from home"),
        *("Missing from care", "Child missing, whereabouts not known", "Missing child: no longer at home address"),
        *(
            "Missing person - no known address",
            "Address not known. Missing child",
            "Missing child, no evidence of harm",
        ),
        *("No longer missing from school; child missing", "Not a missing person: missing child"),
    ],
)
def test_a_flag_that_says_that_the_child_is_missing_reports_a_missing_child(term: str) -> None:
    assert reports(decided(stating({**FLAG, "code": {"text": term}}))) == [HealthAttendance, ChildMissing]


@pytest.mark.parametrize(
    "stated",
    [
        {**FLAG, "code": {"coding": [{"display": "Missing child"}], "text": "Whereabouts not known"}},
        {**FLAG, "category": [{"text": "No safeguarding concern"}], "code": {"text": "Missing child"}},
        {**HAS, "code": {"coding": [{"display": "Missing child"}], "text": "Missing since Friday, not known where"}},
        {**SEEN, "code": {"text": "Missing child"}, "valueString": "No known address"},
    ],
)
def test_nothing_that_is_said_beside_it_denies_that_a_child_is_missing(stated: dict[str, Any]) -> None:
    assert reports(decided(stating(stated))) == [HealthAttendance, ChildMissing]


@pytest.mark.parametrize(
    "stated",
    [
        {**FLAG, "code": {"text": "Not a missing child"}},
        {**FLAG, "code": {"text": "No longer missing"}},
        {**FLAG, "code": {"text": "Child no longer reported missing; missing person: ruled out"}},
        {**FLAG, "code": {"text": "Missing child: no"}},
        {**FLAG, "code": {"text": "Child has not gone missing"}},
        {**FLAG, "status": "inactive", "code": {"text": "Missing child"}},
        {**SEEN, "code": {"text": "Missing child"}, "valueString": "No"},
        {**SEEN, "code": {"text": "Missing child"}, "valueBoolean": False},
        {**SEEN, "code": {"text": "Missing child"}, "valueCodeableConcept": {"text": "Not missing"}},
    ],
)
def test_what_denies_just_that_is_no_report(stated: dict[str, Any]) -> None:
    assert ChildMissing not in reports(decided(stating(stated)))


def test_no_date_of_birth_makes_an_adult_of_a_patient_with_a_concern() -> None:
    assert decided(patient(birthDate="1990-01-01")).decision is Decision.SHARED


def test_a_patient_without_a_concern_is_held_back_and_kept_nowhere() -> None:
    outcome = decided(stating())
    assert (outcome.decision, outcome.sealed_facts, outcome.quarantine) == (Decision.HELD_BACK, (), False)


# What is refused.

OF_PATIENT = "entry[1].resource."


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"gender": "f"}, "gender", ProblemReason.UNKNOWN_CODE),
        ({"birthDate": "09/04/2011"}, "birthDate", ProblemReason.NOT_A_DATE),
        ({"birthDate": "2011-02-30"}, "birthDate", ProblemReason.NOT_A_DATE),
        ({"name": [{"family": "12 Street"}]}, "name[0].family", ProblemReason.MALFORMED),
        ({"name": [{"text": "12 Street"}]}, "name[0]", ProblemReason.MALFORMED),
        ({"name": [{"given": ["A" * 81]}]}, "name[0].given[0]", ProblemReason.TOO_LONG),
        ({"name": [{"given": ["A" * 80] * 3}]}, "name[0]", ProblemReason.TOO_LONG),
        ({"name": [{}] * 21}, "name", ProblemReason.TOO_LONG),
        ({"name": "Givenname"}, "name", ProblemReason.MALFORMED),
    ],
)
def test_what_is_wrong_is_listed_with_its_path_and_reason(
    changes: dict[str, Any], column: str, reason: ProblemReason
) -> None:
    outcome = decided(patient(**changes))
    assert (outcome.decision, (OF_PATIENT + column, reason) in where(outcome)) == (Decision.REFUSED, True)


@pytest.mark.parametrize(
    ("said", "column", "reason"),
    [
        (message() | {"type": "collection"}, "type", ProblemReason.UNKNOWN_CODE),
        (message() | {"timestamp": "2026-03-08"}, "timestamp", ProblemReason.NOT_A_DATE),
        (message() | {"timestamp": "2026-13-08T00:00:00Z"}, "timestamp", ProblemReason.NOT_A_DATE),
        (message() | {"entry": []}, "entry", ProblemReason.MALFORMED),
        (message() | {"entry": message()["entry"][2:]}, "entry", ProblemReason.MISSING_FIELD),
        (message() | {"entry": message()["entry"] * 2}, "entry", ProblemReason.MALFORMED),
        (message() | {"entry": [{"resource": {}}]}, "entry[0].resource.resourceType", ProblemReason.MISSING_FIELD),
        (message() | {"entry": [{"fullUrl": "x"}]}, "entry[0].resource", ProblemReason.MISSING_FIELD),
    ],
)
def test_a_message_without_the_shape_of_one_is_refused(said: Any, column: str, reason: ProblemReason) -> None:
    assert (column, reason) in where(decided(said))


def test_every_problem_of_a_message_is_listed() -> None:
    said = patient(gender="f", birthDate="x")
    resource(said, "Encounter")["period"] = {"start": "yesterday"}
    assert {column for column, _ in where(decided(said))} == {
        "entry[1].resource.gender",
        "entry[1].resource.birthDate",
        "entry[3].resource.period.start",
    }


@pytest.mark.parametrize(("text", "alarm"), [("A missing child.", True), ("A child.", False)])
def test_a_message_that_cannot_be_read_raises_the_alarm_if_it_may_report_a_missing_child(
    text: str,
    alarm: bool,  # noqa: FBT001 - the expected answer
) -> None:
    outcome = decided(stating({**FLAG, "status": 5, "code": {"text": text}}))
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, alarm)


@given(st.text(min_size=8, max_size=40))
def test_no_problem_repeats_a_value(text: str) -> None:
    secret = f"\u2603{text}"
    outcome = decided(patient(gender=secret, birthDate=secret, name=[{"family": secret}], **{secret: 1}))
    assert outcome.decision is Decision.REFUSED
    assert secret not in str(outcome.problems)
