"""What is told with a rung: when it happened, and details that come from a file and are never repeated."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from services.cli.enquiry.telling import Speaker, day_or_instant, details_in, telling
from services.core.codes import OrganisationKind, Sector

CLAIMS = {
    "sub": "person-1",
    "lantern_sector": "police",
    "lantern_organisation": "EXAMPLE-FORCE",
    "lantern_organisation_kind": "police_force",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, None),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T22:00:00Z", "2026-03-01T22:00:00+00:00"),
        ("2026-03-01T22:00:00+01:00", "2026-03-01T22:00:00+01:00"),
    ],
)
def test_a_day_stays_a_day_and_an_instant_keeps_its_zone(text: str | None, said: str | None) -> None:
    assert day_or_instant(text) == said


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-03-01T22:00:00", ""])
def test_a_time_that_is_none_or_has_no_zone_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        day_or_instant(text)


def test_what_nobody_dates_happened_now() -> None:
    before = datetime.now(UTC)
    assert before <= datetime.fromisoformat(telling(None, details_in(None)).on) <= datetime.now(UTC)


def test_details_are_sealed_parts_and_claims(tmp_path: Path) -> None:
    file = tmp_path / "details.json"
    file.write_text(json.dumps({"location": {"office": "Office 1"}, "narrative": "What was said."}))

    told = telling("2026-03-01", details_in(file))

    assert (told.location, told.narrative) == ({"office": "Office 1"}, "What was said.")


@pytest.mark.parametrize(
    "text", ["", "Secret Street 1", '{"location": "Secret Street 1"}', '{"place": "Secret Street 1"}']
)
def test_details_of_another_shape_are_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    file = tmp_path / "details.json"
    file.write_text(text)
    with pytest.raises(typer.BadParameter) as caught:
        details_in(file)
    assert "Secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_somebody_speaks_through_the_agency_of_their_token() -> None:
    sender = Speaker("token-1", CLAIMS).sender
    assert (sender.agency, sender.organisation, sender.kind, sender.token) == (
        Sector.POLICE,
        "EXAMPLE-FORCE",
        OrganisationKind.POLICE_FORCE,
        "token-1",
    )


def test_who_speaks_does_not_show_when_it_is_printed() -> None:
    speaker = Speaker("token-1", CLAIMS)
    assert [secret for secret in ("token-1", "person-1", "FORCE") if secret in repr(speaker)] == []


def test_two_people_leave_two_marks_and_one_person_leaves_one() -> None:
    marks = [Speaker("t", {**CLAIMS, "sub": sub}).mark for sub in ("person-1", "person-1", "person-2")]
    assert (marks[0] == marks[1], marks[0] == marks[2], "person" in "".join(marks)) == (True, False, False)
