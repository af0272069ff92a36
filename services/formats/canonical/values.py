"""The values that a canonical document may hold: each type refuses what has another form, and free text most of all."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from nhs_number.standardise import standardise_format
from nhs_number.validate import is_valid
from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.core.codes import IdentifierScheme
from services.core.statements import SENTENCES, ProblemReason
from services.formats.canonical.iso import COUNTRIES, LANGUAGES

EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
_BIRTH = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_NAME_MARKS = " -'.\N{RIGHT SINGLE QUOTATION MARK}"
_WITHOUT_MARKS = str.maketrans("", "", _NAME_MARKS)
_IDENTIFIERS = {
    IdentifierScheme.HOME_OFFICE_REFERENCE: re.compile(
        r"[A-Z][0-9]{6,8}(/[0-9]{1,3})?|[0-9]{4}(-[0-9]{4}){3}", re.ASCII
    ),
    IdentifierScheme.PNC_ID: re.compile(r"([0-9]{2}|[0-9]{4})/[0-9]{1,7}[A-Z]", re.ASCII),
    IdentifierScheme.PASSPORT: re.compile(r"(?=.*[0-9])[A-Z0-9]{6,15}", re.ASCII),
    IdentifierScheme.NRM_REFERENCE: re.compile(r"(?=.*[0-9])[A-Z0-9/-]{4,20}", re.ASCII),
}
# A postcode, a telephone, a UPN (its digits 2 to 4 are its authority's): each has the form of a number, and locates.
_LOCATES = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}|(0|44)[1-9][0-9]{8,9}|[A-Z][0-9]{11}[0-9A-Z]", re.ASCII)
_SIGNS = re.compile("[^0-9A-Z]")

DateOrTime = TypeVar("DateOrTime", date, datetime)


def refusal(reason: ProblemReason) -> PydanticCustomError:
    """What a validator raises: the reason and its sentence, never the value."""
    return PydanticCustomError(reason.value, SENTENCES[reason])


def standard_identifier(scheme: IdentifierScheme, value: str) -> str | None:
    """The identifier in the one form in which it is compared, or None if it is none of its scheme.

    What looks like a postcode, a telephone or a UPN is refused, so that no place is shared as a number.
    """
    if not value.isascii():
        return None
    if scheme is IdentifierScheme.NHS_NUMBER:
        return str(standardise_format(value)) if is_valid(value) else None
    compact = value.replace(" ", "").upper()
    if _LOCATES.fullmatch(_SIGNS.sub("", compact)) or not _IDENTIFIERS[scheme].fullmatch(compact):
        return None
    return compact


def _day(value: object) -> date:
    try:
        return _possible(date.fromisoformat(_text(value, _DAY)))
    except ValueError:
        raise refusal(ProblemReason.NOT_A_DATE) from None


def _instant(value: object) -> datetime:
    try:
        return _possible(datetime.fromisoformat(_text(value, _INSTANT))).astimezone(UTC)
    except ValueError:
        raise refusal(ProblemReason.NOT_A_DATE) from None


def _day_or_instant(value: object) -> date:
    return _instant(value) if isinstance(value, str) and "T" in value else _day(value)


def _birth_date(value: object) -> str:
    try:
        text = _text(value, _BIRTH)
        _possible(date.fromisoformat(text + "-01-01"[len(text) - len("YYYY") :]))
    except ValueError:
        raise refusal(ProblemReason.NOT_A_DATE) from None
    return text


def _text(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError
    return value


def _possible(day: DateOrTime) -> DateOrTime:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValueError
    return day


def _name(text: str) -> str:
    """Letters of any script, their marks, and what stands between the parts of a name: no digits, no other signs."""
    others = text.translate(_WITHOUT_MARKS)
    if not others.isalpha() and any(unicodedata.category(letter)[0] not in "LM" for letter in others):
        raise refusal(ProblemReason.MALFORMED)
    return text


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise refusal(ProblemReason.UNKNOWN_CODE)
    return code


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise refusal(ProblemReason.UNKNOWN_CODE)
    return code


def _printable(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise refusal(ProblemReason.MALFORMED)
    return text


def _schema(description: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "pattern": pattern})


Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
DayOrInstant = Annotated[
    date,
    PlainValidator(_day_or_instant),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
BornOn = Annotated[str, PlainValidator(_birth_date), _schema("YYYY-MM-DD, YYYY-MM or YYYY", f"^{_BIRTH.pattern}$")]
NameText = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_name)]
Country = Annotated[str, AfterValidator(_country), _schema("ISO 3166-1 alpha-2", "^[A-Z]{2}$")]
Language = Annotated[str, AfterValidator(_language), _schema("ISO 639-1", "^[a-z]{2}$")]
Key = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]
HubId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
SealedText = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]
Narrative = Annotated[str, Field(max_length=20_000)]
