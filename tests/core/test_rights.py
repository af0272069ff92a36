"""Who may do what, with which cases: as the table says, and nothing that it does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.authority import ANSWERS_FOR
from services.core.codes import OrganisationKind, Purpose, Role
from services.core.rights import RIGHTS, Action, Person, PersonRole, Reach, Tie, entitled, reach
from tests.builders import an_id

AT_HOME = {
    PersonRole.COORDINATOR: OrganisationKind.LOCAL_AUTHORITY,
    PersonRole.MANAGER: OrganisationKind.LOCAL_AUTHORITY,
    PersonRole.SOCIAL_WORKER: OrganisationKind.LOCAL_AUTHORITY,
    PersonRole.DUTY_OFFICER: OrganisationKind.POLICE_FORCE,
    PersonRole.POLICE_OFFICER: OrganisationKind.POLICE_FORCE,
    PersonRole.IMMIGRATION_OFFICER: OrganisationKind.UKBA,
    PersonRole.CLINICIAN: OrganisationKind.HEALTH_BODY,
    PersonRole.AUDITOR: OrganisationKind.LOCAL_AUTHORITY,
}
# Written anew, in the order of PersonRole: E every case, M own or missing, O own, - none.
EXPECTED = {
    Action.READ_CASES: "EOOMMOO-",
    Action.HANDLE_ENQUIRY: "EOOMMOO-",
    Action.DECIDE_LINK: "E-------",
    Action.ALLOCATE_WORKER: "EE------",
    Action.REQUEST_LOCATION: "-OOMM---",
    Action.APPROVE_LOCATION: "EEEE----",
    Action.OPEN_LOCATION: "-OOMM---",
    Action.LOOK_UP_COLLEAGUE: "OOOOOOO-",
    Action.READ_PATTERNS: "E-------",
    Action.REVIEW_ACCESS: "E-------",
    Action.READ_AUDIT: "-------E",
    Action.ANSWER_ALERT: "EEEEEEE-",
    Action.HOLD_DRILL: "EE-E----",
    Action.READ_ROTA: "EEEEEEE-",
    Action.KEEP_ROTA: "EE------",
    Action.HAND_OVER_DUTY: "EEEEEEE-",
}
LETTERS = {Reach.EVERY_CASE: "E", Reach.OWN_OR_MISSING: "M", Reach.OWN: "O", None: "-"}
STRANGER, BOTH = Tie(), Tie(allocated=True, missing=True)

actions, roles, kinds = st.sampled_from(Action), st.sampled_from(PersonRole), st.sampled_from(OrganisationKind)
ties = st.builds(Tie, allocated=st.booleans(), missing=st.booleans())
purposes = st.none() | st.sampled_from(Purpose)


def person(role: PersonRole, kind: OrganisationKind | None = None) -> Person:
    """Somebody of this role, at home in their own kind of body unless said otherwise."""
    of = kind or AT_HOME[role]
    return Person(an_id(1), role, an_id(2), of, ANSWERS_FOR[of])


@pytest.mark.parametrize("action", Action)
def test_each_role_reaches_as_far_as_the_table_says(action: Action) -> None:
    assert "".join(LETTERS[reach(person(role), action)] for role in PersonRole) == EXPECTED[action]


def test_every_action_has_a_grant_and_every_grant_a_reason() -> None:
    assert set(RIGHTS) == set(Action)
    assert [action for action, grant in RIGHTS.items() if not grant.source] == []


def test_every_role_but_the_auditors_is_one_under_which_an_event_can_be_said() -> None:
    assert {role.value for role in PersonRole} - {role.value for role in Role} == {"auditor"}


def test_what_an_auditor_reads_is_the_audit_alone() -> None:
    assert [action for action in Action if reach(person(PersonRole.AUDITOR), action)] == [Action.READ_AUDIT]


@given(action=actions, role=roles, kind=kinds, tie=ties, purpose=purposes)
def test_a_closer_tie_never_takes_a_right_away(
    action: Action, role: PersonRole, kind: OrganisationKind, tie: Tie, purpose: Purpose | None
) -> None:
    somebody = person(role, kind)
    assert entitled(somebody, action, BOTH, purpose) or not entitled(somebody, action, tie, purpose)


@given(action=actions, role=roles, kind=kinds, tie=ties, purpose=purposes)
def test_nobody_is_entitled_to_what_their_role_does_not_reach(
    action: Action, role: PersonRole, kind: OrganisationKind, tie: Tie, purpose: Purpose | None
) -> None:
    somebody = person(role, kind)
    if reach(somebody, action) is None:
        assert not entitled(somebody, action, tie, purpose)


@given(role=roles, purpose=purposes, action=actions)
def test_only_who_reaches_every_case_is_entitled_to_one_that_is_no_concern_of_theirs(
    role: PersonRole, purpose: Purpose | None, action: Action
) -> None:
    if entitled(person(role), action, STRANGER, purpose):
        assert reach(person(role), action) is Reach.EVERY_CASE


@pytest.mark.parametrize("action", [Action.REQUEST_LOCATION, Action.APPROVE_LOCATION, Action.OPEN_LOCATION])
@given(role=roles, tie=ties)
def test_a_location_is_never_touched_without_a_known_purpose(action: Action, role: PersonRole, tie: Tie) -> None:
    assert not entitled(person(role), action, tie)
    assert not entitled(person(role), action, tie, Purpose.UNKNOWN)


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (PersonRole.SOCIAL_WORKER, OrganisationKind.POLICE_FORCE),
        (PersonRole.CLINICIAN, OrganisationKind.LOCAL_AUTHORITY),
        (PersonRole.DUTY_OFFICER, OrganisationKind.SCHOOL),
        (PersonRole.MANAGER, OrganisationKind.UKBA),
    ],
)
def test_a_role_in_a_body_that_has_no_such_role_may_do_nothing(role: PersonRole, kind: OrganisationKind) -> None:
    assert [action for action in Action if reach(person(role, kind), action)] == []
