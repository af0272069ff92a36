"""Which concerns about a child are stated in a message, by its codes and its coded terms; free text is never searched.

"There was no safeguarding concern" stands in many a free text. A coded term that is denied, refuted, resolved or
entered in error, or that is about somebody or something else than the patient, is no concern.
"""

import re
from collections.abc import Iterable, Iterator

from services.core.indicators import Indicator
from services.formats.fhir.resources import Concept, Condition, Encounter, Fhir, Flag, Observation, ServiceRequest

# SNOMED CT: child is cause for safeguarding concern; child at risk; subject to child protection plan.
_CODES = frozenset({"836881000000105", "160877008", "342191000000101"})
_FLAG_CATEGORY = "SG"
_TERMS: tuple[tuple[re.Pattern[str], Indicator], ...] = (
    (re.compile("malnourish|malnutrition"), Indicator.MALNOURISHED),
    (
        re.compile(
            r"(physical|sexual|child) abuse|abused child|sexual(ly)? (assault|exploit)|non-accidental|"
            r"genital mutilation|\brape\b"
        ),
        Indicator.PHYSICAL_OR_SEXUAL_ABUSE,
    ),
    (
        re.compile(
            "safeguard|child protection|child (is )?at risk|at risk of (harm|abuse|exploit|traffick)|traffick|slavery|"
            "servitude|forced labour|exploitation|child neglect|neglected child"
        ),
        Indicator.OTHER,
    ),
)
_MISSING = re.compile(
    r"\bmissing (child|person|from (home|care|placement|hospital))\b|\b(gone|went) missing\b|"
    r"\bchild (is |was |reported |as )*missing\b"
)
# What stands beside the term denies nothing: "Missing child, whereabouts not known" says twice that they are missing.
_NOT_MISSING = re.compile(
    r"\b(no|not|never|no longer)( (a|an|the|been|to|be|considered|reported|recorded|thought|believed|as))*"
    r"( child| person)? (missing|gone missing)\b|"
    r"\bmissing (child|person)\W+(no|none|nil|negative|absent|false|ruled out|excluded|refuted)\W*$"
)
_ANSWERS_NO = re.compile(r"\W*(no|not missing|not so|nil|none|negative|absent|false)\W*")
_DENIED = re.compile(
    r"^\W*(no|not|nil|none|negative|absent|false)\b|\bno (safeguarding|evidence|concern|known|history)\b|"
    r"\bnot (at risk|known|suspected)\b|\bno longer\b|\b(ruled out|excluded|refuted)\b"
)
_NOT_SO = frozenset({"inactive", "resolved", "remission", "refuted", "entered-in-error", "cancelled", "revoked"})


def indicators(resources: Iterable[Fhir], others: frozenset[str]) -> tuple[Indicator, ...]:
    """Every indicator that a coded term states, each once; `others` are references to everything but the patient."""
    found = (indicator for concept in _stated(resources, others) for indicator in _indicators(concept))
    return tuple(dict.fromkeys(found))


def says_missing(resources: Iterable[Fhir], others: frozenset[str]) -> bool:
    """Whether a coded term says that the child is missing; only what denies just that is a denial (¶5.73)."""
    return any(
        any(_MISSING.search(_NOT_MISSING.sub(" ", term)) for term in terms)
        and not any(_ANSWERS_NO.fullmatch(term) for term in terms)
        for terms in map(_all_terms, _of_the_patient(resources, others))
    )


def _stated(resources: Iterable[Fhir], others: frozenset[str]) -> Iterator[Concept]:
    for said_together in _of_the_patient(resources, others):
        if not any(_DENIED.search(term) for term in _all_terms(said_together)):
            yield from said_together


def _of_the_patient(resources: Iterable[Fhir], others: frozenset[str]) -> Iterator[tuple[Concept, ...]]:
    for resource in resources:
        subject = getattr(resource, "subject", None)
        if subject is None or subject.reference not in others:
            yield from _concepts(resource)


def _concepts(resource: Fhir) -> Iterator[tuple[Concept, ...]]:
    """What a resource states; of concepts said together, one denies them all."""
    match resource:
        case Flag(status="active"):
            yield *resource.category, resource.code
        case Observation() if resource.status not in _NOT_SO and resource.value_boolean is not False:
            yield resource.code, resource.value_codeable_concept, Concept(text=resource.value_string)
        case Condition() if not _NOT_SO & {*_codes(resource.clinical_status), *_codes(resource.verification_status)}:
            yield (resource.code,)
        case ServiceRequest() | Encounter() if resource.status not in _NOT_SO:
            yield from ((concept,) for concept in resource.reason_code)


def _all_terms(said_together: tuple[Concept, ...]) -> list[str]:
    return [term for concept in said_together for term in _terms(concept)]


def _indicators(concept: Concept) -> Iterator[Indicator]:
    if _CODES.intersection(_codes(concept)) or _FLAG_CATEGORY in _codes(concept):
        yield Indicator.OTHER
    yield from (indicator for pattern, indicator in _TERMS for term in _terms(concept) if pattern.search(term))


def _codes(concept: Concept) -> list[str]:
    return [coding.code for coding in concept.coding if coding.code]


def _terms(concept: Concept) -> Iterator[str]:
    """In small letters and with single spaces: systems pad, break and indent what their users see as one term."""
    texts = (*(coding.display for coding in concept.coding), concept.text)
    yield from (" ".join(text.lower().split()) for text in texts if text)
