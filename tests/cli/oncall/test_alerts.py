"""`lantern oncall alerts` and `ack` show what on-call tells, and ask only what makes sense."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.cli.oncall.alerts import alert_page, list_page
from tests.builders import an_id

OFFICER, ALERT = an_id(0xABCDEF << 104), an_id(0x123456 << 104)
CALL = {
    "agency": "police",
    "status": "answered",
    "round": 1,
    "next_at": "2026-01-01T04:00:00Z",
    "answer": "search_begun",
    "answered_by": OFFICER,
    "answered_at": "2026-01-01T00:00:00Z",
}
OWED = {**CALL, "agency": "local_authority", "status": "owed", "answer": None, "answered_by": None}
PAGE = {"agency": "police", "recipient": OFFICER, "due_at": "2026-01-01T00:00:00Z", "sent_at": None}
SHOWN: dict[str, Any] = {
    "alert_id": ALERT,
    "kind": "missing",
    "state": "open",
    "severity": "critical",
    "reasons": ["reported_missing", "young"],
    "opened_at": "2026-01-01T00:00:00Z",
    "owner": OFFICER,
    "owner_agency": "police",
    "calls": [CALL, OWED],
    "pages": [PAGE, {**PAGE, "recipient": None}],
}


def printed(page: Any) -> str:
    text = StringIO()
    Console(width=160, file=text).print(page)
    return text.getvalue()


def test_the_list_says_who_owns_an_alert_and_who_has_not_answered() -> None:
    text = printed(list_page([SHOWN]))
    assert all(part in text for part in (ALERT[:8], "critical", OFFICER[:8], "local authority"))


def test_an_empty_list_says_so() -> None:
    assert "No alert is open" in printed(list_page([]))


def test_an_alert_shows_why_it_is_grave_what_was_answered_and_who_was_paged() -> None:
    text = printed(alert_page(SHOWN))
    assert all(part in text for part in ("young", "search begun", "not yet", "NOBODY ON DUTY"))


def test_an_alert_without_an_owner_stands_out() -> None:
    assert "NOBODY" in printed(list_page([{**SHOWN, "owner": None}]))


@pytest.mark.parametrize("words", [("ack",), ("ack", ALERT), ("ack", ALERT, "shrug")])
def test_what_makes_no_sense_is_wrong_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    assert CliRunner().invoke(commands(), ["oncall", *words, "--data", str(tmp_path)]).exit_code == 2


@pytest.mark.parametrize("command", ["alerts", "ack"])
def test_every_command_has_an_example(command: str) -> None:
    assert "Example" in CliRunner().invoke(commands(), ["oncall", command, "--help"]).output
