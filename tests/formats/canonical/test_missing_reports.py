"""A missing report is never swallowed: what of it can be read is shared, and what cannot raises the alarm."""

from typing import Any

import pytest

from services.core.codes import OrganisationKind, SealedField
from services.core.facts import (
    ChildMissing,
)
from services.core.sharing import Decision
from tests.formats.documents import EVENTS, decided, example, without

BIRTH = "subject.dates_of_birth[0].value"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject__names": [{"text": "Given 1"}]},
        {"subject": "unknown"},
        {"subject__zz": 1},
        {"location__street": "Street 1"},
        {"location": []},
        {"narrative": 5},
        {"role": "wizard"},
        {"occurred_at": "yesterday"},
        {"fact__indicators": ["sad"]},
        {"fact__zz": 1},
        {"zz": 1},
    ],
)
def test_a_missing_report_is_shared_without_the_parts_that_cannot_be_read(changes: dict[str, Any]) -> None:
    outcome = decided(example("ChildMissing", **changes))
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.SHARED, False)
    assert [event.fact.__class__ for event in outcome.events] == [ChildMissing]
    assert outcome.quarantine


def test_the_good_parts_of_a_missing_report_are_kept() -> None:
    outcome = decided(example("ChildMissing", subject__languages=["xx"], location__street="Street 1"))
    assert outcome.events[0].subject.names
    assert SealedField.LOCATION in {fact.field for fact in outcome.sealed_facts}


@pytest.mark.parametrize(
    "document",
    [
        example("ChildMissing", fact={}),
        example("ChildMissing", key=None),
        example("ChildMissing", source=None),
        example("ChildMissing", recorded_at=None),
        example("ChildMissing", event="child_missing"),
        example("ChildMissing", event="MissingChild"),
        without(example("ReferralMade", narrative="The child is missing. Child missing since noon."), "event"),
        example("PoliceContact", fact__circumstance="missing_person_referral", key=None),
    ],
)
def test_a_missing_report_that_cannot_be_read_raises_the_alarm(document: dict[str, Any]) -> None:
    outcome = decided(document, kind=OrganisationKind.POLICE_FORCE)
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, True)


@pytest.mark.parametrize("event", sorted(set(EVENTS) - {"ChildMissing"}))
def test_another_event_that_cannot_be_read_raises_no_alarm(event: str) -> None:
    outcome = decided(example(event, key=None, narrative="Child missing."), kind=OrganisationKind.POLICE_FORCE)
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, False)
