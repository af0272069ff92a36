"""`lantern location` asks for what makes sense, and says what to do next; never where a child is."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.cli.location import print_answer, told
from tests.builders import an_id

ASKED = {
    "decision_id": an_id(7),
    "purpose": "search for child",
    "stands": "waits to be opened",
    "can_look": False,
    "can_second": False,
    "can_review": False,
    "answer_due_at": "2026-01-01T00:02:00Z",
}
PAGE = f"http://127.0.0.1:1/decisions/{an_id(7)}"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands(), ["location", *words])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    "words",
    [
        ("request", an_id(1)),
        ("request", an_id(1), "--purpose", "release_to_enquirer"),
        ("request", an_id(1), "--purpose", "search_for_child", "--enquirer", an_id(2)),
        ("request", an_id(1), "--purpose", "curiosity"),
        ("request", an_id(1), "--purpose", "unknown"),
        ("doubts", "--settle-until", "yesterday"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage_and_asks_nobody(words: tuple[str, ...], tmp_path: Path) -> None:
    status, _ = run(*words, "--data", str(tmp_path))
    assert status == 2


@pytest.mark.parametrize("command", ["request", "status", "waiting", "approve", "withdraw", "review", "doubts"])
def test_every_command_has_an_example(command: str) -> None:
    status, output = run(command, "--help")
    assert status == 0
    assert "Example" in output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ["waits to be opened"]),
        ({"can_look": True}, [PAGE]),
        ({"can_review": True}, ["review it"]),
        ({"can_second": True}, ["approve or withdraw", "2026"]),
        ({"stands": "void: something that it was about has changed"}, ["void"]),
    ],
)
def test_a_person_is_told_how_it_stands_and_what_to_do(more: dict[str, Any], said: list[str]) -> None:
    text = "\n".join(told({**ASKED, **more}, PAGE))
    assert all(part in text for part in (an_id(7), *said))


def test_the_page_is_named_to_whoever_may_open_it_alone() -> None:
    assert PAGE not in "\n".join(told(ASKED, PAGE))


def test_json_names_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(ASKED, PAGE, as_json=True)
    assert json.loads(capsys.readouterr().out)["page"] == PAGE
