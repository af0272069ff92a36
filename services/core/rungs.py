"""What each rung of an enquirer's ladder asks for, one function a rung, each with its paragraph."""

from collections.abc import Callable, Iterable
from typing import Any

from services.core.codes import (
    AccountArea,
    AgencyCheck,
    Finding,
    Interpreter,
    RelationshipEvidence,
    RiskDecision,
    Role,
    Section47Outcome,
    Sector,
    YesNo,
)
from services.core.denials import Reason
from services.core.evidence import Evidence, Standing, Step, dated, find, living, stand
from services.core.facts import (
    AgencyCheckReturned,
    EnquirerInterviewed,
    IdentityChecked,
    InterviewHeld,
    LinkRefused,
    ParentsContacted,
    PlacementThreatSeen,
    PlanAgreed,
    RecordsLinked,
    RecordsUnlinked,
    RelationshipChecked,
    RiskAssessed,
    Section47Concluded,
    Section47Started,
)
from services.core.known import Word, dated_not_before, not_before

LINKS = (RecordsLinked, RecordsUnlinked, LinkRefused)
_WEIGHED_OF_ENQUIRER: tuple[type[Any], ...] = (
    EnquirerInterviewed,
    IdentityChecked,
    RelationshipChecked,
    AgencyCheckReturned,
)
_WEIGHED_OF_CHILD: tuple[type[Any], ...] = (
    ParentsContacted,
    InterviewHeld,
    PlanAgreed,
    Section47Started,
    Section47Concluded,
    PlacementThreatSeen,
    *LINKS,
)
_INTERPRETERS = frozenset({Interpreter.NOT_NEEDED, Interpreter.INDEPENDENT_AND_CHECKED})
_UNKNOWN_AREA = frozenset({AccountArea.UNKNOWN})
_CHECK_OF = {
    Sector.LOCAL_AUTHORITY: Reason.LOCAL_AUTHORITY_NOT_CLEAR,
    Sector.POLICE: Reason.POLICE_NOT_CLEAR,
    Sector.UKBA: Reason.UKBA_NOT_CLEAR,
}


def interview(evidence: Evidence) -> Standing:
    """A social worker of the responsible authority interviewed the adult, apart from the child (¶5.31, 5.65)."""
    steps: tuple[Step[EnquirerInterviewed], ...] = (
        (Reason.NOT_INTERVIEWED, lambda word: word.fact.completed is YesNo.YES),
        _by_own_social_worker(evidence),
        (Reason.NOT_APART, lambda word: word.fact.apart_from_child is YesNo.YES),
        (Reason.INTERPRETER_NOT_VALID, lambda word: word.fact.interpreter in _INTERPRETERS),
        dated(evidence),
    )
    return stand(Reason.NOT_INTERVIEWED, evidence.both(EnquirerInterviewed), *steps, *living(evidence))


def identity(evidence: Evidence) -> Standing:
    """The adult is who they say they are (¶5.65, 5.67)."""
    good: tuple[Step[IdentityChecked], ...] = (
        (Reason.IDENTITY_NOT_ESTABLISHED, lambda word: word.fact.finding is Finding.ESTABLISHED),
        dated(evidence),
    )
    return find(Reason.IDENTITY_NOT_ESTABLISHED, evidence.both(IdentityChecked), good, *living(evidence))


def agency_check(evidence: Evidence, sector: Sector) -> Standing:
    """The local authority, the police and UKBA each looked the adult up, and found nothing (¶5.67)."""
    own = _CHECK_OF[sector]
    words = [word for word in evidence.both(AgencyCheckReturned) if word.event.head.sector is sector]
    good: tuple[Step[AgencyCheckReturned], ...] = (
        (own, lambda word: word.fact.result is AgencyCheck.CLEAR),
        dated(evidence),
    )
    return find(own, words, good, *living(evidence))


def child_heard(evidence: Evidence) -> Standing:
    """The child was heard apart from carers, and their wishes and feelings are known (¶5.29, 5.39-5.40, 5.70)."""
    steps: tuple[Step[InterviewHeld], ...] = (
        (Reason.CHILD_NOT_HEARD, lambda word: word.fact.wishes_and_feelings_known is YesNo.YES),
        (Reason.NOT_APART, lambda word: word.fact.apart_from_carers is YesNo.YES),
        (Reason.INTERPRETER_NOT_VALID, lambda word: word.fact.interpreter in _INTERPRETERS),
        dated(evidence),
    )
    return stand(Reason.CHILD_NOT_HEARD, evidence.child(InterviewHeld), *steps)


def relationship(evidence: Evidence) -> Standing:
    """The adult is to the child what they say (¶5.65-5.66)."""
    good: tuple[Step[RelationshipChecked], ...] = (
        (Reason.RELATIONSHIP_NOT_ESTABLISHED, lambda word: word.fact.finding is Finding.ESTABLISHED),
        dated(evidence),
    )
    return find(Reason.RELATIONSHIP_NOT_ESTABLISHED, evidence.both(RelationshipChecked), good, *living(evidence))


def accounts(evidence: Evidence) -> Standing:
    """A third person compared what adult and child said apart, and no area differs (¶5.30-5.31)."""
    interviewers = officers(evidence.both(EnquirerInterviewed)) | officers(evidence.child(InterviewHeld))
    good: tuple[Step[RelationshipChecked], ...] = ((Reason.ACCOUNTS_NOT_COMPARED, _match), dated(evidence))
    third: Step[RelationshipChecked] = (Reason.SAME_PERSON, lambda word: word.fact.officer not in interviewers)
    words = [word for word in evidence.both(RelationshipChecked) if _compares(word)]
    return find(Reason.ACCOUNTS_NOT_COMPARED, words, good, third, *living(evidence))


def meeting(evidence: Evidence) -> Standing:
    """Where a section 47 enquiry was begun, or a meeting held, the latest meeting agreed to a release (¶5.35)."""
    begun, concluded = evidence.child(Section47Started), evidence.child(Section47Concluded)
    enquiries: list[Word[Any]] = [*begun, *concluded]
    ended, plans = [word for word in concluded if _concluded(word)], evidence.child(PlanAgreed)
    if not enquiries and not plans:
        return Standing()
    if not any(map(dated_not_before(enquiries), ended)) and enquiries:
        return Standing(lacks=frozenset({Reason.MEETING_NOT_AGREED}))
    good: tuple[Step[PlanAgreed], ...] = ((Reason.MEETING_NOT_AGREED, _agreed), dated(evidence))
    on_completion: Step[PlanAgreed] = (Reason.MEETING_NOT_AGREED, dated_not_before(enquiries))
    return find(Reason.MEETING_NOT_AGREED, plans, good, on_completion)


def assessment(evidence: Evidence) -> Standing:
    """The risk assessment made after everything else says release; it is one word, the latest (¶5.38-5.39, 5.67)."""
    good: tuple[Step[RiskAssessed], ...] = (
        (Reason.NOT_ASSESSED, lambda word: word.fact.decision is RiskDecision.RELEASE),
        _by_own_social_worker(evidence),
        (Reason.NOT_KEPT_SAFE, lambda word: word.fact.keeps_child_safe is YesNo.YES),
        (Reason.RESPONSIBILITY_NOT_EXERCISED, lambda word: word.fact.exercises_responsibility is YesNo.YES),
        (Reason.CONTACT_AGAINST_WELFARE, lambda word: word.fact.contact_consistent_with_welfare is YesNo.YES),
        dated(evidence),
    )
    late: Step[RiskAssessed] = (Reason.ASSESSED_TOO_EARLY, not_before(_weighed(evidence)))
    of_these: Step[RiskAssessed] = (Reason.ASSESSED_TOO_EARLY, _since_joined(evidence))
    found = find(Reason.NOT_ASSESSED, evidence.both(RiskAssessed), good, late, of_these, *living(evidence))
    return Standing((max(found.words, key=_said_last),)) if found.words else found


def officers(words: Iterable[Any]) -> frozenset[str]:
    """Everybody who said any of these, good or not, as opaque handles."""
    return frozenset(word.fact.officer for word in words)


def _by_own_social_worker(evidence: Evidence) -> Step[Any]:
    """A social worker of the authority that is responsible for the child (design section 2; ¶5.65, 5.69)."""

    def holds(word: Word[Any]) -> bool:
        head = word.event.head
        return (
            head.role is Role.SOCIAL_WORKER
            and head.sector is Sector.LOCAL_AUTHORITY
            and evidence.authority is not None
            and head.org == evidence.authority
        )

    return Reason.NOT_BY_OWN_SOCIAL_WORKER, holds


def _compares(word: Word[RelationshipChecked]) -> bool:
    return RelationshipEvidence.ACCOUNTS_COMPARED in word.fact.evidence or bool(word.fact.areas_differing)


def _match(word: Word[RelationshipChecked]) -> bool:
    """At least one area was compared, none differs, and the relationship is held to be established by it."""
    fact = word.fact
    compared = RelationshipEvidence.ACCOUNTS_COMPARED in fact.evidence and not fact.areas_differing
    return compared and fact.finding is Finding.ESTABLISHED and not _UNKNOWN_AREA.issuperset(fact.areas_matching)


def _concluded(word: Word[Section47Concluded]) -> bool:
    return word.fact.outcome is not Section47Outcome.UNDECIDED


def _agreed(word: Word[PlanAgreed]) -> bool:
    return word.fact.agreed is YesNo.YES and word.fact.release_agreed is YesNo.YES


def _since_joined(evidence: Evidence) -> Callable[[Word[Any]], bool]:
    """Whether all the records were one child's when it was said: of one that a number joined later nothing was weighed.

    A planted record would else lead an enquirer from a child that is theirs to one that is not (¶5.65).
    """
    return lambda word: evidence.joined_at is None or word.since >= evidence.joined_at


def _weighed(evidence: Evidence) -> list[Word[Any]]:
    """What an assessment must not be earlier than."""
    of_enquirer = [word for kind in _WEIGHED_OF_ENQUIRER for word in evidence.both(kind)]
    return of_enquirer + [word for kind in _WEIGHED_OF_CHILD for word in evidence.child(kind)]


def _said_last(word: Word[Any]) -> tuple[object, ...]:
    return word.since, word.event.head.event_id
