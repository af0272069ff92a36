"""Who the patient of a FHIR message is said to be: what is shared of it, and the numbers that are only sealed."""

from collections.abc import Iterator

from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.codes import ClaimStatus, IdentifierScheme, NameKind, Sex
from services.core.matching.stand_ins import stands_for_no_number
from services.core.statements import SEVERAL, ProblemReason
from services.formats.canonical.iso import LANGUAGES
from services.formats.canonical.values import standard_identifier
from services.formats.fhir import resources
from services.formats.fhir.resources import HumanName, Patient
from services.formats.strict import Wrong

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_VERIFIED = frozenset({"01", "number-present-and-verified"})  # by the Personal Demographics Service
_OF_ALL_MESSAGES = ("urn:uuid:", "https://", "http://")
_ALIASES = frozenset({"nickname", "anonymous", "old", "maiden"})


def wrong_identifiers(patient: Patient) -> list[Wrong]:
    """NHS numbers whose check digit or form is wrong."""
    wrong = ProblemReason.NOT_AN_IDENTIFIER
    return [
        (("identifier", number, "value"), wrong)
        for number, identifier in enumerate(patient.identifier)
        if _is_nhs(identifier) and _nhs_number(identifier) is None
    ]


def subject_of(patient: Patient) -> Subject:
    """What is claimed: documented if the Personal Demographics Service has verified the number.

    The date of birth is what the health service has on record, and counts as documented (¶5.44); where a concern is
    stated, no date of birth makes a child an adult.
    """
    status = ClaimStatus.DOCUMENTED if _is_verified(patient) else ClaimStatus.CLAIMED
    return Subject(
        identifiers=tuple(Identifier(IdentifierScheme.NHS_NUMBER, number, status) for number in _nhs_numbers(patient)),
        names=tuple(Name(name.whole, _kind(name), status) for name in patient.name if name.whole),
        dates_of_birth=(BirthDate(patient.birth_date, ClaimStatus.DOCUMENTED),) if patient.birth_date else (),
        sex=Sex(patient.gender),
        languages=tuple(dict.fromkeys(_languages(patient))),
    )


def own_id(patient: Patient, url: str, message: str) -> tuple[str, str]:
    """The system and the patient's id in it: the sender's own number, else a sound NHS number, else the resource's URL.

    What another child may have too names nobody: a number that stands where none is known, one with a wrong check
    digit, or the id of a resource, unless `message` tells in which message it stood.
    """
    numbers = [(each.system, each.value) for each in sorted(patient.identifier, key=_is_nhs) if _names_one(each)]
    alone = url if url.startswith(_OF_ALL_MESSAGES) else f"{message} {patient.id or url}"
    return next(((system, value) for system, value in numbers if system and value), ("fhir", alone))


def own_numbers(patient: Patient) -> dict[str, str]:
    """The sender's own numbers of the patient, which name the sender."""
    own = [each.value for each in patient.identifier if not _is_nhs(each) and each.value]
    return {"local_id": SEVERAL.join(own)} if own else {}


def _is_nhs(identifier: resources.Identifier) -> bool:
    return identifier.system == NHS_NUMBER


def _names_one(identifier: resources.Identifier) -> bool:
    sound = not _is_nhs(identifier) or _nhs_number(identifier) is not None
    return sound and not stands_for_no_number(identifier.value or "")


def _nhs_numbers(patient: Patient) -> Iterator[str]:
    for identifier in patient.identifier:
        if _is_nhs(identifier) and (number := _nhs_number(identifier)):
            yield number


def _nhs_number(identifier: resources.Identifier) -> str | None:
    """The number in its one form; None if its check digit or form is wrong."""
    return standard_identifier(IdentifierScheme.NHS_NUMBER, identifier.value or "")


def _is_verified(patient: Patient) -> bool:
    concepts = [
        extension.value_codeable_concept
        for identifier in patient.identifier
        if _is_nhs(identifier)
        for extension in identifier.extension
        if extension.url.endswith("NHSNumberVerificationStatus") and extension.value_codeable_concept
    ]
    return any(coding.code in _VERIFIED for concept in concepts for coding in concept.coding) and not wrong_identifiers(
        patient
    )


def _kind(name: HumanName) -> NameKind:
    return NameKind.ALIAS if name.use in _ALIASES else NameKind.FULL


def _languages(patient: Patient) -> Iterator[str]:
    """Codes of ISO 639-1; the list is an open one, and what else is on it nobody here compares."""
    for communication in patient.communication:
        for coding in communication.language.coding:
            code = (coding.code or "").split("-")[0]
            if code in LANGUAGES:
                yield code
