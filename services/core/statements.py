"""What one record of an agency says of one child, before it is decided what of it is shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.claims import Subject
from services.core.codes import OrganisationKind, Precision, Role
from services.core.facts import ChildFound, Fact
from services.core.ids import EventId, SubjectId

MAX_PROBLEMS = 200
SEVERAL = " | "
"""Parts several texts under one key of a sealed location."""
NOBODY_NAMED = Subject()
_A_DAY = timedelta(days=1)  # a day is given without its zone
_AN_HOUR = timedelta(hours=1)  # as far as summer time is ahead of UTC


class ProblemReason(StrEnum):
    """Why something was refused. The sentence for people is in `SENTENCES`."""

    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    UNKNOWN_FORMAT = "unknown_format"
    NOT_UTF8 = "not_utf8"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    RAGGED_ROW = "ragged_row"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_PROBLEMS = "too_many_problems"
    DUPLICATE_ROW = "duplicate_row"
    EMPTY_CELL = "empty_cell"
    TOO_LONG = "too_long"
    NOT_A_DATE = "not_a_date"
    UNKNOWN_CODE = "unknown_code"
    MALFORMED = "malformed"
    NOT_IN_HEADER = "not_in_header"
    ENDS_BEFORE_START = "ends_before_start"
    BORN_AFTER_FACT = "born_after_fact"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    DUPLICATE_KEY = "duplicate_key"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    NOT_AN_IDENTIFIER = "not_an_identifier"
    IN_THE_FUTURE = "in_the_future"
    NOT_AUTHORISED_TO_SAY = "not_authorised_to_say"
    ADULT_AT_DATE_OF_FACT = "adult_at_date_of_fact"
    UNREADABLE_RECORD = "unreadable_record"


SENTENCES: dict[ProblemReason, str] = {
    ProblemReason.EMPTY_FILE: "The file is empty.",
    ProblemReason.FILE_TOO_LARGE: "The file has over 64 MiB or a million rows and was not read; send it in parts.",
    ProblemReason.UNKNOWN_FORMAT: "This is in no format that the hub reads for this agency.",
    ProblemReason.NOT_UTF8: "The bytes are not UTF-8 text: save the file as UTF-8, and send it again.",
    ProblemReason.MISSING_COLUMN: "A column that this table must have is not there.",
    ProblemReason.UNKNOWN_COLUMN: "This table has no column of this name.",
    ProblemReason.RAGGED_ROW: "The row does not have as many cells as the table has columns.",
    ProblemReason.TOO_MANY_ROWS: "One child has more rows than the hub reads.",
    ProblemReason.TOO_MANY_PROBLEMS: "There are more problems of this kind than are listed.",
    ProblemReason.DUPLICATE_ROW: "Another row says something else about the same fact.",
    ProblemReason.EMPTY_CELL: "This cell must not be empty.",
    ProblemReason.TOO_LONG: "The text is longer than it may be.",
    ProblemReason.NOT_A_DATE: "This is not a day in the calendar, written as the format asks.",
    ProblemReason.UNKNOWN_CODE: "This code is not on the list.",
    ProblemReason.MALFORMED: "The value does not have the form that it must have.",
    ProblemReason.NOT_IN_HEADER: "The child is not in the header table.",
    ProblemReason.ENDS_BEFORE_START: "The end lies before the start.",
    ProblemReason.BORN_AFTER_FACT: "The date of birth lies after the date of the fact.",
    ProblemReason.NOT_JSON: "This is not whole JSON: it was cut short or has a slip in it. Mend it, and send it again.",
    ProblemReason.TOO_DEEP: "The JSON is nested too deeply.",
    ProblemReason.DUPLICATE_KEY: "A JSON object has one key twice.",
    ProblemReason.MISSING_FIELD: "A field that must be there is not.",
    ProblemReason.UNKNOWN_FIELD: "There is a field that the format does not have.",
    ProblemReason.NOT_AN_IDENTIFIER: "The number does not have the form or check digit of its scheme.",
    ProblemReason.IN_THE_FUTURE: "The fact is said to have happened after it was received.",
    ProblemReason.NOT_AUTHORISED_TO_SAY: "This kind of body, or this role in it, may not say this.",
    ProblemReason.ADULT_AT_DATE_OF_FACT: "The person was undisputedly an adult at the date of the fact.",
    ProblemReason.UNREADABLE_RECORD: "The record does not have the shape of its format.",
}


class LocationKey(StrEnum):
    """What can locate a child, or an adult who approaches: the only keys of a sealed location (design section 6)."""

    ADDRESS = "address"
    POSTCODE = "postcode"
    HOME_ADDRESS = "home_address"
    HOME_POSTCODE = "home_postcode"
    PLACEMENT_ADDRESS = "placement_address"
    PLACEMENT_POSTCODE = "placement_postcode"
    PLACEMENT_TYPE = "placement_type"
    PLACEMENT_PROVIDER = "placement_provider"
    PROVIDER_URN = "provider_urn"
    LAST_SEEN = "last_seen"
    COORDINATES = "coordinates"
    TELEPHONE = "telephone"
    EMAIL = "email"
    IP_ADDRESS = "ip_address"
    CARER = "carer"
    RELATED_PERSON = "related_person"
    BIRTHPLACE = "birthplace"
    SCHOOL = "school"
    GENERAL_PRACTICE = "general_practice"
    PHARMACY = "pharmacy"
    HOSPITAL = "hospital"
    PORT = "port"
    OFFICE = "office"
    FORCE = "force"
    COURT = "court"
    AUTHOR = "author"
    TRANSPORT = "transport"
    UPN = "upn"
    LOCAL_ID = "local_id"
    ENQUIRER_REFERENCE = "enquirer_reference"
    ENQUIRER_NAME = "enquirer_name"
    ENQUIRER_ADDRESS = "enquirer_address"
    ENQUIRER_TELEPHONE = "enquirer_telephone"
    ENQUIRER_EMAIL = "enquirer_email"
    ENQUIRER_DOCUMENT = "enquirer_document"
    ADULT_NAME = "adult_name"
    ADULT_ADDRESS = "adult_address"
    ADULT_TELEPHONE = "adult_telephone"
    ADULT_EMAIL = "adult_email"
    ADULT_DOCUMENT = "adult_document"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where a person finds it, without any value.

    `row` counts as a person does: 1 is a table's header row, or a file's first JSON document. `column` is a column's
    name or a JSON path. `missing_report`: what could not be read is recognisably a report that a child is missing.
    """

    table: str
    row: int | None
    column: str | None
    reason: ProblemReason
    missing_report: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """Who says a record, as their signed identity token shows: `subject` is their `sub` at the identity provider."""

    subject: str
    role: Role


NOBODY_SHOWN = Author("", Role.UNVERIFIED)
"""The author where a token came and does not hold: heard as somebody unverified, whatever the record says."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A record of an agency as it came out of its envelope; `record` is any JSON object and not yet to be trusted.

    `author` is None where no identity token came with it; with one, organisation and kind are those of the token.
    Like all that holds a place or a tale, it keeps it out of its own text, so that no log or error can repeat it.
    """

    format: str
    organisation: str = field(repr=False)
    organisation_kind: OrganisationKind
    submitted_at: datetime
    record: Mapping[str, object] = field(repr=False)
    author: Author | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as its agency says it; `natural_key` names it among the child's facts of its type.

    `episode_key` is the natural key of this agency's own ChildMissing, `enquirer_reference` its own reference of an
    enquirer, and `people` the fact's fields that name a person, with their `sub`: all become keyed handles.
    `location` and `narrative` are only ever sealed.
    """

    fact: Fact
    natural_key: str = field(repr=False)
    occurred_at: datetime | None
    precision: Precision
    recorded_at: datetime
    role: Role
    table: str
    row: int
    subject: Subject = NOBODY_NAMED
    episode_key: str | None = field(default=None, repr=False)
    enquirer_reference: str | None = field(default=None, repr=False)
    people: Mapping[str, str] = field(default_factory=dict, repr=False)
    in_answer_to: EventId | None = None
    location: Mapping[str, str] = field(default_factory=dict, repr=False)
    narrative: str = field(default="", repr=False)

    @property
    def may_be_ahead(self) -> timedelta:
        """How far its time may be ahead of ours; an ending of every episode would end what is reported until then."""
        ends_all = isinstance(self.fact, ChildFound) and self.fact.episode is None and self.episode_key is None
        return _AN_HOUR if ends_all else _A_DAY


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that one submission says of one child, and everything in it that could not be read.

    `source_id` is the child in the agency's `system`; `subject_id` stands in its place where people decide about
    records that are already in the hub. With neither, nothing could be read.
    """

    organisation: str = field(repr=False)
    organisation_kind: OrganisationKind
    system: str = field(repr=False)
    source_id: str | None = field(default=None, repr=False)
    subject_id: SubjectId | None = None
    sealed_identifiers: Mapping[str, str] = field(default_factory=dict, repr=False)
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()


def listed(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """At most `MAX_PROBLEMS`, each once, those of missing reports first."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: not problem.missing_report)[:MAX_PROBLEMS])
