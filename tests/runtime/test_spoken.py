"""A service that shows pages says what a person says there, in person, and nothing else, even if it is taken over."""

from pathlib import Path
from typing import Any

import pytest

from services.core import ids
from services.core.codes import LinkGround
from services.core.ids import SubjectId
from services.core.matching.components import Verdict
from services.core.spoken import SAID_TO_THE_CASE_FEED, SAID_TO_THE_VAULT
from services.formats.canonical.link_documents import EVENTS, link_document
from services.runtime import intake
from services.runtime.intake import Answers
from services.wire import topics
from services.wire.avro import Schemas
from tests.builders import an_id, day
from tests.formats.documents import EVENTS as EVERYTHING
from tests.formats.documents import example
from tests.runtime.edge import EDGE_KEYS, NOW, Edge, document, of_the_police, trusting
from tests.wire.provider_keys import token

COORDINATOR = of_the_police("coordinator")
ENDS = SubjectId(an_id(1)), SubjectId(an_id(2))
PAGES = {topics.spoken("police"): SAID_TO_THE_CASE_FEED, topics.disclosed("police"): SAID_TO_THE_VAULT}
FOREIGN = [
    (topic, event)
    for topic, heard in PAGES.items()
    for event in sorted(set(EVERYTHING) - {kind.__name__ for kind in heard})
]
"""Each topic of pages with what is not heard there."""


@pytest.fixture
def edge(schemas: Schemas, tmp_path: Path) -> Edge:
    return trusting(schemas, tmp_path)


def foreign(event: str, role: str = "police_officer") -> dict[str, Any]:
    """Something that an agency says in another way, of a child of its own, and tells no place."""
    return example(event, location={}, role=role, occurred_at=None, recorded_at=day(2).isoformat())


def decided(verdict: Verdict = Verdict.LINKED, **more: Any) -> dict[str, Any]:
    return {**link_document(verdict, ENDS, LinkGround.OTHER, day(3)), **more}


def disclosed() -> dict[str, Any]:
    """That a search's location was seen."""
    return decided(event="LocationDisclosed", fact={"decision": an_id(7), "purpose": "protect_child"})


def told(edge: Edge, said: dict[str, Any], topic: str = topics.spoken("police"), **claims: Any) -> Answers:
    """What is made of what a page says with a coordinator's token: of the case feed's, unless another topic says so."""
    return edge.answers_to_a_page(said, token=token("one", **{**COORDINATOR, **claims}), topic=topic)


def refused(edge: Edge, answers: Answers) -> bool:
    (receipt,) = edge.read(answers.replies, "Receipt")
    return answers.said == () and receipt["outcome"] == "refused"


@pytest.mark.parametrize("verdict", Verdict)
def test_a_decision_from_a_page_is_said_by_the_person_whom_the_token_shows(edge: Edge, verdict: Verdict) -> None:
    (event,) = edge.read(told(edge, decided(verdict)).said, EVENTS[verdict])
    assert (event["head"]["subject_id"], event["other"], event["head"]["role"]) == (*ENDS, "coordinator")
    assert event["head"]["org"] == ids.org_handle(EDGE_KEYS.own, "TOKEN-FORCE")
    if verdict is Verdict.LINKED:
        assert event["decided_by"] == ids.person_handle(EDGE_KEYS.people, "coordinator-1")


def test_without_a_token_a_page_says_nothing_that_an_agency_s_own_system_may_say(edge: Edge) -> None:
    said = decided(role="coordinator")
    assert edge.read(edge.answers(edge.report(said)).said, "RecordsLinked") != []
    assert refused(edge, edge.answers_to_a_page(said, token=None))


@pytest.mark.parametrize("lapsed", [{"exp": NOW}, {"lantern_sector": "ukba", "lantern_organisation_kind": "ukba"}])
def test_with_a_token_that_has_lapsed_or_is_of_another_agency_a_page_says_nothing(
    edge: Edge, lapsed: dict[str, Any]
) -> None:
    assert refused(edge, told(edge, decided(), **lapsed))


@pytest.mark.parametrize(("topic", "event"), FOREIGN)
@pytest.mark.parametrize("role", ["coordinator", "police_officer", "duty_officer"])
def test_with_anybody_s_live_token_a_page_says_nothing_but_what_is_said_there(
    edge: Edge, topic: str, event: str, role: str
) -> None:
    assert told(edge, foreign(event), topic, lantern_role=role).said == ()


def test_that_a_location_was_seen_is_heard_from_the_vault_alone(edge: Edge) -> None:
    """A case feed that was taken over would otherwise write into the story of a release that somebody saw the child."""
    of_the_vault = topics.disclosed("police")
    (event,) = edge.read(told(edge, disclosed(), of_the_vault, lantern_role="police_officer").said, "LocationDisclosed")
    assert event["decision"] == an_id(7)
    assert refused(edge, told(edge, disclosed(), lantern_role="police_officer"))


@pytest.mark.parametrize("verdict", Verdict)
def test_a_link_is_not_heard_from_the_vault(edge: Edge, verdict: Verdict) -> None:
    assert refused(edge, told(edge, decided(verdict), topics.disclosed("police")))


@pytest.mark.parametrize(
    "more",
    [
        {"location": {"address": "1 Test Street"}},
        {"subject": {"names": [{"text": "Givenname"}]}},
        {"subject": {"identifiers": [{"scheme": "pnc_id", "value": "26/1A", "status": "documented"}]}},
    ],
    ids=["a place", "a name", "a number"],
)
def test_a_decision_from_a_page_brings_no_place_and_no_claim_about_the_child(edge: Edge, more: dict[str, Any]) -> None:
    assert told(edge, decided()).said != ()
    assert refused(edge, told(edge, decided(**more)))


@pytest.mark.parametrize(
    ("said", "topic", "role"),
    [
        (decided(), topics.spoken("police"), "coordinator"),
        (disclosed(), topics.disclosed("police"), "police_officer"),
    ],
    ids=["the case feed", "the vault"],
)
def test_a_page_speaks_of_a_record_of_the_hub_and_of_no_system_s_own_child(
    edge: Edge, said: dict[str, Any], topic: str, role: str
) -> None:
    """The vault compares a system's own number of a child, and proposes a link where it finds it again."""
    own = {"system": "anything", "child": "OWN-77"}
    assert told(edge, said, topic, lantern_role=role).said != ()
    assert told(edge, {**said, "source": own}, topic, lantern_role=role).said == ()


def test_a_missing_report_from_a_page_is_not_believed_and_pages_as_one_that_cannot_be_read(edge: Edge) -> None:
    answers = told(edge, document())
    assert refused(edge, answers)
    assert [one["unreadable_missing_report"] for one in edge.read(answers.replies, "Quarantined")] == [True]


def test_without_this_guard_a_case_feed_that_was_taken_over_could_say_that_a_child_was_found(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard() -> set[str]:
        return {
            event for topic, event in FOREIGN if edge.answers_to_a_page(foreign(event), token=None, topic=topic).said
        }

    assert heard() == set()
    monkeypatch.setattr(intake, "only_spoken", lambda outcome, *_: outcome)
    assert heard() >= {"ChildFound", "ChildMissing", "IdentityChecked", "AgencyCheckReturned", "VerificationRevoked"}
