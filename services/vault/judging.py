"""Whether a decision may be opened now, from the vault's own copy of signed facts; pure.

A gate of `services.core.gates` decides; here stands what the vault adds: which records are one child when people's
words and the correlator's disagree, and what a record that could not be read means.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.core.codes import YesNo
from services.core.denials import NO_RIGHT, VOIDS
from services.core.denials import Reason as GateReason
from services.core.events import Event
from services.core.facts import LinkDecision, RecordsLinked
from services.core.gates import AccessAsked, Allow, Opener, ReleaseAsked, enquirer_release, protective_access
from services.core.ids import SubjectId
from services.core.known import Knowledge, Known, Version, present
from services.core.matching.groups import Pair, pair_of
from services.vault.decisions import LEASE, Allowed, Asked, Decision, Denied, Judgement, Kind


class Reason(StrEnum):
    """Why the vault denies before a gate is asked."""

    BEHIND = "behind"


BEHIND = Denied(frozenset({Reason.BEHIND}))
"""Who has not read to the end of the topics may have missed a revocation."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the vault holds about a child and an adult at one moment.

    `subjects` are the records of the child; `facts` is what is said of them, of who is who among them and beyond, and
    of the adult; `doubts` counts what could not be read or verified and may be about them. `joined_at` is when the last
    of the records became one with the others (UTC). `assigned` are the records of the whole case.
    """

    subjects: frozenset[SubjectId]
    facts: tuple[Known, ...]
    versions: frozenset[Version]
    doubts: int = 0
    joined_at: datetime | None = None
    assigned: frozenset[SubjectId] = frozenset()

    @property
    def is_torn(self) -> bool:
        """Whether the case holds a record that a person parted from the child's, and nobody knows whose the rest is."""
        return len(self.subjects) > 1 and not self.assigned <= self.subjects


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who would see it, and when coordinators were told that somebody asks (UTC; None: not yet)."""

    opener: Opener
    told_at: datetime | None = None


def judge(decision: Decision, circumstances: Circumstances, material: Material, now: datetime) -> Judgement:
    """Ask the decision's own gate at `now` (UTC)."""
    known = knowledge(decision, material)
    if decision.asked.kind is Kind.ENQUIRER_RELEASE:
        found = enquirer_release(_release(decision.asked, circumstances.opener), known, now)
    else:
        found = protective_access(_access(decision, circumstances), known, now)
    if isinstance(found, Allow):
        return Allowed(found.until)
    return Denied(frozenset(found.reasons), voids=_voids(found.reasons))


def _voids(reasons: frozenset[GateReason]) -> bool:
    """Whether it ends for good.

    That it ended would tell that the child moved, or is known at all: to who has no right it goes on, and never opens.
    That no location is held ends what would open if one were, and until then nobody learns it.
    """
    is_over = not (VOIDS | {GateReason.REVOKED}).isdisjoint(reasons) or reasons == {GateReason.NOTHING_HELD}
    return NO_RIGHT.isdisjoint(reasons) and is_over


def _release(asked: Asked, opener: Opener) -> ReleaseAsked:
    return ReleaseAsked(asked.decision_id, asked.enquirer or "", asked.child, asked.purpose, opener)


def _access(decision: Decision, circumstances: Circumstances) -> AccessAsked:
    asked, second = decision.asked, decision.seconded_by
    answer = YesNo.YES if second else YesNo.UNKNOWN
    return AccessAsked(
        asked.child, asked.purpose, circumstances.opener, asked.at, LEASE, second, answer, circumstances.told_at
    )


def knowledge(decision: Decision, material: Material) -> Knowledge:
    """What the gate judges from.

    A doubt denies a release to an enquirer. It does not shut out those who look for the child: it takes away from them
    that they may open alone (design, "The rule beside it").
    """
    whole = not material.doubts
    if decision.asked.kind is Kind.PROTECTIVE_ACCESS:
        whole = whole or decision.seconded_by is not None
    else:
        whole = whole and not material.is_torn and not links_disagree(material.subjects, material.facts)
    return Knowledge(material.facts, material.subjects, material.versions, whole, material.joined_at)


def bearing(subjects: frozenset[SubjectId], enquirer: str | None, facts: Iterable[Known]) -> tuple[Known, ...]:
    """Those of `facts` that are said of these records, of who is who with them, or of this adult."""
    return tuple(known for known in facts if _bears(known.event, subjects, enquirer))


def child(anchor: SubjectId, assigned: frozenset[SubjectId], facts: Iterable[Known]) -> frozenset[SubjectId]:
    """The records of one child: those of the case, without any that a person has parted from the one asked about.

    A person's word counts here before the correlator has acted on it.
    """
    parted = {pair for pair, said in _latest(facts).items() if not isinstance(said, RecordsLinked)}
    return assigned - {pair[1] if pair[0] == anchor else pair[0] for pair in parted if anchor in pair}


def links_disagree(subjects: frozenset[SubjectId], facts: Sequence[Known]) -> bool:
    """Whether people have parted two records that count as one child, or joined one of them to a record outside."""
    return any(
        subjects.issuperset(pair) is not isinstance(said, RecordsLinked)
        for pair, said in _latest(facts).items()
        if not subjects.isdisjoint(pair)
    )


def _bears(event: Event, subjects: frozenset[SubjectId], enquirer: str | None) -> bool:
    fact = event.fact
    if event.head.subject_id in subjects or (isinstance(fact, LinkDecision) and fact.other in subjects):
        return True
    return enquirer is not None and getattr(fact, "enquirer", None) == enquirer


def _latest(facts: Iterable[Known]) -> dict[Pair, LinkDecision]:
    """The last word on each pair of records, by the time at which it was recorded; what was corrected is no word."""
    decided = [known for known in facts if isinstance(known.event.fact, LinkDecision)]
    said = sorted(
        (word.event for word in present(decided)), key=lambda event: (event.head.recorded_at, event.head.event_id)
    )
    return {
        pair_of(event.head.subject_id, event.fact.other): event.fact
        for event in said
        if isinstance(event.fact, LinkDecision)
    }
