"""A whole return of one authority, in the real format: what must come out of it."""

import csv
import json
import re
from collections import Counter

import pytest

from services.core.codes import MissingKind, YesNo
from services.core.events import Event
from services.core.facts import ChildLookedAfter, ChildMissing
from services.core.reasons import Reason
from services.core.sharing import Decision, Outcome, SealedFact
from services.formats.ssda903.cut import cut
from tests.formats.returns import ORGANISATION, decided, real_return

POSTCODES = ("HOME_POST", "PL_POST")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return decided(real_return())


@pytest.fixture(scope="module")
def events(outcomes: list[Outcome]) -> list[Event]:
    return [event for outcome in outcomes for event in outcome.events]


@pytest.fixture(scope="module")
def sealed(outcomes: list[Outcome]) -> list[SealedFact]:
    return [fact for outcome in outcomes for fact in outcome.sealed_facts]


def rows(table: int) -> list[dict[str, str]]:
    return list(csv.DictReader(real_return()[table].decode().splitlines()))


def test_the_return_is_cut_into_one_record_a_child_without_a_problem() -> None:
    assert (len(cut(real_return()).records), cut(real_return()).problems) == (2675, ())


def test_169_children_are_shared_and_2506_held_back_and_none_refused(outcomes: list[Outcome]) -> None:
    counts = Counter(outcome.decision for outcome in outcomes)
    assert counts == {Decision.SHARED: 169, Decision.HELD_BACK: 2506}


def test_39_are_shared_as_missing_and_132_as_unaccompanied(outcomes: list[Outcome]) -> None:
    counts = Counter(reason for outcome in outcomes for reason in outcome.reasons)
    assert counts == {Reason.MISSING: 39, Reason.UNACCOMPANIED: 132}


def test_the_events_are_as_many_as_the_tables_say(events: list[Event]) -> None:
    assert Counter(event.type for event in events) == {
        "ChildMissing": 43,
        "ChildFound": 43,
        "ChildLookedAfter": 132,
        "PlacementStarted": 340,
        "PlacementEnded": 240,
    }


def test_19_are_missing_and_24_away_without_authorisation(events: list[Event]) -> None:
    kinds = Counter(event.fact.kind for event in events if isinstance(event.fact, ChildMissing))
    assert kinds == {MissingKind.MISSING: 19, MissingKind.AWAY_WITHOUT_AUTHORISATION: 24}


def test_every_child_looked_after_is_said_to_be_unaccompanied(events: list[Event]) -> None:
    said = [event.fact for event in events if isinstance(event.fact, ChildLookedAfter)]
    assert {fact.unaccompanied for fact in said} == {YesNo.YES}


def test_no_two_events_share_an_id_or_a_fact(events: list[Event]) -> None:
    assert len({event.head.event_id for event in events}) == len({event.head.fact_id for event in events}) == 798


def test_562_postcodes_are_sealed_281_of_placements_and_281_of_homes(sealed: list[SealedFact]) -> None:
    keys = ("placement_postcode", "home_postcode")
    found = {key: {fact.content[key] for fact in sealed if key in fact.content} for key in keys}
    both = found[keys[0]] | found[keys[1]]
    assert (len(found[keys[0]]), len(found[keys[1]]), len(both)) == (281, 281, 562)


def secrets_in(said: object) -> set[str]:
    """The postcodes, numbers and organisation of the return that stand in what is said, as whole values."""
    places = {row[column] for row in rows(1) for column in (*POSTCODES, "URN")}
    numbers = {row[column] for row in rows(0) for column in ("UPN", "CHILD")} | {ORGANISATION}
    words = re.findall(r"AUTHORITY-1|[A-Za-z0-9]+(?: [0-9][A-Z]{2})?", str(said))
    return (places | numbers) & set(words)


def test_nothing_that_can_locate_a_child_is_in_any_event(events: list[Event]) -> None:
    assert secrets_in(events) == set()


def test_what_can_locate_a_child_would_be_found_where_it_is(sealed: list[SealedFact]) -> None:
    assert len(secrets_in([fact.content for fact in sealed])) > 562 + 169
    assert secrets_in(sealed) == set()


def test_nothing_of_a_held_back_child_is_kept(outcomes: list[Outcome]) -> None:
    kept = [outcome for outcome in outcomes if outcome.decision is Decision.HELD_BACK]
    assert {(outcome.events, outcome.sealed_facts, outcome.quarantine) for outcome in kept} == {((), (), False)}


def test_the_same_return_again_says_the_same_events(events: list[Event]) -> None:
    again = [event for outcome in decided(real_return()) for event in outcome.events]
    assert again == events


def test_a_corrected_placement_postcode_changes_no_event_and_one_sealed_fact(outcomes: list[Outcome]) -> None:
    shared = {outcome.sealed_facts[1].content["child"] for outcome in outcomes if outcome.sealed_facts}
    row = next(row for row in rows(1) if row["CHILD"] in shared and row["PL_POST"])
    files = real_return()
    files[1] = files[1].replace(row["PL_POST"].encode(), b"ZZ99 9ZZ")
    corrected = decided(files)
    pairs = [
        (before, after)
        for old, new in zip(outcomes, corrected, strict=True)
        for before, after in zip(old.sealed_facts, new.sealed_facts, strict=True)
    ]
    assert [outcome.events for outcome in corrected] == [outcome.events for outcome in outcomes]
    assert sum(before != after for before, after in pairs) == 1


def test_a_record_is_json_that_a_processor_can_be_sent() -> None:
    records = cut(real_return()).records
    assert json.loads(json.dumps(records)) == list(records)
