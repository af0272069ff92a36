"""Cases and events in words: nothing more exact than is known, nothing that is not known."""

from datetime import timedelta, timezone

import pytest

from services.cli.casewords import claimed, clock, happened, said, words

SUMMER = timezone(timedelta(hours=1))


def test_a_day_is_the_day_that_was_said_in_every_zone() -> None:
    assert happened("2026-06-01T00:00:00Z", "day", timezone(timedelta(hours=-5))) == "01 Jun 2026"


def test_an_instant_is_shown_on_the_readers_clock() -> None:
    assert happened("2026-06-01T23:30:00Z", "instant", SUMMER) == "02 Jun 2026 00:30"


def test_what_nobody_dated_has_no_date() -> None:
    assert happened(None, "unknown") == "no date"


def test_a_clock_shows_seconds() -> None:
    assert clock("2026-06-01T23:30:05.123456Z", SUMMER) == "02 Jun 2026 00:30:05"


@pytest.mark.parametrize(
    ("code", "text"),
    [("away_without_authorisation", "away without authorisation"), ("ChildMissing", "child missing"), ("ukba", "ukba")],
)
def test_codes_read_as_words(code: str, text: str) -> None:
    assert words(code) == text


def test_a_handle_is_shortened_wherever_it_stands() -> None:
    assert said("ReleaseApproved", {"officer": "b" * 32, "decision": "c" * 32}) == (
        "Release approved: officer bbbbbbbb, decision cccccccc"
    )


def test_an_event_says_its_coded_fields_and_leaves_out_what_is_not_known() -> None:
    fact = {"indicators": ["begs_for_money", "malnourished"], "accompanied": "unknown", "asylum_claimed": "yes"}
    assert (
        said("BorderEncounter", fact) == "Border encounter: indicators begs for money, malnourished, asylum claimed yes"
    )


def test_an_event_without_fields_is_its_name() -> None:
    assert said("PlacementStarted", {}) == "Placement started"


def test_another_record_is_named_by_its_first_digits() -> None:
    assert said("RecordsLinked", {"other": "0123456789abcdef" * 2, "ground": "other"}) == (
        "Records linked: other 01234567, ground other"
    )


def test_what_is_claimed_twice_is_shown_once_with_how_far_it_is_established() -> None:
    claim = {"text": "Given1 Family1", "kind": "full", "status": "claimed"}
    assert claimed([claim, claim], "text") == "Given1 Family1 (full, claimed)"
