"""What `lantern publish` makes of files: records to send, and refusals with the place where a person finds them."""

import json
import os
from pathlib import Path

import pytest

from services.cli.sending import UNREADABLE_FILE, plan, refusal
from services.core.codes import Sector
from services.core.statements import SENTENCES, Problem, ProblemReason
from services.formats.cut import MAX_FILE_BYTES

DOCUMENT = {
    "format": "lantern/1",
    "event": "ChildMissing",
    "source": {"system": "missing-persons", "child": "REPORT-1"},
    "key": "2026-01-02",
    "occurred_at": "2026-01-02T22:15:00Z",
    "recorded_at": "2026-01-02T22:40:00Z",
    "role": "police_officer",
    "fact": {"kind": "missing"},
}


def file(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def report(path: Path, child: str = "REPORT-1", narrative: str = "") -> Path:
    source = {"system": "missing-persons", "child": child}
    return file(path, json.dumps({**DOCUMENT, "source": source, "narrative": narrative}))


def test_each_child_is_one_record(tmp_path: Path) -> None:
    files = [report(tmp_path / "1.json"), report(tmp_path / "2.json", "REPORT-2")]

    planned = plan(Sector.POLICE, files)

    assert (len(planned.outgoing), planned.refusals) == (2, ())
    assert all(one.is_of_a_child for one in planned.outgoing)


def test_a_problem_of_a_file_whose_name_is_no_utf8_can_be_told(tmp_path: Path) -> None:
    named = file(Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe9turn.csv")), "")

    (refused,) = plan(Sector.LOCAL_AUTHORITY, [named]).refusals

    assert refused.detail.encode().decode().startswith(f"{tmp_path}/r\ufffdturn.csv: ")


def test_a_problem_of_a_record_is_found_in_the_file_that_it_came_from(tmp_path: Path) -> None:
    files = [file(tmp_path / "empty.json", ""), report(tmp_path / "1.json"), report(tmp_path / "2.json", "REPORT-2")]

    planned = plan(Sector.POLICE, files)

    assert set(planned.outgoing[1].files.values()) == {str(tmp_path / "1.json"), str(tmp_path / "2.json")}


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as sparse:
        sparse.truncate(100 * 1024 * MAX_FILE_BYTES)  # read whole, it would fill any memory

    (refused,) = plan(Sector.LOCAL_AUTHORITY, [huge]).refusals

    assert (refused.record, refused.reason) == (None, "file_too_large")


def test_a_file_that_cannot_be_opened_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    planned = plan(Sector.POLICE, [tmp_path / "gone.json", report(tmp_path / "1.json")])

    assert [one.reason for one in planned.refusals] == [UNREADABLE_FILE]
    assert len(planned.outgoing) == 1


def test_a_missing_report_that_no_envelope_takes_is_told_of(tmp_path: Path) -> None:
    long = report(tmp_path / "1.json", narrative="long " * 300_000)

    planned = plan(Sector.POLICE, [long, report(tmp_path / "2.json", "REPORT-2")])

    assert [one.reason for one in planned.refusals] == ["too_long"]
    assert [one.is_of_a_child for one in planned.outgoing] == [True, False]


PLACES = [
    (Problem("header", 17, "DOB", ProblemReason.NOT_A_DATE), "h.csv row 17, column DOB: "),
    (Problem("header", 1, "column 5", ProblemReason.UNKNOWN_COLUMN), "h.csv row 1, column 5: "),
    (Problem("header", 3, None, ProblemReason.RAGGED_ROW), "h.csv row 3: "),
    (Problem("header", None, None, ProblemReason.EMPTY_FILE), "h.csv: "),
    (Problem("unreadable", None, None, ProblemReason.UNREADABLE_RECORD), "record 4: "),
]


@pytest.mark.parametrize(("problem", "place"), PLACES)
def test_a_refusal_says_where_and_why_in_fixed_words(problem: Problem, place: str) -> None:
    told = refusal(4, problem, {"header": "h.csv"})

    assert told.detail == place + SENTENCES[problem.reason]


def test_a_row_of_an_xml_return_is_told_by_its_table() -> None:
    told = refusal(4, Problem("episodes", 17, "DECOM", ProblemReason.NOT_A_DATE), {"xml": "return.xml"})

    assert told.detail.startswith("return.xml episodes row 17, column DECOM: ")


def test_of_two_xml_returns_a_row_is_told_by_its_own_file(tmp_path: Path) -> None:
    wrong = "<EXPSSDA903><CHILD><HEADER><CHILDID>{}</CHILDID><DOB>x</DOB></HEADER></CHILD></EXPSSDA903>"
    paths = [tmp_path / "a.xml", tmp_path / "b.xml"]
    for number, path in enumerate(paths):
        path.write_text(wrong.format(number), "utf-8")
    planned = plan(Sector.LOCAL_AUTHORITY, paths)
    tables = [one.record["rows"][0]["table"] for one in planned.outgoing]  # type: ignore[index]
    told = [
        refusal(number, Problem(table, 1, "DOB", ProblemReason.NOT_A_DATE), one.files).detail
        for number, (table, one) in enumerate(zip(tables, planned.outgoing, strict=True))
    ]
    assert [detail.partition(" ")[0] for detail in told] == [str(path) for path in paths]
