"""Which patients of one sender are one child: by what names a patient, and by nothing that another may have too."""

import pytest

from services.core.ids import SubjectId
from tests.formats.fhir.messages import decided, patient

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
