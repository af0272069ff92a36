"""Every format, and which agency reads which; a file's format is told by its content, never by its name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.core.codes import Sector
from services.core.statements import Opened, Problem, ProblemReason, Record
from services.formats import police_contact, police_missing, referral_form, ukba_port, ukba_screening
from services.formats.canonical import cut as canonical_cut
from services.formats.canonical import documents
from services.formats.canonical import parse as canonical_parse
from services.formats.cut import Cut, Format, alarm_of, alarms, looks_missing, nothing_read
from services.formats.fhir import cut as fhir_cut
from services.formats.fhir import parse as fhir_parse
from services.formats.json_cut import is_json
from services.formats.ssda903 import cut as ssda903_cut
from services.formats.ssda903 import parse as ssda903_parse
from services.formats.ssda903 import xml as ssda903_xml

SSDA903 = Format(ssda903_cut.NAME, ssda903_cut.recognise, ssda903_cut.cut, ssda903_parse.parse)
SSDA903_XML = Format(ssda903_xml.NAME, ssda903_xml.recognise, ssda903_xml.cut, ssda903_parse.parse)
CANONICAL = Format(documents.NAME, is_json, canonical_cut.cut, canonical_parse.parse)
FHIR = Format(fhir_cut.NAME, fhir_cut.recognise, fhir_cut.cut, fhir_parse.parse)
UNKNOWN = "unknown"
LOOKED_AT_BYTES = 64 * 1024  # of a file that is not read, to see whether it may hold missing reports

# The first that knows a file reads it; the canonical events, which any other JSON is taken for, come last.
_ALL: tuple[Format, ...] = (referral_form.FORMAT, CANONICAL)
READS: Mapping[Sector, tuple[Format, ...]] = {
    Sector.POLICE: (police_missing.FORMAT, police_contact.FORMAT, *_ALL),
    Sector.UKBA: (ukba_port.FORMAT, ukba_screening.FORMAT, *_ALL),
    Sector.LOCAL_AUTHORITY: (SSDA903, SSDA903_XML, *_ALL),
    Sector.HEALTH: (FHIR, *_ALL),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Files of one format cut together; `files` says which of the files given, in the order of `cut.tables`."""

    cut: Cut
    files: tuple[int, ...]


def cut_files(sector: Sector, contents: Sequence[bytes]) -> tuple[Part, ...]:
    """Cut files by what they contain; a file that this agency's processor does not read is a problem of its own."""
    by_format: dict[str, list[int]] = defaultdict(list)
    for number, content in enumerate(contents):
        by_format[_format_of(sector, content)].append(number)
    cuts = {form.name: form.cut for form in READS[sector]} | {UNKNOWN: _cut_unknown}
    return tuple(
        Part(cuts[name]([contents[number] for number in numbers]), tuple(numbers))
        for name, numbers in by_format.items()
    )


def too_large(content_start: bytes) -> Cut:
    """What a file above `MAX_FILE_BYTES` gives; its first `LOOKED_AT_BYTES` are enough."""
    return _refused([(content_start, ProblemReason.FILE_TOO_LARGE)])


def read(sector: Sector, opened: Opened) -> Record:
    """Read an opened record in its format; what no format of this agency reads may have been a missing report."""
    alarm = alarm_of(opened.record)
    if alarm is not None:
        return nothing_read(opened, alarm)
    for form in READS[sector]:
        if form.name == opened.format:
            return form.parse(opened)
    return nothing_read(opened, Problem(UNKNOWN, None, None, ProblemReason.UNKNOWN_FORMAT, missing_report=True))


def _format_of(sector: Sector, content: bytes) -> str:
    return next((form.name for form in READS[sector] if form.recognise(content)), UNKNOWN)


def _cut_unknown(contents: Sequence[bytes]) -> Cut:
    reasons = (ProblemReason.UNKNOWN_FORMAT if content.strip() else ProblemReason.EMPTY_FILE for content in contents)
    return _refused(list(zip(contents, reasons, strict=True)))


def _refused(files: Sequence[tuple[bytes, ProblemReason]]) -> Cut:
    tables = tuple(UNKNOWN if number == 1 else f"{UNKNOWN} {number}" for number in range(1, len(files) + 1))
    problems = tuple(
        Problem(table, None, None, reason, looks_missing(content))
        for table, (content, reason) in zip(tables, files, strict=True)
    )
    return Cut(UNKNOWN, tables, alarms(problems), problems)
