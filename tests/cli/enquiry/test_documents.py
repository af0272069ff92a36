"""What `lantern enquiry` sends is what the format reads, and says who by nothing but the token."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.cli.enquiry.documents import LASTS, Claim, Enquiry, Telling, claim, lapses_on, rung
from services.core.codes import OrganisationKind, Role, SealedField
from services.core.facts import FACTS, KinshipClaimed
from services.core.sharing import Outcome
from services.core.statements import Author
from tests.builders import an_id
from tests.formats.documents import decided

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TELLING = Telling("2026-03-10", NOW)
ENQUIRY = Enquiry(an_id(6), an_id(3))
RUNGS: dict[str, dict[str, Any]] = {
    "EnquirerInterviewed": {"interpreter": "not_needed", "apart_from_child": "yes", "completed": "yes"},
    "IdentityChecked": {"finding": "established", "evidence": ["passport"]},
    "RelationshipChecked": {"finding": "established", "evidence": ["accounts_compared"]},
    "AgencyCheckReturned": {"result": "clear"},
    "RiskAssessed": {"decision": "release", "keeps_child_safe": "yes"},
    "ReleaseApproved": {"decision": an_id(12), "assessment": an_id(13)},
    "VerificationRevoked": {"reason": "false_account"},
}


def told(document: dict[str, object], role: Role = Role.SOCIAL_WORKER) -> Outcome:
    return decided(document, kind=OrganisationKind.LOCAL_AUTHORITY, author=Author("person-1", role))


@pytest.mark.parametrize("event", RUNGS)
def test_every_rung_is_read_as_what_it_is(event: str) -> None:
    outcome = told(rung(event, ENQUIRY, RUNGS[event], TELLING))

    (shared,) = outcome.events
    assert outcome.problems == ()
    assert (shared.type, shared.head.subject_id, getattr(shared.fact, "enquirer", None)) == (
        event,
        ENQUIRY.subject_id,
        ENQUIRY.enquirer,
    )


@pytest.mark.parametrize("event", RUNGS)
def test_said_again_it_is_a_correction_and_of_another_adult_it_is_not(event: str) -> None:
    first, again, other = (
        told(rung(event, Enquiry(an_id(adult), ENQUIRY.subject_id), RUNGS[event], TELLING)).events[0].head.fact_id
        for adult in (6, 6, 7)
    )
    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize("event", LASTS)
def test_every_rung_lapses(event: str) -> None:
    assert "lapses_on" in FACTS[event].__annotations__
    assert lapses_on(event, "2026-03-10T12:00:00Z") > "2026-03-10"


def test_a_day_on_which_it_lapses_may_be_said() -> None:
    document = rung("RiskAssessed", ENQUIRY, {"lapses_on": "2026-03-12"}, TELLING)
    assert document["fact"] == {"enquirer_handle": ENQUIRY.enquirer, "lapses_on": "2026-03-12"}


def test_an_approach_is_read_with_what_the_adult_says_of_the_child() -> None:
    child = {"names": [{"text": "Givenname", "kind": "full", "status": "claimed"}]}
    said = Claim("REF-1", {"connection": "sibling", "channel": "counter", "asked": ["location"]}, child)
    location = {"enquirer_name": "Othername", "enquirer_telephone": "0000"}

    outcome = told(claim(said, Telling("2026-03-10", NOW, "What was said.", location)))

    (shared,) = outcome.events
    assert outcome.problems == ()
    assert isinstance(shared.fact, KinshipClaimed)
    assert [name.text for name in shared.subject.names] == ["Givenname"]
    sealed = {fact.field: fact.content for fact in outcome.sealed_facts}
    assert sealed[SealedField.LOCATION] == {**location, "enquirer_reference": "REF-1"}
    assert sealed[SealedField.NARRATIVE] == {"text": "What was said."}


def test_an_approach_can_be_said_of_a_record_of_the_hub() -> None:
    (shared,) = told(claim(Claim("REF-1", {}, subject_id=an_id(3)), TELLING)).events
    assert shared.head.subject_id == an_id(3)


def test_an_adult_who_comes_again_is_the_same_adult_whether_or_not_the_case_is_known() -> None:
    handles = {
        shared.fact.enquirer
        for on in ("2026-03-10", "2026-03-20")
        for record in (None, an_id(3))
        for shared in told(claim(Claim("REF-1", {}, subject_id=record), Telling(on, NOW))).events
        if isinstance(shared.fact, KinshipClaimed)
    }
    assert len(handles) == 1
