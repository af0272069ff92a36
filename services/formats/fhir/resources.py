"""What is read of FHIR R4 resources; what a profile adds beside it is neither refused nor shared.

FHIR lets every resource be extended, so that a strict reader is strict in what it reads: each element below has the
form that R4 gives it, or the bundle is refused.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator
from pydantic.alias_generators import to_camel

from services.core.statements import ProblemReason
from services.formats.canonical.values import EARLIEST_YEAR, LATEST_YEAR, BornOn, NameText, refusal

_DATE_TIME = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)
_FINER_THAN_MICROSECONDS = re.compile(r"(\.[0-9]{6})[0-9]+")
_DAY = len("YYYY-MM-DD")
_NAME = TypeAdapter(NameText)
MAX_CLAIMS = 20  # of one kind in one place
MAX_RESOURCES = 300  # in a message of one patient
MAX_GIVEN = 160  # letters of all given names together


def instant(text: str) -> datetime | None:
    """The time or the midnight UTC of the day that a FHIR dateTime names; None if it names only a month or year."""
    if len(text) < _DAY:
        return None
    found = datetime.fromisoformat(_FINER_THAN_MICROSECONDS.sub(r"\1", text))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _date_time(text: str) -> str:
    try:
        found = instant(text) if _DATE_TIME.fullmatch(text) else None
    except (ValueError, OverflowError):
        raise refusal(ProblemReason.NOT_A_DATE) from None
    vague = _DATE_TIME.fullmatch(text) and len(text) < _DAY
    if not vague and (found is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR):
        raise refusal(ProblemReason.NOT_A_DATE)
    return text


def _exact(text: str) -> str:
    if "T" not in text:
        raise refusal(ProblemReason.NOT_A_DATE)
    return text


Text = str | None
Item = TypeVar("Item")
Some = Annotated[tuple[Item, ...], Field(max_length=MAX_CLAIMS)]
DateTime = Annotated[str, AfterValidator(_date_time)]
Exact = Annotated[DateTime, AfterValidator(_exact)]


class Fhir(BaseModel):
    """An element of R4, named as there."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, alias_generator=to_camel)


class Coding(Fhir):
    system: Text = None
    code: Text = None
    display: Text = None


class Concept(Fhir):
    coding: Some[Coding] = ()
    text: Text = None


class Reference(Fhir):
    reference: Text = None


class Period(Fhir):
    start: DateTime | None = None


class Extension(Fhir):
    url: str
    value_codeable_concept: Concept | None = None


class Identifier(Fhir):
    extension: Some[Extension] = ()
    system: Text = None
    value: Text = None


class HumanName(Fhir):
    """A name in parts; the text is read only where there are none."""

    use: Text = None
    text: Text = None
    family: NameText | None = None
    given: Annotated[tuple[NameText, ...], Field(max_length=10)] = ()

    @property
    def whole(self) -> str | None:
        return " ".join([*self.given, *([self.family] if self.family else [])]) or self.text

    @model_validator(mode="after")
    def _is_a_name(self) -> Self:
        if sum(map(len, self.given)) > MAX_GIVEN:
            raise refusal(ProblemReason.TOO_LONG)
        if self.whole is not None and self.whole == self.text:
            _NAME.validate_python(self.text)
        return self


class Communication(Fhir):
    language: Concept = Concept()


class Patient(Fhir):
    id: Text = None
    identifier: Some[Identifier] = ()
    name: Some[HumanName] = ()
    gender: Literal["female", "male", "other", "unknown"] = "unknown"
    birth_date: BornOn | None = None
    communication: Some[Communication] = ()
    general_practitioner: Some[Reference] = ()


class Encounter(Fhir):
    identifier: Some[Identifier] = ()
    status: Text = None
    class_: Coding = Field(default=Coding(), alias="class")
    period: Period = Period()
    reason_code: Some[Concept] = ()


class ServiceRequest(Fhir):
    status: Text = None
    authored_on: DateTime | None = None
    occurrence_date_time: DateTime | None = None
    occurrence_period: Period = Period()
    reason_code: Some[Concept] = ()
    subject: Reference = Reference()


class Flag(Fhir):
    status: str
    category: Some[Concept] = ()
    code: Concept
    subject: Reference = Reference()


class Observation(Fhir):
    status: str
    code: Concept
    subject: Reference = Reference()
    value_boolean: bool | None = None
    value_string: Text = None
    value_codeable_concept: Concept = Concept()


class Condition(Fhir):
    clinical_status: Concept = Concept()
    verification_status: Concept = Concept()
    code: Concept = Concept()
    subject: Reference = Reference()


class Entry(Fhir):
    full_url: Text = None
    resource: dict[str, Any]


class Bundle(Fhir):
    """A message of one patient: what is said of them, by whom, to whom."""

    resource_type: Literal["Bundle"]
    id: Text = None
    type: Literal["message"]
    timestamp: Exact
    entry: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=MAX_RESOURCES)]


READ: dict[str, type[Fhir]] = {
    kind.__name__: kind for kind in (Patient, Encounter, ServiceRequest, Flag, Observation, Condition)
}
