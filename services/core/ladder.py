"""An enquirer's ladder: which rungs stand at a time, and what each other one lacks (design 7; ¶5.65-5.70).

A rung is looked for in what is now said of this enquirer and this child, under whichever of the child's records. What
is adverse of the enquirer counts whichever child it was said of, and stands until the agency that said it corrects it.
A revocation takes down, for every child, what was established before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.core import rungs
from services.core.codes import AgencyCheck, Finding, ParentsSay, RiskDecision, Sector, YesNo
from services.core.evidence import Evidence, Standing, concerns, gather
from services.core.facts import (
    AgencyCheckReturned,
    EnquirerInterviewed,
    IdentityChecked,
    InterviewHeld,
    ParentsContacted,
    RelationshipChecked,
    RiskAssessed,
)
from services.core.ids import EventId
from services.core.known import Knowledge


class Rung(StrEnum):
    """What must be established, in the order in which a person climbs."""

    INTERVIEW = "interview"
    IDENTITY = "identity"
    LOCAL_AUTHORITY_CHECK = "local_authority_check"
    POLICE_CHECK = "police_check"
    UKBA_CHECK = "ukba_check"
    CHILD_HEARD = "child_heard"
    RELATIONSHIP = "relationship"
    ACCOUNTS = "accounts"
    MEETING = "meeting"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Ladder:
    """How far an enquirer has come with one child; `adverse` are the events that speak against the enquirer.

    The people are those of every word, good or not, as opaque handles.
    """

    evidence: Evidence
    rungs: Mapping[Rung, Standing]
    adverse: frozenset[EventId]
    interviewers: frozenset[str]
    interviewers_of_child: frozenset[str]
    assessors: frozenset[str]

    @property
    def missing_next(self) -> Rung | None:
        """The first rung that does not stand; None at the top."""
        return next((rung for rung in Rung if not self.rungs[rung].stands), None)

    @property
    def assessment(self) -> EventId | None:
        """The risk assessment that approvals must name."""
        words = self.rungs[Rung.ASSESSMENT].words
        return words[0].event.head.event_id if words else None


def climb(known: Knowledge, enquirer: str, now: datetime) -> Ladder:
    """How far this enquirer has come with this child."""
    evidence = gather(known, enquirer, now)
    return Ladder(
        evidence=evidence,
        rungs={rung: rule(evidence) for rung, rule in _RULES.items()},
        adverse=frozenset(
            word.event.head.event_id
            for word in evidence.words
            if _adverse(word.fact, enquirer, of_child=concerns(word.event, known.subjects))
        ),
        interviewers=rungs.officers(evidence.both(EnquirerInterviewed)),
        interviewers_of_child=rungs.officers(evidence.child(InterviewHeld)),
        assessors=rungs.officers(evidence.both(RiskAssessed)),
    )


def _adverse(fact: object, enquirer: str, *, of_child: bool) -> bool:
    """Whether something speaks against the enquirer; the parents of this child may object without saying to whom."""
    if isinstance(fact, ParentsContacted) and fact.enquirer is None:
        return of_child and fact.say is ParentsSay.OBJECT
    return _speaks_against(fact) and getattr(fact, "enquirer", None) == enquirer


def _speaks_against(fact: object) -> bool:
    match fact:
        case IdentityChecked(finding=finding) | RelationshipChecked(finding=finding):
            return finding is Finding.REFUTED
        case AgencyCheckReturned(result=result):
            return result is AgencyCheck.ADVERSE
        case ParentsContacted(say=say):
            return say is ParentsSay.OBJECT
        case RiskAssessed() as risk:
            answers = (risk.keeps_child_safe, risk.exercises_responsibility, risk.contact_consistent_with_welfare)
            return risk.decision is RiskDecision.REFUSE or YesNo.NO in answers
        case _:
            return False


def _check(sector: Sector) -> Callable[[Evidence], Standing]:
    return lambda evidence: rungs.agency_check(evidence, sector)


_RULES: Mapping[Rung, Callable[[Evidence], Standing]] = {
    Rung.INTERVIEW: rungs.interview,
    Rung.IDENTITY: rungs.identity,
    Rung.LOCAL_AUTHORITY_CHECK: _check(Sector.LOCAL_AUTHORITY),
    Rung.POLICE_CHECK: _check(Sector.POLICE),
    Rung.UKBA_CHECK: _check(Sector.UKBA),
    Rung.CHILD_HEARD: rungs.child_heard,
    Rung.RELATIONSHIP: rungs.relationship,
    Rung.ACCOUNTS: rungs.accounts,
    Rung.MEETING: rungs.meeting,
    Rung.ASSESSMENT: rungs.assessment,
}
