"""Which format a file is in is told by its content, and each agency's files are cut with what it reads."""

import pytest

from services.core.codes import OrganisationKind, Sector
from services.core.statements import Opened, ProblemReason
from services.formats.catalogue import READS, cut_files, read, too_large
from tests.formats.documents import RECEIVED, example, lines
from tests.formats.returns import table

HEADER = table("header", "1,2,01/01/2010,AOTH,U1,,")
MISSING = table("missing", "1,01/01/2010,M,03/02/2026,")
JSON = lines(example("ReferralDecided"))


def test_every_agency_reads_something() -> None:
    assert all(READS[sector] for sector in Sector)


def test_files_of_several_formats_are_cut_apart_and_those_of_one_together() -> None:
    parts = cut_files(Sector.LOCAL_AUTHORITY, [HEADER, JSON, MISSING])
    assert [(part.cut.format, part.files, part.cut.tables) for part in parts] == [
        ("ssda903", (0, 2), ("header", "missing")),
        ("lantern/1", (1,), ("lantern",)),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", ProblemReason.EMPTY_FILE),
        (b" \r\n\r\n", ProblemReason.EMPTY_FILE),
        (b"\x89PNG", ProblemReason.UNKNOWN_FORMAT),
        (b"CHILD\r\n1", ProblemReason.UNKNOWN_FORMAT),
    ],
)
def test_a_file_that_nobody_reads_is_a_problem_of_its_own(content: bytes, reason: ProblemReason) -> None:
    unread, part = cut_files(Sector.LOCAL_AUTHORITY, [content, HEADER])
    assert ([problem.reason for problem in unread.cut.problems], len(part.cut.records)) == ([reason], 1)


def test_a_file_that_this_agency_does_not_read_and_that_reports_missing_children_raises_the_alarm() -> None:
    (part,) = cut_files(Sector.POLICE, [MISSING])
    assert part.cut.problems[0].missing_report
    record = read(Sector.POLICE, Opened("unknown", "O", OrganisationKind.POLICE_FORCE, RECEIVED, part.cut.records[0]))
    assert record.problems == part.cut.problems


@pytest.mark.parametrize(("start", "alarm"), [(MISSING, True), (HEADER, False)])
def test_a_file_that_is_too_large_is_looked_at_for_missing_reports(start: bytes, alarm: bool) -> None:  # noqa: FBT001 - the expected answer
    cut = too_large(start)
    assert (cut.problems[0].reason, cut.problems[0].missing_report, len(cut.records)) == (
        ProblemReason.FILE_TOO_LARGE,
        alarm,
        int(alarm),
    )


def test_a_record_in_a_format_that_this_agency_does_not_read_may_have_been_a_missing_report() -> None:
    record = read(Sector.HEALTH, Opened("ssda903", "O", OrganisationKind.HEALTH_BODY, RECEIVED, {}))
    assert [(problem.reason, problem.missing_report) for problem in record.problems] == [
        (ProblemReason.UNKNOWN_FORMAT, True)
    ]


def test_wherever_in_an_unreadable_file_a_missing_report_stands_it_is_heard() -> None:
    (part,) = cut_files(Sector.POLICE, [b"\x89PNG" + bytes(200_000) + b"child missing"])
    assert [problem.missing_report for problem in part.cut.problems] == [True]
