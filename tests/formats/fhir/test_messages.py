"""FHIR messages: what is shared of a patient, which coded terms are a concern, and what is refused where and why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import Name
from services.core.codes import ClaimStatus, HealthSetting, IdentifierScheme, NameKind, Precision, SealedField, Sex
from services.core.facts import HealthAttendance
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
