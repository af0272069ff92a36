"""Who is on duty in the scenario, through the command line and the running on-call."""

import json
import re
from typing import Any

import pytest

from tests.edition import LocalEdition

ORGANISATIONS = re.compile("council|force|port|hospital|screening|local|authority|police|ukba|health", re.IGNORECASE)


@pytest.fixture(scope="module")
def played(edition: LocalEdition) -> LocalEdition:
    edition.done("up", "--demo")
    edition.done("login", "--as", "council-duty-officer")
    return edition


def on_duty(edition: LocalEdition) -> dict[str, Any]:
    duty = json.loads(edition.done("oncall", "who", "--json"))["duty"]
    return {one["agency"]: one["on_duty"] for one in duty}


def test_in_the_scenario_somebody_is_on_duty_in_every_agency(played: LocalEdition) -> None:
    told = on_duty(played)
    assert all(told.values())
    assert (told["local_authority"]["name"], told["police"]["name"]) == ("Dana Invented", None)


def test_a_calendar_of_the_scenario_names_no_body_and_no_agency(played: LocalEdition) -> None:
    text = played.done("oncall", "rota", "export", "--days", "14")
    assert "On duty: Dana Invented" in text
    assert ORGANISATIONS.findall(text.replace("PRODID:-//Lantern//Rota//EN", "")) == []


def test_an_offer_leaves_whoever_made_it_on_duty(played: LocalEdition) -> None:
    [offer] = json.loads(played.done("oncall", "handover", "offer", "Maria Invented", "--json"))
    assert (offer["state"], on_duty(played)["local_authority"]["name"]) == ("offered", "Dana Invented")
    again = played.run("oncall", "handover", "offer", "Sara Invented")
    assert (again.returncode, "You have offered your duty to somebody" in again.stderr) == (1, True)
    assert played.done("oncall", "handover", "withdraw", offer["handover"]).startswith("You stay on duty")
