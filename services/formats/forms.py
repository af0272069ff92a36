"""Read the agencies' own forms strictly: each is a model and what it says; all are cut and read in the same way.

A form with anything wrong is refused whole, with every problem; if it reports a missing child, that report is said all
the same without the parts that cannot be read, and what cannot be said at all raises the alarm (¶5.73-5.74).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Generic, TypeVar

from pydantic import ValidationError

from services.core.facts import ChildFound, ChildMissing, Fact, Sighting
from services.core.ids import EventId
from services.core.indicators import Indicator
from services.core.statements import Opened, Problem, ProblemReason, Record, Statement
from services.formats.canonical.documents import Strict
from services.formats.canonical.parse import when
from services.formats.cut import Cut, Format, looks_missing, nothing_read
from services.formats.form_parts import AgencyForm, Missing, Occasion, sealed, subject_of
from services.formats.json_cut import JsonShape, child_of_source, cut_documents, is_json
from services.formats.strict import (
    CutDocument,
    CutRecord,
    Path,
    Wrong,
    as_json,
    field_names,
    problems_of,
    without,
    wrongs_of,
)

OfForm = TypeVar("OfForm", bound=AgencyForm)


@dataclass(frozen=True, slots=True)
class Told(Generic[OfForm]):
    """A form that could be read, and where it stood."""

    place: CutDocument
    form: OfForm

    def says(self, fact: Fact, at: date | None, *where: Strict, key: str | None = None) -> Statement:
        """The fact as the form says it; `where` are the parts that are sealed with it, beside the child's own."""
        occurred_at, precision = when(at)
        form = self.form
        return Statement(
            fact=fact,
            natural_key=key or form.reference,
            occurred_at=occurred_at,
            precision=precision,
            recorded_at=form.written_at,
            role=form.written_by.role,
            table=self.place.table,
            row=self.place.row,
            subject=subject_of(form.child),
            in_answer_to=EventId(form.in_answer_to) if form.in_answer_to else None,
            location=sealed(form.child, form.written_by, *where, adults=form.adults),
            narrative=form.in_words,
        )

    def says_missing(self, missing: Missing | None, indicators: tuple[Indicator, ...]) -> Iterator[Statement]:
        """The report that the child is missing, if the form makes one; the report's own reference names the episode."""
        if missing is not None:
            yield self.says(ChildMissing(missing.kind, indicators), missing.at, missing)

    def says_of_missing(self, fact: Sighting | ChildFound, at: Occasion, key: str | None = None) -> Statement:
        """What became of the child that this form reports missing."""
        return replace(self.says(fact, at.at, at, key=key), episode_key=self.form.reference)


def _never(_document: Mapping[str, object]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class FormKind(Generic[OfForm]):
    """One form: its name with version, its table in problems, its model, and what it says.

    `reports_missing` tells of a form that cannot be read whether it reports a missing child, beside those that look so.
    """

    name: str
    table: str
    model: type[OfForm]
    say: Callable[[Told[OfForm]], Iterator[Statement]]
    reports_missing: Callable[[Mapping[str, object]], bool] = field(default=_never)

    def may_report_missing(self, document: Mapping[str, object]) -> bool:
        text, unknown = as_json(document), document.keys() - self.model.model_fields.keys()
        missing = document.get("missing") is not None or self.reports_missing(document)
        return missing or text is None or looks_missing(text) or any("missing" in name.lower() for name in unknown)


def format_of(kind: FormKind[OfForm]) -> Format:
    """The form as a format of the catalogue; a version that is not read is told, and refused at `format`."""
    family = kind.name.split("/", maxsplit=1)[0]
    mark = re.compile(rb'"format"\s{0,99}:\s{0,99}"%s/' % family.encode())
    shape = JsonShape(kind.name, kind.table, child_of_source)
    return Format(kind.name, partial(_recognise, mark), partial(_cut, shape), partial(_parse, kind))


def _recognise(mark: re.Pattern[bytes], content: bytes) -> bool:
    return is_json(content) and mark.search(content) is not None


def _cut(shape: JsonShape, files: Sequence[bytes]) -> Cut:
    return cut_documents(shape, files)


@dataclass(frozen=True, slots=True)
class _Read(Generic[OfForm]):
    """What came of one document; `whole` is false where only the report of a missing child could be read."""

    told: Told[OfForm] | None
    problems: tuple[Problem, ...] = ()
    whole: bool = True

    def statements(self, kind: FormKind[OfForm]) -> Iterator[Statement]:
        said = kind.say(self.told) if self.told else iter(())
        return (each for each in said if self.whole or isinstance(each.fact, ChildMissing))


def _parse(kind: FormKind[OfForm], opened: Opened) -> Record:
    """What the documents say; a record without the shape of one may have been a missing report."""
    try:
        cut = CutRecord.model_validate(opened.record)
    except ValidationError:
        return nothing_read(
            opened, Problem(kind.table, None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True)
        )
    found = [_read(kind, place) for place in cut.documents]
    source = next((read.told.form.source for read in found if read.told), None)
    found = [_of_the_same_child(kind, read, source) for read in found]
    record = Record(
        opened.organisation,
        opened.organisation_kind,
        system=kind.name,
        statements=tuple(said for read in found for said in read.statements(kind)),
        problems=tuple(problem for read in found for problem in read.problems),
    )
    if source is None:
        return record
    own = {"system": source.system, "child": source.child}
    return replace(record, system=source.system, source_id=source.child, sealed_identifiers=own)


def _of_the_same_child(kind: FormKind[OfForm], read: _Read[OfForm], source: object) -> _Read[OfForm]:
    if read.told is None or read.told.form.source == source:
        return read
    wrong: Path = ("source",)
    return _Read(None, _problems(kind, read.told.place, [(wrong, ProblemReason.MALFORMED)]))


def _read(kind: FormKind[OfForm], place: CutDocument) -> _Read[OfForm]:
    try:
        return _Read(Told(place, _validated(kind, place.document)))
    except ValidationError as error:
        wrongs = wrongs_of(error)
    problems = _problems(kind, place, wrongs)
    # What is nested too deeply to be written is too deep to be copied; nothing of it could be read.
    if as_json(place.document) is None or not kind.may_report_missing(place.document):
        return _Read(None, problems)
    try:
        spared = Told(place, _validated(kind, without(place.document, [path for path, _ in wrongs])))
    except ValidationError:
        return _Read(None, problems)
    if not any(isinstance(said.fact, ChildMissing) for said in kind.say(spared)):
        return _Read(None, problems)
    return _Read(spared, tuple(replace(problem, missing_report=False) for problem in problems), whole=False)


def _validated(kind: FormKind[OfForm], document: Mapping[str, object]) -> OfForm:
    """Read as JSON text, in which a date is a text and a list a list."""
    return kind.model.model_validate_json(as_json(document) or b"")


def _problems(kind: FormKind[OfForm], place: CutDocument, wrongs: list[Wrong]) -> tuple[Problem, ...]:
    return problems_of(place, wrongs, _names(kind.model), kind.may_report_missing)


@cache
def _names(model: type[AgencyForm]) -> frozenset[str]:
    return field_names(model)
