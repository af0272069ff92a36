"""The scenario that `make up` plays: what coordinators see of its three children."""

import json
from typing import Any

import pytest

from services.cli.demo import STEPS
from services.runtime.local.waiting import until
from tests.edition import LocalEdition

SECONDS = 30


@pytest.fixture(scope="module")
def records(edition: LocalEdition) -> dict[str, str]:
    """The record that each file of the scenario speaks of, once it was played."""
    edition.done("up", "--demo")
    subjects: dict[str, list[str]] = json.loads((edition.data / "scenario.json").read_text())
    return {file: those[0] for file, those in subjects.items()}


def case_of(edition: LocalEdition, record: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(edition.done("case", "--json", record))
    return case


def test_every_file_of_the_scenario_is_taken(records: dict[str, str]) -> None:
    assert list(records) == [step.file for step in STEPS]


def test_four_agencies_records_of_one_child_are_one_case(edition: LocalEdition, records: dict[str, str]) -> None:
    case = case_of(edition, records["01-ukba-port.json"])
    assert case["state"]["sectors"] == ["health", "local_authority", "police", "ukba"]
    assert len(case["subjects"]) == 4


def test_she_is_missing_and_claimed_by_an_adult(edition: LocalEdition, records: dict[str, str]) -> None:
    state = case_of(edition, records["01-ukba-port.json"])["state"]
    assert (state["status"], state["kinship_claims"]) == ("missing", 1)


def test_a_girl_of_a_similar_name_is_not_joined_to_her(edition: LocalEdition, records: dict[str, str]) -> None:
    other = records["05-police-another-girl.json"]
    assert case_of(edition, other)["subjects"] == [other]


def test_records_that_differ_in_spelling_are_joined_by_what_they_claim(
    edition: LocalEdition, records: dict[str, str]
) -> None:
    boy = {records["06-ukba-screening.json"], records["07-health-walk-in.json"]}
    assert set(case_of(edition, min(boy))["subjects"]) == boy


def test_why_his_records_are_one_case_is_shown_with_the_weight_of_each_field(
    edition: LocalEdition, records: dict[str, str]
) -> None:
    pair = (records["06-ukba-screening.json"], records["07-health-walk-in.json"])
    assert until(lambda: not edition.run("links", "show", *pair).returncode, SECONDS)
    shown = json.loads(edition.done("links", "show", "--json", *pair))["link"]
    assert (shown["verdict"], shown["proposed_by"]) == ("link", ["score"])
    assert {(one["field"], one["level"]) for one in shown["evidence"]} >= {
        ("name", "same_forms"),
        ("birth", "same_day"),
    }


def test_before_the_second_was_heard_his_records_were_two_cases(edition: LocalEdition, records: dict[str, str]) -> None:
    boy = records["06-ukba-screening.json"]
    entries = case_of(edition, boy)["entries"]
    first = min(entry["known_at"] for entry in entries if entry["type"] == "BorderEncounter")
    then = json.loads(edition.done("case", "--json", "--as-known-at", first, boy))
    assert then["subjects"] == [boy]


def test_a_record_that_may_be_of_the_other_girl_waits_for_a_coordinator(
    edition: LocalEdition, records: dict[str, str]
) -> None:
    pair = {records["05-police-another-girl.json"], records["08-health-lookalike.json"]}

    def verdicts() -> list[str]:
        waiting = json.loads(edition.done("links", "list", "--json"))
        return [one["verdict"] for one in waiting if {one["one"], one["other"]} == pair]

    assert until(lambda: verdicts() == ["ask"], SECONDS)


def test_a_coordinator_joins_the_two_and_parts_them_again(edition: LocalEdition, records: dict[str, str]) -> None:
    pair = [records["05-police-another-girl.json"], records["08-health-lookalike.json"]]
    edition.done("links", "accept", *pair, "--ground", "documents_compared")
    assert until(lambda: set(case_of(edition, pair[0])["subjects"]) == set(pair), SECONDS)

    undone = json.loads(edition.done("links", "undo", "--json", *pair))
    assert undone["event"] == "RecordsUnlinked"
    assert {one["role"] for one in undone["seen_by"]} == {"coordinator"}
    assert until(lambda: case_of(edition, pair[0])["subjects"] == [pair[0]], SECONDS)


def test_where_she_is_stands_nowhere_in_her_case(edition: LocalEdition, records: dict[str, str]) -> None:
    shown = edition.done("case", records["01-ukba-port.json"]) + edition.done(
        "case", "--json", records["01-ukba-port.json"]
    )
    assert not [place for place in ("Invented", "Inventham", "ZZ1 1ZZ", "Lane") if place in shown]


def test_the_scenario_is_played_once(edition: LocalEdition, records: dict[str, str]) -> None:
    before = case_of(edition, records["01-ukba-port.json"])
    edition.done("up", "--demo")
    assert case_of(edition, records["01-ukba-port.json"]) == before
