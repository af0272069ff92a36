"""The scenario's people do what the guidance gives each of them to do, and nobody does two people's part."""

import json
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from services.cli.demo import SCENARIO
from services.cli.enquiry.documents import Enquiry
from services.cli.sending import plan_of
from services.cli.story import (
    APPROVE,
    ASKS,
    CHECK,
    COMPARES,
    OPENS,
    PLACED,
    SEARCHES,
    Story,
    approach,
    assessment,
    findings,
    told_in,
)
from services.core.codes import OrganisationKind, Sector
from services.core.statements import Opened
from services.formats.catalogue import read

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


def test_all_that_is_said_in_it_is_read_without_a_problem() -> None:
    aunt, placed = Enquiry("cd" * 16, "ab" * 16), Template(PLACED.read_text("utf-8")).substitute(day="2026-11-18")
    people = [document for documents in findings(aunt).values() for document in documents]
    for document in [*json.loads(placed), approach(aunt.subject_id), *people, assessment(aunt)]:
        [outgoing] = plan_of(Sector.LOCAL_AUTHORITY, "scenario", json.dumps(document).encode()).outgoing
        kind, now = OrganisationKind.LOCAL_AUTHORITY, datetime(2026, 11, 25, tzinfo=UTC)
        assert (
            read(Sector.LOCAL_AUTHORITY, Opened(outgoing.format, "COUNCIL", kind, now, outgoing.record)).problems == ()
        )
