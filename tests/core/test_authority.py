import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.authority import ANSWERS_FOR, WHO_MAY_SAY, may_say
from services.core.codes import OrganisationKind, ReferralDecision, Role, Sector
from services.core.facts import (
    FACTS,
    AgencyCheckReturned,
    BorderEncounter,
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    EnquirerInterviewed,
    Fact,
    HealthAttendance,
    IdentityChecked,
    InterviewHeld,
    KinshipClaimed,
    ParentsContacted,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    PlanAgreed,
    PoliceContact,
    RecordsLinked,
    ReferralDecided,
    ReferralMade,
    RelationshipChecked,
    ReleaseApproved,
    RiskAssessed,
    Sighting,
    VerificationRevoked,
    WorkerAllocated,
)
from services.core.ids import EventId, SubjectId
from tests.core.said import facts

POLICE, UKBA, AUTHORITY, HEALTH = (
    OrganisationKind.POLICE_FORCE,
    OrganisationKind.UKBA,
    OrganisationKind.LOCAL_AUTHORITY,
    OrganisationKind.HEALTH_BODY,
)


def says(kind: OrganisationKind, role: Role, fact: Fact) -> bool:
    return may_say(ANSWERS_FOR[kind], kind, role, fact)


def test_every_event_type_stands_in_the_table() -> None:
    assert set(WHO_MAY_SAY) == set(FACTS.values())


def test_every_kind_of_body_is_answered_for() -> None:
    assert set(ANSWERS_FOR) == set(OrganisationKind)


def test_every_agency_answers_for_somebody() -> None:
    assert set(ANSWERS_FOR.values()) == set(Sector)


@given(sector=st.sampled_from(Sector), kind=st.sampled_from(OrganisationKind), role=st.sampled_from(Role))
def test_whoever_says_that_a_child_is_missing_is_heard(sector: Sector, kind: OrganisationKind, role: Role) -> None:
    assert may_say(sector, kind, role, ChildMissing(kind=None))  # type: ignore[arg-type]  # whatever the report says


@given(sector=st.sampled_from(Sector), kind=st.sampled_from(OrganisationKind), role=st.sampled_from(Role), fact=facts)
def test_nobody_else_speaks_through_an_agency_that_does_not_answer_for_them(
    sector: Sector, kind: OrganisationKind, role: Role, fact: Fact
) -> None:
    if ANSWERS_FOR[kind] is not sector and not isinstance(fact, ChildMissing):
        assert not may_say(sector, kind, role, fact)


@pytest.mark.parametrize(
    ("role", "fact", "kinds"),
    [
        (Role.POLICE_OFFICER, ChildFound(), {POLICE, AUTHORITY}),
        (Role.SOCIAL_WORKER, ReferralDecided(ReferralDecision.INITIAL_ASSESSMENT), {AUTHORITY}),
        (Role.SOCIAL_WORKER, ChildLookedAfter(), {AUTHORITY}),
        (Role.SOCIAL_WORKER, PlacementStarted(), {AUTHORITY}),
        (Role.SOCIAL_WORKER, PlacementEnded(), {AUTHORITY}),
        (Role.IMMIGRATION_OFFICER, BorderEncounter(), {UKBA}),
        (Role.CLINICIAN, HealthAttendance(), {HEALTH}),
        (Role.POLICE_OFFICER, PoliceContact(), {POLICE, OrganisationKind.CEOP, OrganisationKind.UKHTC}),
        (Role.SOCIAL_WORKER, EnquirerInterviewed("", ""), {AUTHORITY}),
        (Role.SOCIAL_WORKER, IdentityChecked("", ""), {AUTHORITY, POLICE, UKBA}),
        (Role.SOCIAL_WORKER, RelationshipChecked("", ""), {AUTHORITY}),
        (Role.SOCIAL_WORKER, AgencyCheckReturned("", ""), {AUTHORITY, POLICE, UKBA}),
        (Role.SOCIAL_WORKER, RiskAssessed("", ""), {AUTHORITY}),
        (Role.MANAGER, ReleaseApproved("", "", "", EventId("")), {AUTHORITY}),
        (Role.SOCIAL_WORKER, ParentsContacted(""), {AUTHORITY, UKBA}),
        (Role.SOCIAL_WORKER, InterviewHeld(""), {AUTHORITY}),
        (Role.MANAGER, PlanAgreed(), {AUTHORITY}),
        (Role.MANAGER, WorkerAllocated(""), {AUTHORITY}),
    ],
)
def test_each_kind_of_body_says_what_is_its_own_to_say(role: Role, fact: Fact, kinds: set[OrganisationKind]) -> None:
    assert {kind for kind in OrganisationKind if says(kind, role, fact)} == kinds


@pytest.mark.parametrize("fact", [ReferralMade(), Sighting(), KinshipClaimed("")])
def test_everybody_may_refer_a_child_and_say_that_they_saw_it_or_that_an_adult_claims_it(fact: Fact) -> None:
    assert all(says(kind, role, fact) for kind in OrganisationKind for role in Role)


@pytest.mark.parametrize("fact", [EnquirerInterviewed("", ""), RiskAssessed("", ""), InterviewHeld("")])
def test_only_a_social_worker_interviews_and_assesses(fact: Fact) -> None:
    assert {role for role in Role if says(AUTHORITY, role, fact)} == {Role.SOCIAL_WORKER}


@pytest.mark.parametrize("fact", [PlacementThreatSeen(), VerificationRevoked("", "")])
def test_everybody_on_the_staff_of_any_body_may_warn(fact: Fact) -> None:
    assert all(says(kind, role, fact) for kind in OrganisationKind for role in set(Role) - {Role.UNVERIFIED})
    assert not any(says(kind, Role.UNVERIFIED, fact) for kind in OrganisationKind)


def test_only_an_approval_must_be_said_in_person() -> None:
    assert [kind for kind, authority in WHO_MAY_SAY.items() if authority.in_person] == [ReleaseApproved]


def test_only_a_coordinator_decides_about_identity() -> None:
    link = RecordsLinked(SubjectId("0" * 32))
    assert {role for role in Role if says(AUTHORITY, role, link)} == {Role.COORDINATOR}


def test_an_unverified_author_ends_no_episode() -> None:
    assert not says(POLICE, Role.UNVERIFIED, ChildFound())
