"""A message that says that a child is missing reports it, whatever else it says, but for what denies just that."""

from typing import Any

import pytest

from services.core.facts import ChildMissing, HealthAttendance
from services.core.sharing import Outcome
from tests.formats.fhir.messages import decided, stating
from tests.formats.fhir.test_messages import FLAG, HAS, SEEN


def reports(outcome: Outcome) -> list[type]:
    return [type(event.fact) for event in outcome.events]


@pytest.mark.parametrize(
    "term",
    [
        *("Missing child", "Child reported missing", "Missing person", "Child has gone missing", "Missing from home"),
        *("Missing from care", "Child missing, whereabouts not known", "Missing child: no longer at home address"),
        *(
            "Missing person - no known address",
            "Address not known. Missing child",
            "Missing child, no evidence of harm",
        ),
        *("No longer missing from school; child missing", "Not a missing person: missing child"),
        *("Missing  child", "Missing\N{NO-BREAK SPACE}child", "Child reported\n    missing"),
    ],
)
def test_a_flag_that_says_that_the_child_is_missing_reports_a_missing_child(term: str) -> None:
    assert reports(decided(stating({**FLAG, "code": {"text": term}}))) == [HealthAttendance, ChildMissing]


@pytest.mark.parametrize(
    "stated",
    [
        {**FLAG, "code": {"coding": [{"display": "Missing child"}], "text": "Whereabouts not known"}},
        {**FLAG, "category": [{"text": "No safeguarding concern"}], "code": {"text": "Missing child"}},
        {**HAS, "code": {"coding": [{"display": "Missing child"}], "text": "Missing since Friday, not known where"}},
        {**SEEN, "code": {"text": "Missing child"}, "valueString": "No known address"},
    ],
)
def test_nothing_that_is_said_beside_it_denies_that_a_child_is_missing(stated: dict[str, Any]) -> None:
    assert reports(decided(stating(stated))) == [HealthAttendance, ChildMissing]


@pytest.mark.parametrize(
    "stated",
    [
        {**FLAG, "code": {"text": "Not a missing child"}},
        {**FLAG, "code": {"text": "No longer missing"}},
        {**FLAG, "code": {"text": "Not  a  missing  child"}},
        {**FLAG, "code": {"text": "Child no longer reported missing; missing person: ruled out"}},
        {**FLAG, "code": {"text": "Missing child: no"}},
        {**FLAG, "code": {"text": "Child has not gone missing"}},
        {**FLAG, "status": "inactive", "code": {"text": "Missing child"}},
        {**SEEN, "code": {"text": "Missing child"}, "valueString": "No"},
        {**SEEN, "code": {"text": "Missing child"}, "valueBoolean": False},
        {**SEEN, "code": {"text": "Missing child"}, "valueCodeableConcept": {"text": "Not missing"}},
    ],
)
def test_what_denies_just_that_is_no_report(stated: dict[str, Any]) -> None:
    assert ChildMissing not in reports(decided(stating(stated)))
