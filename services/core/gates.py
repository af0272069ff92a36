"""The two gates before a location: pure functions of what is asked, what is known and the time (design 6.3).

Both deny whatever they do not know. Allow permits, never obliges, and holds until the earliest lapse of what it rests
on. The table of conditions is in DECISIONS.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.core.allocation import allocated_until
from services.core.codes import OrganisationKind, Purpose, Role, YesNo
from services.core.denials import Reason
from services.core.evidence import dated, living, stand
from services.core.facts import (
    ChildFound,
    ChildMissing,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    ReleaseApproved,
    ReportWithdrawn,
)
from services.core.ids import EventId, OrgHandle, SubjectId
from services.core.known import Knowledge, Version, Word, first_lapse, returned
from services.core.ladder import Ladder, Rung, climb
from services.core.open_alerts import alerts_until
from services.core.responsible import responsible_authority
from services.core.rungs import LINKS, officers
from services.core.sayings import Sayings, concerns

_Voids = tuple[tuple[Reason, tuple[type, ...]], ...]

ANSWER_WITHIN = timedelta(minutes=2)
"""How long a second person has to answer before a protective access may open alone."""

ACCESS_LASTS = timedelta(hours=1)
"""How long a protective access may wait to be opened; after that nobody's answer changes anything."""

LONGEST_LEASE = timedelta(minutes=15)
APPROVERS = 2

_MOVES = (PlacementStarted, PlacementEnded)
_VOIDS_ACCESS: _Voids = ((Reason.MOVED, _MOVES), (Reason.LINK_CHANGED, LINKS))
_VOIDS_RELEASE: _Voids = (
    *_VOIDS_ACCESS,
    (Reason.MOVED, (ChildMissing, ChildFound, ReportWithdrawn)),
    (Reason.THREAT_SEEN, (PlacementThreatSeen,)),
)
_SEARCHING = frozenset({Purpose.SEARCH_FOR_CHILD, Purpose.PROTECT_CHILD})
_WORKING = _SEARCHING | {Purpose.CARE_OF_CHILD}


@dataclass(frozen=True, slots=True)
class Allow:
    """It may be opened until then (UTC). `review_on`: it opens alone, and is reviewed on that day."""

    until: datetime
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not be opened; every condition that does not hold, not just the first."""

    reasons: frozenset[Reason]


@dataclass(frozen=True, slots=True)
class Opener:
    """The one person who would see the location; `speaks_as` are the handles under which their organisation speaks."""

    handle: str
    role: Role
    kind: OrganisationKind
    speaks_as: frozenset[OrgHandle]


@dataclass(frozen=True, slots=True)
class Child:
    """The child as it was when a decision was asked for: its records, sealed locations, and what had disturbed it."""

    subjects: frozenset[SubjectId]
    versions: frozenset[Version]
    disturbances: frozenset[EventId]


@dataclass(frozen=True, slots=True)
class ReleaseAsked:
    """A release to an enquirer that is asked for; `decision` is its id, which approvals name."""

    decision: str
    enquirer: str
    child: Child
    purpose: Purpose
    opener: Opener


@dataclass(frozen=True, slots=True)
class AccessAsked:
    """A protective access that is asked for.

    `second` is another person, and `second_says` their answer (unknown: none yet). `paged_at` is when the coordinator's
    page was written, which must be before it opens alone.
    """

    child: Child
    purpose: Purpose
    opener: Opener
    asked_at: datetime
    lease: timedelta
    second: str | None = None
    second_says: YesNo = YesNo.UNKNOWN
    paged_at: datetime | None = None


def child_now(known: Knowledge) -> Child:
    """What a decision must hold on to when it is asked for."""
    sayings = Sayings(known)
    disturbing = (event for _, kinds in _VOIDS_RELEASE for event in _of_kinds(kinds, sayings, known.subjects))
    return Child(known.subjects, known.versions, frozenset(disturbing))


def enquirer_release(asked: ReleaseAsked, known: Knowledge, now: datetime) -> Allow | Deny:
    """Whether the child's location may be opened in order to release it to an enquirer (¶5.35-5.40, 5.65-5.70)."""
    ladder = climb(known, asked.enquirer, now)
    approvals = _approvals(asked, ladder)
    reasons = {
        *_lacks(Reason.WRONG_PURPOSE, unless=asked.purpose is Purpose.RELEASE_TO_ENQUIRER),
        *_changed(asked.child, known, ladder.evidence.sayings, _VOIDS_RELEASE),
        *_not_of(ladder.evidence.authority, asked.opener),
        *(lack for standing in ladder.rungs.values() for lack in standing.lacks),
        *_lacks(Reason.ADVERSE, unless=not ladder.adverse),
        *_not_all_different(asked.opener.handle, ladder, approvals),
    }
    if reasons:
        return Deny(frozenset(reasons))
    standing = (word for rung in ladder.rungs.values() for word in rung.words)
    return Allow(first_lapse((*standing, *approvals)))


def _not_of(authority: OrgHandle | None, opener: Opener) -> Iterator[Reason]:
    """The authority that is responsible for the child is known, and it is its own officer who opens (¶5.65-5.66)."""
    if authority is None:
        yield Reason.AUTHORITY_UNKNOWN
    elif authority not in opener.speaks_as:
        yield Reason.OPENER_OF_OTHER_BODY


def _approvals(asked: ReleaseAsked, ladder: Ladder) -> tuple[Word[ReleaseApproved], ...]:
    """Those that stand, of this very decision and of the assessment as it now stands; none can be used twice.

    One that was said before the assessment was said otherwise, and so again, is of what nobody stands by any more.
    """
    assessed = ladder.rungs[Rung.ASSESSMENT].words
    words = (
        word
        for word in ladder.evidence.both(ReleaseApproved)
        if word.fact.decision == asked.decision and word.fact.assessment == ladder.assessment
    )
    of_it = Reason.NOT_APPROVED_TWICE, lambda word: all(word.since >= one.since for one in assessed)
    return stand(Reason.NOT_APPROVED_TWICE, words, of_it, dated(ladder.evidence), *living(ladder.evidence)).words


def _not_all_different(opener: str, ladder: Ladder, approvals: Iterable[Word[ReleaseApproved]]) -> Iterator[Reason]:
    """Interviewer, assessor, two approvers and opener; an approval by one of the others counts for nothing."""
    approvers = officers(approvals)
    groups = (ladder.interviewers, ladder.assessors, frozenset({opener}))
    others = frozenset[str]().union(*groups)
    if len(approvers) < APPROVERS:
        yield Reason.NOT_APPROVED_TWICE
    elif len(approvers - others) < APPROVERS:
        yield Reason.SAME_PERSON
    if sum(map(len, groups)) != len(others) or ladder.interviewers & ladder.interviewers_of_child:
        yield Reason.SAME_PERSON


def protective_access(asked: AccessAsked, known: Knowledge, now: datetime) -> Allow | Deny:
    """Whether the child's location may be opened for those who look for or look after the child (¶5.70-5.75)."""
    sayings = Sayings(known)
    until = _entitled_until(asked, sayings, now)
    reasons = {
        *_lacks(Reason.WRONG_PURPOSE, unless=asked.purpose in _WORKING),
        *_changed(asked.child, known, sayings, _VOIDS_ACCESS),
        *_lacks(Reason.LEASE_NOT_VALID, unless=timedelta() < asked.lease <= LONGEST_LEASE),
        *_not_seconded(asked, now),
    }
    if isinstance(until, Reason):
        return Deny(frozenset({*reasons, until}))
    if reasons:
        return Deny(frozenset(reasons))
    alone = asked.second_says is not YesNo.YES
    return Allow(min(until, now + asked.lease), now.date() + timedelta(days=1) if alone else None)


def _entitled_until(asked: AccessAsked, sayings: Sayings, now: datetime) -> datetime | Reason:
    """Until when the opener is a worker on the case, or on duty for the police or the authority with an open alert."""
    if allocated := allocated_until(sayings.of_child, asked.opener.handle, now):
        return allocated
    if asked.opener.role != Role.DUTY_OFFICER:
        return Reason.NOT_ENTITLED
    if asked.opener.kind is not OrganisationKind.POLICE_FORCE:
        for reason in _not_of(responsible_authority(sayings.of_child), asked.opener):
            return reason
    if asked.purpose not in _SEARCHING:
        return Reason.WRONG_PURPOSE
    return alerts_until(sayings.of_child, now) or Reason.NO_OPEN_ALERT


def _not_seconded(asked: AccessAsked, now: datetime) -> Iterator[Reason]:
    """Another person says yes; or nobody answers within two minutes, and the coordinator has been paged."""
    match asked.second_says:
        case YesNo.YES:
            yield from _lacks(Reason.SAME_PERSON, unless=asked.second not in {None, asked.opener.handle})
        case YesNo.NO:
            yield Reason.SECOND_PERSON_REFUSED
        case YesNo.UNKNOWN:
            yield from _lacks(Reason.SECOND_PERSON_AWAITED, unless=asked.asked_at + ANSWER_WITHIN <= now)
            paged = asked.paged_at is not None and asked.paged_at <= now
            yield from _lacks(Reason.COORDINATOR_NOT_PAGED, unless=paged)


def _changed(child: Child, known: Knowledge, sayings: Sayings, voids: _Voids) -> Iterator[Reason]:
    """What is no longer as it was when the decision was asked for, or cannot be told."""
    yield from _lacks(Reason.NOT_WHOLE, unless=known.whole)
    yield from _lacks(Reason.RECORDS_CHANGED, unless=bool(known.subjects) and child.subjects == known.subjects)
    yield from _lacks(Reason.LOCATION_CHANGED, unless=child.versions == known.versions)
    yield from _lacks(Reason.NOTHING_HELD, unless=bool(child.versions | known.versions))
    for reason, kinds in voids:
        seen = _of_kinds(kinds, sayings, child.subjects | known.subjects)
        yield from _lacks(reason, unless=seen <= child.disturbances)


def _of_kinds(kinds: tuple[type, ...], sayings: Sayings, subjects: frozenset[SubjectId]) -> frozenset[EventId]:
    said = [one for kind in kinds for one in sayings.ever(kind) if concerns(one.event, subjects)]
    return frozenset(one.event.head.event_id for one in said) | returned(said)


def _lacks(reason: Reason, *, unless: bool) -> Iterator[Reason]:
    if not unless:
        yield reason
