"""The rule beside the rule, in the agencies' own forms: no refusal swallows a report that a child is missing."""

import json
from typing import Any

import pytest

from services.core.codes import Sector
from services.core.sharing import Decision, Edge, share
from services.core.statements import Opened, ProblemReason
from services.formats.catalogue import cut_files, read
from tests.formats.agency_forms import EVENTS, REPORTING_MISSING, SPEAKS, decided, form, of_example, types, where
from tests.formats.documents import KEYS, RECEIVED, without


@pytest.mark.parametrize("name", REPORTING_MISSING)
@pytest.mark.parametrize(
    "changes",
    [
        {"child": "unknown"},
        {"child__names": [{"text": "Given 1"}]},
        {"child__zz": 1},
        {"written_by": []},
        {"adults": [{"zz": 1}, {"yy": 1}]},
        {"narrative": 5},
        {"missing__at": "yesterday"},
        {"missing__kind": "hiding"},
        {"missing__last_seen": ""},
        {"missing__zz": 1},
        {"indicators": ["sad", "missing_from_care"]},
        {"sponsor": "perhaps"},
        {"sightings": "several"},
        {"zz": 1},
    ],
)
def test_a_missing_report_is_shared_without_the_parts_that_cannot_be_read(name: str, changes: dict[str, Any]) -> None:
    outcome = of_example(name, **changes)
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.SHARED, False)
    assert types(outcome) == ["ChildMissing"]
    assert outcome.quarantine


def test_the_good_items_of_a_list_are_kept() -> None:
    named = [{"text": "Given 1"}, {"text": "Givenname"}, {"text": "2"}]
    (event,) = of_example("police-missing-person", child__names=named).events
    assert [name.text for name in event.subject.names] == ["Givenname"]


@pytest.mark.parametrize("name", REPORTING_MISSING)
@pytest.mark.parametrize("gone", ["reference", "source", "written_at"])
def test_a_missing_report_that_cannot_be_read_raises_the_alarm(name: str, gone: str) -> None:
    outcome = decided(without(form(name), gone), kind=SPEAKS[name])
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, True)


@pytest.mark.parametrize(
    ("name", "changes", "alarm"),
    [
        ("police-missing-person", {"format": "police-missing-person/2"}, True),
        ("police-missing-person", {"missing": "since noon"}, True),
        ("police-coming-to-notice", {"circumstance": "missing_person_referral", "reference": 1}, True),
        ("police-coming-to-notice", {"narrative": "A missing child.", "reference": 1}, True),
        ("police-coming-to-notice", {"reference": 1}, False),
        ("ukba-port-referral", {"missing": 1}, True),
        ("ukba-port-referral", {"reference": 1}, False),
        ("trafficked-child-referral", {"missing": {"zz": 1}, "reference": 1}, True),
        ("trafficked-child-referral", {"missing_since": "2026-02-03"}, True),
        ("ukba-port-referral", {"hasGoneMissing": True}, True),
        ("police-coming-to-notice", {"still_missing": "no", "reference": 1}, False),
        ("trafficked-child-referral", {"reference": 1}, False),
    ],
)
def test_the_alarm_is_raised_for_what_may_report_a_missing_child(
    name: str,
    changes: dict[str, Any],
    alarm: bool,  # noqa: FBT001 - the expected answer
) -> None:
    outcome = of_example(name, **changes)
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, alarm)


@pytest.mark.parametrize("name", REPORTING_MISSING)
def test_a_missing_report_that_is_broken_off_raises_the_alarm(name: str) -> None:
    content = json.dumps(form(name)).encode()[:-3]
    (part,) = cut_files(Sector.POLICE, [content])
    assert [problem.missing_report for problem in part.cut.problems] == [True]


def test_a_record_holds_one_child_and_the_alarm_is_raised_for_the_missing_report_of_another() -> None:
    documents = [form("police-missing-person", source__child=child) for child in ("PERSON-1", "PERSON-2")]
    places = [{"table": "missing-person", "row": row, "document": each} for row, each in enumerate(documents, 1)]
    opened = Opened(
        "police-missing-person/1", "ORGANISATION-1", SPEAKS["police-missing-person"], RECEIVED, {"documents": places}
    )
    outcome = share(read(Sector.POLICE, opened), Edge(KEYS, Sector.POLICE, RECEIVED))
    assert (types(outcome), where(outcome)) == (
        EVENTS["police-missing-person"],
        [(2, "source", ProblemReason.MALFORMED)],
    )
    assert outcome.unreadable_missing_report
