"""The scenario's people do what the guidance gives each of them to do, and nobody does two people's part."""

import json
from pathlib import Path

from services.cli.demo import SCENARIO
from services.cli.story import APPROVE, ASKS, CHECK, COMPARES, OPENS, SEARCHES, Story, told_in

PEOPLE = {person["sub"]: person for person in json.loads((SCENARIO / "people.json").read_text("utf-8"))}


def test_interviewer_assessor_approvers_and_opener_are_five_people_of_one_council() -> None:
    involved = {ASKS, COMPARES, *APPROVE, OPENS}
    assert len(involved) == 5
    assert {PEOPLE[name]["lantern_organisation"] for name in involved} == {"INVENTED-COUNCIL"}


def test_each_agency_checks_by_somebody_of_its_own() -> None:
    assert [PEOPLE[name]["lantern_sector"] for name in CHECK] == ["local_authority", "police", "ukba"]


def test_who_searches_is_on_duty() -> None:
    assert PEOPLE[SEARCHES]["lantern_role"] == "duty_officer"


def test_of_an_edition_without_a_scenario_there_is_no_story(tmp_path: Path) -> None:
    assert told_in(tmp_path) is None
    (tmp_path / "story.json").write_text('{"release": "1", "access": "2"}')
    assert told_in(tmp_path) == Story("1", "2")
