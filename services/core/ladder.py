"""An enquirer's ladder: which rungs stand at a time, and what each other one lacks (design 7; ¶5.65-5.70).

A rung is looked for in what is now said of this enquirer and this child, under whichever of the child's records. What
is adverse of the enquirer counts whichever child it was said of, and stands until the agency that said it corrects it.
A revocation takes down, for every child, what was established before it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.core import rungs
from services.core.codes import AgencyCheck, Finding, ParentsSay, RiskDecision, Sector, YesNo
from services.core.evidence import Evidence, Standing, gather
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
from services.core.known import Knowledge, Word


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
        adverse=frozenset(word.event.head.event_id for word in _adverse(evidence)),
        interviewers=rungs.officers(evidence.both(EnquirerInterviewed)),
        interviewers_of_child=rungs.officers(evidence.child(InterviewHeld)),
        assessors=rungs.officers(evidence.both(RiskAssessed)),
    )


def _adverse(evidence: Evidence) -> Iterator[Word[Any]]:
    """What speaks against the enquirer, whichever child it was said of (¶5.66).

    The parents of this child may object without saying to whom.
    """
    for kind, speaks_against in _AGAINST.items():
        said = evidence.sayings.last(kind)
        yield from (word for word in said if word.fact.enquirer == evidence.enquirer and speaks_against(word.fact))
    said_of_child = evidence.child(ParentsContacted)
    yield from (word for word in said_of_child if word.fact.enquirer is None and _objects(word.fact))


def _refuted(fact: IdentityChecked | RelationshipChecked) -> bool:
    return fact.finding is Finding.REFUTED


def _found_adverse(fact: AgencyCheckReturned) -> bool:
    return fact.result is AgencyCheck.ADVERSE


def _objects(fact: ParentsContacted) -> bool:
    return fact.say is ParentsSay.OBJECT


def _says_no(fact: RiskAssessed) -> bool:
    answers = (fact.keeps_child_safe, fact.exercises_responsibility, fact.contact_consistent_with_welfare)
    return fact.decision is RiskDecision.REFUSE or YesNo.NO in answers


_AGAINST: Mapping[type[Any], Callable[[Any], bool]] = {
    IdentityChecked: _refuted,
    RelationshipChecked: _refuted,
    AgencyCheckReturned: _found_adverse,
    ParentsContacted: _objects,
    RiskAssessed: _says_no,
}


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
