"""A whole emergency-care referral in the real format: an adult's is refused, a child's is shared without a place."""

import copy
from typing import Any

import pytest

from services.core.codes import HealthSetting
from services.core.facts import HealthAttendance
from services.core.indicators import Indicator
from services.core.sharing import Decision
from services.core.statements import ProblemReason
from tests.formats.fhir.messages import decided, real_message, resource, texts

CONCERN = {
    "resourceType": "Flag",
    "status": "active",
    "category": [
        {"coding": [{"system": "https://example.org/flag-categories", "code": "SG", "display": "Safeguarding"}]}
    ],
    "code": {"text": "Child at risk"},
}
# What is shared of the patient: her name and sex, when she was seen, and in which kind of service.
PERMITTED = {"Jones", "Julie", "female", "emergency"}
OUR_WORDS = {"health", "other", "male"}  # of our own code lists, which a text of the message holds too
CODES_AND_DATES = ("http://", "https://", "urn:uuid:", "20")


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    return real_message()


@pytest.fixture(scope="module")
def of_a_child(real: dict[str, Any]) -> dict[str, Any]:
    """The same, of a child born in 2010, with a safeguarding concern."""
    changed = copy.deepcopy(real)
    resource(changed, "Patient")["birthDate"] = "2010-05-04"
    changed["entry"].append({"fullUrl": "urn:uuid:concern", "resource": CONCERN})
    return changed


def test_an_adults_message_is_refused_and_nothing_is_kept(real: dict[str, Any]) -> None:
    outcome = decided(real)
    assert outcome.decision is Decision.REFUSED
    assert ProblemReason.ADULT_AT_DATE_OF_FACT in {problem.reason for problem in outcome.problems}
    assert (outcome.events, outcome.sealed_facts, outcome.quarantine) == ((), (), False)


def test_a_child_with_a_concern_is_shared_as_an_attendance(of_a_child: dict[str, Any]) -> None:
    outcome = decided(of_a_child)
    (event,) = outcome.events
    assert event.fact == HealthAttendance(HealthSetting.EMERGENCY_DEPARTMENT, (Indicator.OTHER,))
    assert event.head.occurred_at is not None
    assert event.head.occurred_at.isoformat() == "2021-11-26T15:00:00+00:00"


def test_a_number_with_a_wrong_check_digit_is_left_out_and_told(of_a_child: dict[str, Any]) -> None:
    outcome = decided(of_a_child)
    assert [(problem.column, problem.reason) for problem in outcome.problems] == [
        ("entry[5].resource.identifier[0].value", ProblemReason.NOT_AN_IDENTIFIER)
    ]
    assert outcome.events[0].subject.identifiers == ()


def secrets(message: dict[str, Any]) -> set[str]:
    """Every text of the message, whole and word by word, but what is permitted, and codes and dates."""
    whole = set(texts(message)) | {word.strip(",.:;") for text in texts(message) for word in text.split()}
    return {text for text in whole - PERMITTED - OUR_WORDS if len(text) > 3 and not text.startswith(CODES_AND_DATES)}


def test_no_text_of_the_message_is_in_the_event(of_a_child: dict[str, Any]) -> None:
    shared = texts_of_event(of_a_child)
    assert {secret for secret in secrets(of_a_child) if secret in shared} == set()


def test_the_search_would_find_what_is_permitted(of_a_child: dict[str, Any]) -> None:
    assert {"Jones", "Julie", "emergency"} <= {word for word in PERMITTED if word in texts_of_event(of_a_child)}
    assert len(secrets(of_a_child)) > 300


def texts_of_event(message: dict[str, Any]) -> str:
    """The event's values; the names of its types and fields are ours."""
    (event,) = decided(message).events
    return " ".join(
        str(getattr(part, name)) for part in (event.head, event.subject, event.fact) for name in part.__slots__
    )


@pytest.mark.parametrize(
    "secret",
    [
        "LS10 4YU",
        "22 Brightside Crescent",
        "20 The Headrow",
        "LS1 6PT",
        "Briggate corner",
        "01138698975",
        "07736312544",
        "0789 1234567",
        "jjones@hotmail.co.uk",
        "Grayson",
        "Patient's Surgery",
        "G82080",
        "Practitioner Org",
        "Sender Organization",
        "Receiver Organization",
        "BLAKE",
        "0205568263",
        "+44 (0113) 123 4567",
        "0008755622",
        "53.79957987629337",
        "POSTCODE: LS10 4YU",
        "No NOC - Proceed to Triage",
        "Syncope (disorder)",
    ],
)
def test_every_place_person_and_word_is_sealed(of_a_child: dict[str, Any], secret: str) -> None:
    outcome = decided(of_a_child)
    assert secret in str([dict(fact.content) for fact in outcome.sealed_facts])
    assert secret not in str(outcome.events)
