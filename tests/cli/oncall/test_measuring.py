"""What a drill measured: seconds from its beginning, and None for what has not happened."""

from typing import Any

from services.cli.oncall.measuring import is_answered, measured, sentences
from tests.builders import an_id

AT = "2026-11-22T23:00:{:02}+00:00"


def told(*traces: dict[str, Any], answered_at: str | None = None) -> dict[str, Any]:
    return {"alert_id": an_id(1), "opened_at": AT.format(0), "answered_at": answered_at, "traces": list(traces)}


def trace(way: str, stands: str, reason: str | None = None, **said: int) -> dict[str, Any]:
    times = {rung: AT.format(second) for rung, second in said.items()}
    return {"recipient": an_id(2), "way": way, "stands": stands, "reason": reason, "said": times}


def test_a_drill_that_nobody_was_told_of_has_no_times() -> None:
    found = measured(told())
    assert {name: value for name, value in found.items() if name.endswith("_seconds")} == {
        "first_sent_seconds": None,
        "first_delivered_seconds": None,
        "first_read_seconds": None,
        "answered_seconds": None,
    }
    assert not is_answered(found)


def test_the_first_page_that_came_so_far_counts() -> None:
    found = measured(told(trace("email", "sent", sent=4), trace("chat", "delivered", sent=2, delivered=9)))
    assert (found["first_sent_seconds"], found["first_delivered_seconds"]) == (2.0, 9.0)


def test_an_answer_ends_it() -> None:
    found = measured(told(answered_at=AT.format(30)))
    assert is_answered(found)
    assert found["answered_seconds"] == 30.0


def test_a_terminal_is_told_each_page_and_why_it_failed() -> None:
    lines = list(sentences(measured(told(trace("notify_sms", "failed", "refused")))))
    assert lines[-1] == f"  to {an_id(2)[:8]} by notify sms: failed (refused)"
