"""Canonical JSON as one object, an array or JSON Lines: one record a child, and what no record could take."""

import json
from typing import Any

import pytest

from services.core.statements import MAX_PROBLEMS, ProblemReason
from services.formats.canonical.cut import SHAPE, cut
from services.formats.cut import MAX_FILE_ITEMS, MAX_RECORD_ITEMS
from services.formats.json_cut import MAX_RECORD_BYTES, is_json
from tests.formats.documents import example, lines, records

ONE = example("ReferralDecided")
SAME = example("ReferralDecided", key="referral-2")
OTHER = example("ReferralDecided", source__child="CHILD-2")


def found(content: bytes) -> list[tuple[int | None, ProblemReason]]:
    return [(problem.row, problem.reason) for problem in cut([content]).problems]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([ONE, OTHER, SAME]).encode(),
        json.dumps([ONE, OTHER, SAME], indent=2).encode(),
        lines(ONE, OTHER, SAME),
        lines(ONE, OTHER, SAME).replace(b"\n", b"\r\n") + b"\r\n",
        b"\xef\xbb\xbf" + lines(ONE, OTHER, SAME),
    ],
)
def test_documents_of_one_child_are_one_record(content: bytes) -> None:
    assert records(content) == [[ONE, SAME], [OTHER]]


@pytest.mark.parametrize("indent", [None, 4])
def test_one_object_is_one_record(indent: int | None) -> None:
    assert records(json.dumps(ONE, indent=indent).encode()) == [[ONE]]


def test_one_child_of_two_files_is_one_record() -> None:
    assert len(cut([lines(ONE), lines(SAME)]).records) == 1


def test_a_document_without_a_child_goes_on_alone_so_that_its_processor_lists_what_is_wrong() -> None:
    nobodys: dict[str, Any] = {"event": "ReferralMade"}
    assert records(lines(nobodys, nobodys)) == [[nobodys], [nobodys]]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": ', ProblemReason.NOT_JSON),
        (b"not json", ProblemReason.NOT_JSON),
        (b'{"a": "\xe9"}', ProblemReason.NOT_UTF8),
        (b'{"a": "\\ud800"}', ProblemReason.NOT_UTF8),
        (b'{"a": 1, "a": 2}', ProblemReason.DUPLICATE_KEY),
        (b'{"b": [{"a": 1, "a": 2}]}', ProblemReason.DUPLICATE_KEY),
        (b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}", ProblemReason.TOO_DEEP),
        (b'{"a": ' + b"[" * 100_000, ProblemReason.TOO_DEEP),
        (b'{"a": ' + b"9" * 5000 + b"}", ProblemReason.NOT_JSON),
        (b'{"a": NaN}', ProblemReason.NOT_JSON),
        (b'{"a": [1e999]}', ProblemReason.NOT_JSON),
        (b"5", ProblemReason.MALFORMED),
        (b'{"a": "' + b"a" * SHAPE.max_bytes + b'"}', ProblemReason.TOO_LONG),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_its_neighbours_live(line: bytes, reason: ProblemReason) -> None:
    content = b"\n".join([lines(ONE), line, lines(OTHER)])
    assert (found(content), records(content)) == ([(2, reason)], [[ONE], [OTHER]])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(b'{"a": 1, "a": 2}', ProblemReason.DUPLICATE_KEY), (b'{"a": -Infinity}', ProblemReason.NOT_JSON)],
)
def test_what_is_no_json_to_others_refuses_one_object_of_an_array(bad: bytes, reason: ProblemReason) -> None:
    content = b"[" + lines(ONE) + b", " + bad + b"]"
    assert (found(content), records(content)) == ([(2, reason)], [[ONE]])


def test_a_lost_missing_report_is_a_record_that_raises_the_alarm() -> None:
    broken = lines(example("ChildMissing"))[:-5]
    made = cut([b"\n".join([lines(ONE), broken, lines(OTHER)])])
    assert [problem.missing_report for problem in made.problems] == [True]
    assert made.records[-1] == {"unreadable": {"table": "lantern", "row": 2, "reason": "not_json"}}


def test_a_broken_line_without_a_missing_report_raises_no_alarm() -> None:
    assert not cut([b"\n".join([lines(ONE), b'{"a": ', lines(OTHER)])]).problems[0].missing_report


def test_problems_of_a_file_are_listed_up_to_a_limit_and_the_last_says_so() -> None:
    content = lines(ONE, ONE, *[{}] * 1000).replace(b"{}", b"{x}")
    assert (len(found(content)), found(content)[-1][1]) == (MAX_PROBLEMS + 1, ProblemReason.TOO_MANY_PROBLEMS)


def test_more_objects_than_are_read_at_once_are_refused_before_they_are_parsed() -> None:
    assert found(b"[" + b"{}," * MAX_FILE_ITEMS + b"{}]") == [(1, ProblemReason.FILE_TOO_LARGE)]


def test_many_documents_of_a_child_are_several_records_that_each_fit_a_message() -> None:
    many = [example("ReferralDecided", key=str(number)) for number in range(MAX_RECORD_ITEMS + 1)]
    large = [example("ReferralDecided", narrative="a" * 20_000)] * 100
    assert [len(record) for record in records(lines(*many))] == [MAX_RECORD_ITEMS, 1]
    assert all(len(lines(*record)) <= MAX_RECORD_BYTES + len(record) for record in records(lines(*large)))


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (b"{}", True),
        (b" \n[", True),
        (b"\xef\xbb\xbf{", True),
        ("{}".encode("utf-16"), True),
        (b"CHILD,", False),
        (b"", False),
    ],
)
def test_json_is_told_by_its_first_sign(content: bytes, known: bool) -> None:  # noqa: FBT001 - the expected answer
    assert is_json(content) is known
