"""What is told with a rung: when it happened, and details that come from a file and are never repeated."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from services.cli.enquiry.telling import Speaker, conclude, day_or_instant, details_in, telling
from services.cli.sending import Refusal
from services.cli.summary import Summary
from services.core.codes import OrganisationKind, Sector
from services.core.errors import Unavailable
from tests.builders import an_id

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


REFUSED = Refusal(0, "unknown_code", "enquiry row 1: This code is not on the list.")


def summary(*refused: Refusal, shared: int = 0, unanswered: int = 0) -> Summary:
    return Summary(an_id(1), 1, shared, 0, unanswered, refused, {}, (), ())


def test_what_is_not_answered_is_not_said_to_have_changed_nothing() -> None:
    with pytest.raises(Unavailable, match="counts once it is processed"):
        conclude(summary(unanswered=1), Sector.LOCAL_AUTHORITY)


@pytest.mark.parametrize(("shared", "said"), [(0, "nothing was changed"), (1, "It is on record without what is named")])
def test_what_was_refused_in_part_is_not_said_to_have_changed_nothing(
    capsys: pytest.CaptureFixture[str], shared: int, said: str
) -> None:
    with pytest.raises(typer.Exit) as ended:
        conclude(summary(REFUSED, shared=shared), Sector.LOCAL_AUTHORITY)
    told = capsys.readouterr().err
    assert (ended.value.exit_code, REFUSED.detail in told, said in told) == (3, True, True)


def test_what_was_taken_whole_ends_nothing() -> None:
    conclude(summary(shared=1), Sector.LOCAL_AUTHORITY)
