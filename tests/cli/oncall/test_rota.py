"""`lantern oncall who`, `rota` and `handover` ask as whoever is signed in, and say what came of it."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from typer.testing import CliRunner, Result

from services.cli.__main__ import commands
from services.cli.client import Failed
from tests.cli.oncall.house import House, house

DANA = {"person": "d" * 32, "name": "Dana Invented", "role": "duty_officer"}
OFFICER = {"person": "f" * 32, "name": None, "role": "duty_officer"}
DUTY = {
    "at": "2026-11-28T22:00:00Z",
    "duty": [
        {"agency": "local_authority", "on_duty": DANA, "behind": [], "until": "2026-11-30T09:00:00Z", "is_you": True},
        {"agency": "police", "on_duty": OFFICER, "behind": [OFFICER], "until": None, "is_you": False},
        {"agency": "ukba", "on_duty": None, "behind": [], "until": None, "is_you": False},
    ],
}
# What is over is not imported, so this one is to come, whenever that is.
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
SHIFT = {"level": 0, "start": SOON.isoformat(), "end": (SOON + timedelta(hours=11)).isoformat(), "person": DANA}
ENDS = (SOON + timedelta(days=40)).isoformat()
ROTA = {
    "agency": "local_authority",
    "version": 7,
    "rota": {"zone": "Europe/London", "until": ENDS, "lines": []},
    "shifts": [SHIFT],
    "flags": [{"sentence": "Dana Invented, from Sat: no way to reach them is known."}],
    "staff": [DANA],
}
PUBLISHED = {"version": 8, "cause": "published", "published_at": "2026-11-28T22:00:00Z"}
NUMBER = "5d0f2c7be41a9386d1c04f7a9b3e6d58"
ANSWERS: Mapping[tuple[str, str], tuple[int, Any]] = {
    ("GET", "/api/duty"): (200, DUTY),
    ("GET", "/api/rota"): (200, ROTA),
    ("POST", "/api/rota"): (200, PUBLISHED),
    ("POST", "/api/rota/overrides"): (200, PUBLISHED),
    ("PUT", "/api/staff"): (200, {"staff": [DANA]}),
    ("POST", f"/api/handovers/{NUMBER}/accept"): (200, {"handovers": []}),
}


def run(
    folder: Path, *words: str, answers: Mapping[tuple[str, str], tuple[int, Any]] = ANSWERS
) -> tuple[Result, House]:
    """What a command comes to, and what it asked."""

    async def both() -> tuple[Result, House]:
        async with house(folder, answers) as made:
            command = commands(["oncall"])
            called = ["oncall", *words, "--data", str(folder)]
            return await asyncio.to_thread(CliRunner(env={"TZ": "UTC", "COLUMNS": "200"}).invoke, command, called), made

    return asyncio.run(both())


def test_who_is_on_duty_is_told_colleagues_by_name_and_others_by_role(tmp_path: Path) -> None:
    done, _ = run(tmp_path, "who")
    lines = done.output.splitlines()
    assert "Dana Invented (you)" in lines[2]
    assert ("duty officer" in lines[3], "the rota has run out" in lines[3]) == (True, True)
    assert ("NOBODY" in lines[4], "there is no rota" in lines[4]) == (True, True)


def test_who_is_on_duty_at_a_time_is_asked_for_with_its_zone(tmp_path: Path) -> None:
    _, made = run(tmp_path, "who", "--at", "2026-11-28T22:00:00+00:00", "--json")
    assert made.asked[0][2]["at"].startswith("2026-11-28T22:00:00")


@pytest.mark.parametrize("text", ["tonight", "2026-13-01T00:00", ""])
def test_what_is_no_time_is_wrong_usage(tmp_path: Path, text: str) -> None:
    done, made = run(tmp_path, "who", "--at", text)
    assert (done.exit_code, made.asked) == (2, [])


def test_a_rota_is_shown_with_what_is_to_be_mended(tmp_path: Path) -> None:
    done, _ = run(tmp_path, "rota", "show")
    assert "version 7" in done.output
    assert "- Dana Invented, from Sat: no way to reach them is known." in done.output


def test_the_document_of_a_rota_can_be_published_as_it_is(tmp_path: Path) -> None:
    shown, _ = run(tmp_path, "rota", "show", "--document")
    file = tmp_path / "rota.json"
    file.write_text(shown.output)
    done, made = run(tmp_path, "rota", "publish", str(file))
    assert made.asked == [("POST", "/api/rota", {"based_on": 7, "rota": ROTA["rota"], "check_only": False})]
    assert done.output == "Version 8 of your agency's rota counts from now on.\n"


def test_a_rota_alone_is_based_on_the_one_that_counts(tmp_path: Path) -> None:
    file = tmp_path / "rota.json"
    file.write_text(json.dumps(ROTA["rota"]))
    done, made = run(tmp_path, "rota", "publish", str(file), "--check")
    assert made.asked[-1][2] == {"based_on": 7, "rota": ROTA["rota"], "check_only": True}
    assert "nothing was published" in done.output


def test_a_refused_rota_is_told_in_the_words_of_the_service(tmp_path: Path) -> None:
    file = tmp_path / "rota.json"
    file.write_text("{}")
    refused = {
        **ANSWERS,
        ("POST", "/api/rota"): (422, {"error": "The rota was not published.\n- a gap", "problems": []}),
    }
    done, _ = run(tmp_path, "rota", "publish", str(file), answers=refused)
    assert isinstance(done.exception, Failed)
    assert str(done.exception) == "The rota was not published.\n- a gap"


@pytest.mark.parametrize("text", ["no json", "[]", ""])
def test_a_file_that_is_no_document_is_wrong_usage(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rota.json"
    file.write_text(text)
    done, made = run(tmp_path, "rota", "publish", str(file))
    assert (done.exit_code, made.asked) == (2, [])


def test_an_override_is_sent_with_times_as_clocks_of_the_rota_show_them(tmp_path: Path) -> None:
    times = ("--from", "2026-11-28T22:00", "--until", "2026-11-29T09:00")
    _, made = run(tmp_path, "rota", "override", "Dana Invented", *times, "--replace")
    one = {"person": "Dana Invented", "start": "2026-11-28T22:00:00", "end": "2026-11-29T09:00:00", "level": 0}
    assert made.asked == [("POST", "/api/rota/overrides", {"overrides": [one], "replace": True})]


def test_an_exported_rota_holds_who_and_when_and_is_imported_as_it_was(tmp_path: Path) -> None:
    exported, _ = run(tmp_path, "rota", "export")
    file = tmp_path / "rota.ics"
    file.write_bytes(exported.stdout_bytes)
    [event] = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert "local" not in exported.output.lower()
    assert event["SUMMARY"] == "On duty: Dana Invented"
    _, made = run(tmp_path, "rota", "import", str(file), "--check")
    said = made.asked[-1][2]
    assert (said["until"], said["check_only"], said["replace"]) == (ENDS, True, True)
    assert said["overrides"] == [{"person": "d" * 32, "start": SHIFT["start"], "end": SHIFT["end"], "level": 0}]


def test_what_is_offered_is_accepted_by_its_number(tmp_path: Path) -> None:
    done, made = run(tmp_path, "handover", "accept", NUMBER)
    assert made.asked == [("POST", f"/api/handovers/{NUMBER}/accept", {})]
    assert done.output.startswith("You are on duty.")


OFFER = {"giver": DANA, "receiver": DANA, "until": ENDS, "state": "offered", "is_open": True, "is_to_you": True}
LISTED = {"handovers": [{**OFFER, "handover": NUMBER}, {**OFFER, "handover": "e" * 32}]}


def test_an_offer_is_listed_and_accepted_by_the_first_digits_of_its_number(tmp_path: Path) -> None:
    answers = {**ANSWERS, ("GET", "/api/handovers"): (200, LISTED)}
    assert NUMBER[:8] in run(tmp_path, "handover", "list", answers=answers)[0].output
    _, made = run(tmp_path, "handover", "accept", NUMBER[:6], answers=answers)
    assert made.asked[-1] == ("POST", f"/api/handovers/{NUMBER}/accept", {})


def test_digits_that_begin_no_offer_change_nothing_and_say_where_they_are_listed(tmp_path: Path) -> None:
    done, made = run(tmp_path, "handover", "accept", "abcdef", answers={("GET", "/api/handovers"): (200, LISTED)})
    assert ([asked[0] for asked in made.asked], "handover list" in str(done.exception)) == (["GET"], True)


def test_where_nobody_has_offered_anything_a_sentence_says_so(tmp_path: Path) -> None:
    done, _ = run(tmp_path, "handover", "list", answers={("GET", "/api/handovers"): (200, {"handovers": []})})
    assert done.output == "Nobody has offered their duty to a colleague yet.\n"


@pytest.mark.parametrize("number", ["1", "../../staff", "G" * 32])
def test_what_is_no_number_of_an_offer_is_wrong_usage(tmp_path: Path, number: str) -> None:
    done, made = run(tmp_path, "handover", "accept", number)
    assert (done.exit_code, made.asked) == (2, [])
