"""`lantern oncall alerts` and `ack` show what on-call tells, and ask only what makes sense."""

import asyncio
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.cli.oncall.alerts import alert_page, list_page
from tests.builders import an_id
from tests.cli.oncall.house import house

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
PAGE = {
    "agency": "police",
    "recipient": OFFICER,
    "due_at": "2026-01-01T00:00:00Z",
    "sent_at": None,
    "ways": ["email", "notify_sms"],
}
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
    assert printed(list_page([])).strip() == "No alert of your agency is open."


def test_an_alert_shows_why_it_is_grave_what_was_answered_and_who_was_paged() -> None:
    text = printed(alert_page(SHOWN))
    assert all(part in text for part in ("young", "search begun", "not yet", "email, notify sms", "NOBODY ON DUTY"))


def test_an_alert_without_an_owner_stands_out() -> None:
    assert "NOBODY" in printed(list_page([{**SHOWN, "owner": None}]))


def test_the_list_fits_a_terminal_of_80_columns_with_each_alert_s_number_and_time_whole() -> None:
    owed = [{**OWED, "agency": agency} for agency in ("local_authority", "police", "ukba", "health")]
    text = StringIO()
    Console(width=80, file=text).print(list_page([{**SHOWN, "owner_agency": "local_authority", "calls": owed}]))
    first = text.getvalue().splitlines()[1]
    assert all(part in first for part in (ALERT[:8], "critical", "missing", OFFICER[:8]))
    assert f"{datetime.fromisoformat(SHOWN['opened_at']).astimezone():%d %b %Y %H:%M}" in first


def test_a_state_is_said_where_an_alert_is_not_simply_open() -> None:
    assert "missing, debrief" in printed(list_page([{**SHOWN, "state": "debrief"}]))


async def listed(folder: Path, pages: dict[tuple[str, str], tuple[int, Any]]) -> Any:
    async with house(folder, pages):
        called = ["oncall", "alerts", "--json", "--data", str(folder)]
        return json.loads((await asyncio.to_thread(CliRunner().invoke, commands(["oncall"]), called)).output)


async def test_every_page_of_the_alerts_is_listed(tmp_path: Path) -> None:
    pages = {
        ("GET", "/api/alerts"): (200, {"alerts": [SHOWN], "next": "there"}),
        ("GET", "/api/alerts?after=there&all=false"): (200, {"alerts": [{**SHOWN, "alert_id": OFFICER}], "next": None}),
    }
    found = await listed(tmp_path, pages)
    assert [one["alert_id"] for one in found["alerts"]] == [ALERT, OFFICER]


@pytest.mark.parametrize("command", ["alerts", "ack", "call"])
@pytest.mark.parametrize("number", ["12345", "zzzzzz", "../../x"])
def test_what_is_no_number_of_an_alert_is_wrong_usage(command: str, number: str, tmp_path: Path) -> None:
    more = ["search_begun"] if command == "ack" else []
    done = CliRunner(env={"COLUMNS": "200"}).invoke(
        commands(), ["oncall", command, number, *more, "--data", str(tmp_path)]
    )
    assert (done.exit_code, "first 6 digits" in " ".join(done.output.split())) == (2, True)


def test_an_answer_that_is_not_on_the_list_is_refused_with_the_list_alone() -> None:
    said = CliRunner().invoke(commands(), ["oncall", "ack", ALERT, "shrug"]).output
    assert ("search_begun" in said, "Value error" in said) == (True, False)


@pytest.mark.parametrize("words", [("ack",), ("ack", ALERT), ("ack", ALERT, "shrug")])
def test_what_makes_no_sense_is_wrong_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    assert CliRunner().invoke(commands(), ["oncall", *words, "--data", str(tmp_path)]).exit_code == 2


@pytest.mark.parametrize("command", ["alerts", "ack"])
def test_every_command_has_an_example(command: str) -> None:
    assert "Example" in CliRunner().invoke(commands(), ["oncall", command, "--help"]).output
