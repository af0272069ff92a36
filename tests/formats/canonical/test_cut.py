"""Canonical JSON as one object, an array or JSON Lines: one record a child, and what no record could take."""

import json
from typing import Any

import orjson
import pytest

from services.core.codes import OrganisationKind
from services.core.statements import MAX_PROBLEMS, Opened, ProblemReason
from services.formats.canonical.cut import SHAPE, cut
from services.formats.canonical.documents import NAME
from services.formats.canonical.parse import parse
from services.formats.cut import MAX_FILE_ITEMS, MAX_RECORD_ITEMS, alarm_of
from services.formats.json_cut import MAX_RECORD_BYTES, is_json
from services.wire.submissions import MAX_CONTENT_BYTES, canonical
from tests.formats.documents import RECEIVED, example, lines, records

ONE = example("ReferralDecided")
SAME = example("ReferralDecided", key="referral-2")
OTHER = example("ReferralDecided", source__child="CHILD-2")


def reads(plaintext: bytes) -> bool:
    """Whether a processor can read it."""
    try:
        orjson.loads(plaintext)
    except orjson.JSONDecodeError:
        return False
    return True


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


def test_documents_of_one_record_of_the_hub_that_name_another_system_stand_in_records_of_their_own() -> None:
    alone, named, null = (
        example("PlacementThreatSeen", key=key, source={"subject_id": "a" * 32, **system}, subject={})
        for key, system in (("1", {}), ("2", {"system": "duty-log"}), ("3", {"system": None}))
    )
    made = cut([lines(alone, named, null)]).records
    read = [parse(Opened(NAME, "O", OrganisationKind.LOCAL_AUTHORITY, RECEIVED, record)) for record in made]
    assert [(len(one.statements), one.problems) for one in read] == [(2, ()), (1, ())]


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
        (b"5", ProblemReason.MALFORMED),
        (b'{"a": "' + b"a" * SHAPE.max_bytes + b'"}', ProblemReason.TOO_LONG),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_its_neighbours_live(line: bytes, reason: ProblemReason) -> None:
    content = b"\n".join([lines(ONE), line, lines(OTHER)])
    assert (found(content), records(content)) == ([(2, reason)], [[ONE], [OTHER]])


def test_a_key_said_twice_refuses_one_object_of_an_array() -> None:
    content = b"[" + lines(ONE) + b', {"a": 1, "a": 2}]'
    assert (found(content), records(content)) == ([(2, ProblemReason.DUPLICATE_KEY)], [[ONE]])


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e999"])
def test_a_number_that_no_reader_holds_is_sent_as_it_was_said_for_the_processor_to_refuse(number: bytes) -> None:
    report = lines(example("ChildMissing"))[:-1] + b', "a": ' + number + b"}"
    sent = cut([b"\n".join([lines(ONE), report, lines(OTHER)])])
    plaintexts = [canonical(record) for record in sent.records]
    assert (sent.problems, [reads(plaintext) for plaintext in plaintexts]) == ((), [True, False, True])


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e999"])
def test_a_number_that_no_reader_holds_keeps_nobody_from_reading_what_else_is_said_of_the_child(number: bytes) -> None:
    unheld = lines(SAME)[:-1] + b', "a": ' + number + b"}"
    sent = [
        canonical(record)
        for record in cut(
            [b"\n".join([lines(ONE), unheld, lines(example("ChildMissing", source=ONE["source"]))])]
        ).records
    ]
    assert [(reads(plaintext), b"ChildMissing" in plaintext) for plaintext in sent] == [(True, True), (False, False)]


def test_a_missing_report_behind_many_other_faults_keeps_its_alarm() -> None:
    faults = [b"5", lines(ONE)] * (MAX_PROBLEMS + 1)
    sent = cut([b"\n".join([*faults, b"{broken " + lines(example("ChildMissing"))])])
    assert [alarm.row for record in sent.records if (alarm := alarm_of(record))] == [len(faults) + 1]


def test_a_key_said_twice_hides_no_missing_report() -> None:
    twice = b'{"event": "ChildMissing", "event": "ReferralMade"}'
    assert [problem.missing_report for problem in cut([twice]).problems] == [True]


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


@pytest.mark.parametrize("letters", [0, 1, 500, 2_000, 8_000, 20_000])
def test_whatever_is_told_of_a_child_fits_the_envelopes_that_it_is_cut_into(letters: int) -> None:
    told = lines(
        *[example("ChildMissing", key=str(number), narrative="\u017e" * (letters // 2)) for number in range(600)]
    )
    sent = cut([told])
    assert sent.problems == ()
    assert all(len(canonical(record)) <= MAX_CONTENT_BYTES - 1024 for record in sent.records)


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
