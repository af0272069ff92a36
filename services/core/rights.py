"""What a person who is signed in may do, and with which cases: one table; what it does not grant is denied.

The gates judge a location besides (design section 6.3); what a person may *say* is in `authority`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.core.codes import OrganisationKind, Purpose, Sector


class PersonRole(StrEnum):
    """The roles under which people sign in; an auditor says nothing of a child, so no event knows that role."""

    COORDINATOR = "coordinator"
    MANAGER = "manager"
    SOCIAL_WORKER = "social_worker"
    DUTY_OFFICER = "duty_officer"
    POLICE_OFFICER = "police_officer"
    IMMIGRATION_OFFICER = "immigration_officer"
    CLINICIAN = "clinician"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What a person can ask one of the services to do."""

    READ_CASES = "read_cases"
    HANDLE_ENQUIRY = "handle_enquiry"
    DECIDE_LINK = "decide_link"
    ALLOCATE_WORKER = "allocate_worker"
    REQUEST_LOCATION = "request_location"
    APPROVE_LOCATION = "approve_location"
    OPEN_LOCATION = "open_location"
    LOOK_UP_COLLEAGUE = "look_up_colleague"
    READ_PATTERNS = "read_patterns"
    REVIEW_ACCESS = "review_access"
    READ_AUDIT = "read_audit"
    ANSWER_ALERT = "answer_alert"
    HOLD_DRILL = "hold_drill"
    READ_ROTA = "read_rota"
    KEEP_ROTA = "keep_rota"
    HAND_OVER_DUTY = "hand_over_duty"


class Reach(StrEnum):
    """With which cases."""

    EVERY_CASE = "every_case"
    OWN_OR_MISSING = "own_or_missing"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, as their identity provider vouches; both handles are opaque and the same in every agency."""

    handle: str
    role: PersonRole
    organisation: str
    kind: OrganisationKind
    sector: Sector


@dataclass(frozen=True, slots=True)
class Tie:
    """What binds a person to one case: it was given to them (¶5.70), or its child is missing (¶5.73)."""

    allocated: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do one thing, how far each reaches, for which purposes (none: no purpose is asked), and why."""

    reach: Mapping[PersonRole, Reach]
    source: str
    purposes: frozenset[Purpose] = frozenset()


_KINDS: Mapping[PersonRole, frozenset[OrganisationKind]] = {
    PersonRole.COORDINATOR: frozenset(OrganisationKind),
    PersonRole.MANAGER: frozenset({OrganisationKind.LOCAL_AUTHORITY}),
    PersonRole.SOCIAL_WORKER: frozenset({OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.NSPCC}),
    PersonRole.DUTY_OFFICER: frozenset({OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.POLICE_FORCE}),
    PersonRole.POLICE_OFFICER: frozenset({
        OrganisationKind.POLICE_FORCE, OrganisationKind.UKHTC, OrganisationKind.CEOP,
    }),
    PersonRole.IMMIGRATION_OFFICER: frozenset({OrganisationKind.UKBA, OrganisationKind.COMPETENT_AUTHORITY}),
    PersonRole.CLINICIAN: frozenset({OrganisationKind.HEALTH_BODY}),
    PersonRole.AUDITOR: frozenset(OrganisationKind),
}  # fmt: skip
"""In which bodies a role is held; held in another, it may do nothing."""

_PROTECTING = frozenset({Purpose.SEARCH_FOR_CHILD, Purpose.PROTECT_CHILD, Purpose.CARE_OF_CHILD})
_ANY_PURPOSE = _PROTECTING | {Purpose.RELEASE_TO_ENQUIRER}
_SEARCHERS = dict.fromkeys((PersonRole.DUTY_OFFICER, PersonRole.POLICE_OFFICER), Reach.OWN_OR_MISSING)
_WORKERS = dict.fromkeys(
    (PersonRole.MANAGER, PersonRole.SOCIAL_WORKER, PersonRole.IMMIGRATION_OFFICER, PersonRole.CLINICIAN), Reach.OWN
)
_COORDINATOR = {PersonRole.COORDINATOR: Reach.EVERY_CASE}
_STAFF = dict.fromkeys(set(PersonRole) - {PersonRole.AUDITOR}, Reach.EVERY_CASE)
"""Everybody who could be on duty; a rota is of no case, and is their own agency's alone."""

RIGHTS: Mapping[Action, Grant] = {
    Action.READ_CASES: Grant({**_COORDINATOR, **_SEARCHERS, **_WORKERS}, "¶3.5, ¶5.70, ¶5.74"),
    Action.HANDLE_ENQUIRY: Grant({**_COORDINATOR, **_SEARCHERS, **_WORKERS}, "¶5.67: the authority, police and UKBA"),
    Action.DECIDE_LINK: Grant(_COORDINATOR, "¶3.5"),
    Action.ALLOCATE_WORKER: Grant({**_COORDINATOR, PersonRole.MANAGER: Reach.EVERY_CASE}, "¶5.70"),
    Action.REQUEST_LOCATION: Grant(
        {**_SEARCHERS, PersonRole.SOCIAL_WORKER: Reach.OWN, PersonRole.MANAGER: Reach.OWN}, "¶5.65, ¶5.74", _ANY_PURPOSE
    ),
    Action.APPROVE_LOCATION: Grant(
        dict.fromkeys(
            (PersonRole.MANAGER, PersonRole.SOCIAL_WORKER, PersonRole.DUTY_OFFICER, PersonRole.COORDINATOR),
            Reach.EVERY_CASE,
        ),
        "¶5.65: the second person need not know the case; the gate binds them to one decision",
        _ANY_PURPOSE,
    ),
    Action.OPEN_LOCATION: Grant(
        {**_SEARCHERS, PersonRole.SOCIAL_WORKER: Reach.OWN, PersonRole.MANAGER: Reach.OWN}, "¶5.65, ¶5.74", _ANY_PURPOSE
    ),
    Action.LOOK_UP_COLLEAGUE: Grant(
        dict.fromkeys((*_COORDINATOR, *_SEARCHERS, *_WORKERS), Reach.OWN), "¶5.70; design section 6.3", _PROTECTING
    ),
    Action.READ_PATTERNS: Grant(_COORDINATOR, "¶3.5; design section 6.7"),
    Action.REVIEW_ACCESS: Grant(_COORDINATOR, "design section 6.3: reviewed the next day"),
    Action.READ_AUDIT: Grant({PersonRole.AUDITOR: Reach.EVERY_CASE}, "design section 11"),
    Action.ANSWER_ALERT: Grant(
        dict.fromkeys(set(PersonRole) - {PersonRole.AUDITOR}, Reach.EVERY_CASE),
        "¶5.74-5.75: of their own agency's alerts; whether they are on duty is asked besides",
    ),
    Action.HOLD_DRILL: Grant(
        dict.fromkeys((PersonRole.COORDINATOR, PersonRole.MANAGER, PersonRole.DUTY_OFFICER), Reach.EVERY_CASE),
        "design section 8: marked drills, of their own agency",
    ),
    Action.READ_ROTA: Grant(_STAFF, "¶5.74-5.77: everybody must know whom to call"),
    Action.KEEP_ROTA: Grant({**_COORDINATOR, PersonRole.MANAGER: Reach.EVERY_CASE}, "¶3.5; design section 8"),
    Action.HAND_OVER_DUTY: Grant(_STAFF, "design section 8: whoever is on duty hands it over, to whoever accepts"),
}


def reach(person: Person, action: Action) -> Reach | None:
    """How far a person reaches with an action; None: not at all."""
    if person.kind not in _KINDS[person.role]:
        return None
    return RIGHTS[action].reach.get(person.role)


def entitled(person: Person, action: Action, tie: Tie, purpose: Purpose | None = None) -> bool:
    """Whether a person may do this with the case to which `tie` binds them, for this purpose where one is asked."""
    purposes = RIGHTS[action].purposes
    if purposes and purpose not in purposes:
        return False
    match reach(person, action):
        case Reach.EVERY_CASE:
            return True
        case Reach.OWN_OR_MISSING:
            return tie.allocated or tie.missing
        case Reach.OWN:
            return tie.allocated
        case None:
            return False
