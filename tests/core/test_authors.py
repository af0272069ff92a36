"""Who says a thing: what a document says of its author counts only until an identity token says otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core import ids
from services.core.authority import WHO_MAY_SAY
from services.core.codes import MissingKind, OrganisationKind, Role, SealedField, Sector, ThreatKind
from services.core.facts import (
    ChildMissing,
    EnquirerInterviewed,
    Fact,
    PlacementThreatSeen,
    RecordsLinked,
    ReleaseApproved,
    VerificationRevoked,
    WorkerAllocated,
)
from services.core.ids import EventId, SubjectId
from services.core.reasons import Reason
from services.core.sharing import Decision, Edge, Outcome, share
from services.core.statements import NOBODY_SHOWN, Author, ProblemReason, Statement
from tests.builders import an_id, day
from tests.core.said import EDGE, KEYS, born, edges, facts, record, statement

AUTHORITY = OrganisationKind.LOCAL_AUTHORITY
ENQUIRER = an_id(6)
INTERVIEWED = EnquirerInterviewed(ENQUIRER, "")
APPROVED = ReleaseApproved(ENQUIRER, "", an_id(12), EventId(an_id(13)))
WORKER = Author("person-1", Role.SOCIAL_WORKER)
authors = st.builds(Author, st.text("abc-", min_size=1, max_size=9), st.sampled_from(Role))


def edge(author: Author | None = None) -> Edge:
    return Edge(KEYS, Sector.LOCAL_AUTHORITY, EDGE.received_at, author)


def said(fact: Fact, *, role: Role = Role.SOCIAL_WORKER, **people: str) -> Statement:
    named = {name: subject for name, subject in people.items() if hasattr(fact, name)}
    return replace(statement(fact, role=role), people=named)


def shared(*statements: Statement, author: Author | None = None) -> Outcome:
    return share(record(*statements, kind=AUTHORITY), edge(author))


def refusals(outcome: Outcome) -> list[ProblemReason]:
    return [problem.reason for problem in outcome.problems]


@pytest.mark.parametrize(
    ("author", "decided_by"),
    [(None, None), (Author("person-1", Role.COORDINATOR), ids.person_handle(KEYS.people, "person-1"))],
)
def test_who_made_a_link_is_known_by_their_identity_token_alone(author: Author | None, decided_by: str | None) -> None:
    """Two people must make one around an enquirer, and a document could name anybody (¶5.65)."""
    link = statement(RecordsLinked(SubjectId(an_id(9))), role=Role.COORDINATOR)
    of_the_hub = replace(record(link, kind=AUTHORITY), source_id=None, subject_id=SubjectId(an_id(8)))
    (event,) = share(of_the_hub, edge(author)).events
    assert isinstance(event.fact, RecordsLinked)
    assert event.fact.decided_by == decided_by


def test_a_person_has_one_handle_in_every_agency() -> None:
    handles = set()
    for own in (b"a" * 32, b"b" * 32):
        at = replace(edge(), keys=replace(KEYS, own=own))
        (event,) = share(record(said(INTERVIEWED, officer="person-1"), kind=AUTHORITY), at).events
        assert isinstance(event.fact, EnquirerInterviewed)
        handles.add(event.fact.officer)
    assert handles == {ids.person_handle(KEYS.people, "person-1")}


def test_who_did_it_is_sealed_and_stands_in_no_event() -> None:
    outcome = shared(said(INTERVIEWED, officer="person-1"))
    assert "person-1" not in str(outcome.events)
    (sealed,) = [each for each in outcome.sealed_facts if each.fact_id == outcome.events[0].head.fact_id]
    assert (sealed.field, sealed.content) == (SealedField.IDENTIFIERS, {"officer": "person-1"})


def test_a_fact_that_needs_an_officer_and_names_none_is_refused() -> None:
    assert refusals(shared(said(INTERVIEWED))) == [ProblemReason.MISSING_FIELD]


def test_a_token_says_who_the_officer_is_whatever_the_document_says() -> None:
    (event,) = shared(said(INTERVIEWED, role=Role.MANAGER, officer="person-2"), author=WORKER).events
    assert event.head.role is Role.SOCIAL_WORKER
    assert isinstance(event.fact, EnquirerInterviewed)
    assert event.fact.officer == ids.person_handle(KEYS.people, "person-1")


def test_a_token_makes_nobody_the_worker_whom_a_manager_allocates() -> None:
    allocated = said(WorkerAllocated(""), worker="person-3")
    (event,) = share(
        replace(record(allocated, kind=AUTHORITY), source_id=None, subject_id=SubjectId(an_id(3))),
        edge(Author("person-1", Role.MANAGER)),
    ).events
    assert isinstance(event.fact, WorkerAllocated)
    assert event.fact.worker == ids.person_handle(KEYS.people, "person-3")


def test_an_approval_without_a_token_is_refused() -> None:
    assert refusals(shared(said(APPROVED, role=Role.MANAGER, officer="person-1"))) == [
        ProblemReason.NOT_AUTHORISED_TO_SAY
    ]


def test_an_approval_with_a_token_is_shared() -> None:
    outcome = shared(said(APPROVED), author=Author("person-1", Role.MANAGER))
    assert [event.type for event in outcome.events] == ["ReleaseApproved"]


def test_a_document_cannot_raise_the_role_that_its_token_gives() -> None:
    coordinator = Author("person-1", Role.COORDINATOR)
    assert refusals(shared(said(APPROVED, role=Role.MANAGER), author=coordinator)) == [
        ProblemReason.NOT_AUTHORISED_TO_SAY
    ]


@given(fact=facts)
def test_a_token_that_does_not_hold_says_nothing_that_needs_somebody_known(fact: Fact) -> None:
    outcome = shared(said(fact, officer="person-1", worker="person-1"), author=NOBODY_SHOWN)
    needs_somebody = Role.UNVERIFIED not in WHO_MAY_SAY[type(fact)].roles
    assert (outcome.decision is Decision.SHARED and needs_somebody) is False


@given(edge=edges, author=authors | st.just(NOBODY_SHOWN) | st.none())
def test_whatever_the_token_a_missing_child_is_heard(edge: Edge, author: Author | None) -> None:
    outcome = share(record(statement(ChildMissing(MissingKind.MISSING))), replace(edge, author=author))
    assert [event.type for event in outcome.events] == ["ChildMissing"]


@pytest.mark.parametrize("warning", [PlacementThreatSeen(ThreatKind.OTHER), VerificationRevoked(ENQUIRER, "")])
def test_a_warning_is_heard_with_a_date_that_cannot_be_and_of_whoever_may_be_grown_up(warning: Fact) -> None:
    late = replace(said(warning, officer="person-1"), occurred_at=day(99999), subject=born("1990-01-01"))
    outcome = shared(late)
    assert [event.type for event in outcome.events] == [type(warning).__name__]


def test_what_is_said_of_a_record_of_the_hub_has_a_reason_to_be_shared() -> None:
    allocated = said(WorkerAllocated(""), role=Role.MANAGER, worker="person-1")
    of_the_hub = replace(record(allocated, kind=AUTHORITY), source_id=None, subject_id=SubjectId(an_id(3)))
    assert share(of_the_hub, edge()).reasons == {Reason.KNOWN_TO_THE_HUB}


def test_an_allocation_in_an_agencys_own_system_is_no_reason_to_share_its_child() -> None:
    allocated = said(WorkerAllocated(""), role=Role.MANAGER, worker="person-1")
    assert shared(allocated).decision is Decision.HELD_BACK
