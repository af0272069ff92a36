"""What became of a submission, as people and programs read it."""

import io
from typing import Any

from rich.console import Console

from services.cli.sending import Outgoing, Plan, Refusal
from services.cli.summary import show, summarise
from services.wire.avro import Record
from tests.builders import an_id

FILES = {"header": "h.csv"}
CHILD = Outgoing("ssda903", {"child": "1", "rows": []}, FILES)
LOST = Outgoing("ssda903", {"unreadable": {"table": "header", "row": 2, "reason": "malformed"}}, FILES)
OF_A_FILE = Refusal(None, "empty_file", "e.csv: The file is empty.")
NOT_A_DATE = {"table": "header", "row": 2, "column": "DOB", "reason": "not_a_date", "missing_report": False}


def receipt(seq: int, outcome: str = "shared", *events: tuple[str, int], **more: Any) -> Record:
    return {
        "source_seq": seq,
        "outcome": outcome,
        "subject_id": an_id(seq + 1) if outcome == "shared" else None,
        "events": [{"event_type": kind, "event_id": an_id(number)} for kind, number in events],
        "problems": [],
        **more,
    }


def test_the_answer_for_programs_has_the_promised_keys() -> None:
    receipts = {0: receipt(0, "shared", ("ChildMissing", 1), ("ChildFound", 2)), 1: receipt(1, "held_back")}

    answer = summarise(an_id(9), Plan((CHILD, CHILD), ()), receipts).to_json()

    assert answer == {
        "records": 2,
        "shared": 1,
        "held_back": 1,
        "refused": [],
        "events": {"ChildFound": 1, "ChildMissing": 1},
        "unanswered": 0,
        "submission": an_id(9),
        "subjects": [an_id(1)],
    }


def test_an_event_that_two_records_say_is_one_event() -> None:
    receipts = {seq: receipt(seq, "shared", ("ChildMissing", 1)) for seq in (0, 1)}

    assert summarise(an_id(9), Plan((CHILD, CHILD), ()), receipts).events == {"ChildMissing": 1}


def test_what_the_processor_refuses_is_told_with_file_row_and_column() -> None:
    receipts = {0: receipt(0, "refused", problems=[NOT_A_DATE])}

    (refused,) = summarise(an_id(9), Plan((CHILD,), ()), receipts).refused

    assert (refused.record, refused.reason) == (0, "not_a_date")
    assert refused.detail.startswith("h.csv row 2, column DOB: ")


def test_a_lost_missing_report_is_refused_once_and_counts_as_no_record() -> None:
    receipts = {0: receipt(0, "refused", problems=[NOT_A_DATE])}

    summary = summarise(an_id(9), Plan((LOST,), (OF_A_FILE,)), receipts)

    assert (summary.records, summary.refused) == (0, (OF_A_FILE,))


def test_a_record_without_a_receipt_is_unanswered() -> None:
    assert summarise(an_id(9), Plan((CHILD, LOST), ()), {0: receipt(0)}).unanswered == 1


def test_a_record_that_its_processor_could_not_even_open_is_refused() -> None:
    receipts = {-1: receipt(-1, "refused", problems=[NOT_A_DATE | {"reason": "unreadable_record"}])}

    summary = summarise(an_id(9), Plan((CHILD,), ()), receipts)

    assert [(one.record, one.reason) for one in summary.refused] == [(None, "unreadable_record")]


def test_a_reason_that_this_edition_does_not_know_is_told_all_the_same() -> None:
    receipts = {0: receipt(0, "refused", problems=[NOT_A_DATE | {"reason": "of_tomorrow"}])}

    (refused,) = summarise(an_id(9), Plan((CHILD,), ()), receipts).refused

    assert refused.reason == "unreadable_record"


def test_people_see_no_more_refusals_than_they_can_read() -> None:
    shown = Console(file=io.StringIO(), width=100)

    show(shown, summarise(an_id(9), Plan((), (OF_A_FILE,) * 50), {}))

    assert isinstance(shown.file, io.StringIO)
    assert shown.file.getvalue().count("The file is empty.") == 20
    assert "and 30 more" in shown.file.getvalue()
