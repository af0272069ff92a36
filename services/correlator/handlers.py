"""What a batch of events comes to: identity changed, records placed in cases, states, what to tell. Pure.

The shell asks step by step, because what must be read depends on what was said before it: `survey.survey`, then
`change`, `placed` and `settle`. Every answer is the same in any order of arrival and with any repetition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

from services.core.case import EMPTY, CaseState, absorb, fold
from services.core.ids import CaseId, EventId, SubjectId
from services.core.matching.groups import Pair
from services.core.matching.stated import decision_of
from services.core.timeline import current
from services.correlator.identity import NO_CLAIMS, Change, Graph, place
from services.correlator.likeness import Beside, Edge, Likeness, Matcher, first_asked, tells_apart
from services.correlator.said import NO_TRAITS, Claim, Portrait, Said, SaidAgain
from services.correlator.survey import Known, Survey

Timelines = Mapping[SubjectId, Sequence[Said]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where records now belong; `moved` are new in their case.

    Of the cases that records leave or enter, `emptied` have none any more; `renamed` give the case of which they have
    every record, and so its state; `refolded`, with their records, are folded anew. `unread` are the cases whose state
    is needed besides. `conflicts` and `settled` are the pairs about which numbers newly conflict, or do no longer.
    """

    cases: Mapping[SubjectId, CaseId]
    moved: Mapping[SubjectId, CaseId]
    emptied: frozenset[CaseId]
    renamed: Mapping[CaseId, CaseId]
    refolded: Mapping[CaseId, frozenset[SubjectId]]
    unread: frozenset[CaseId]
    conflicts: frozenset[Pair] = frozenset()
    settled: frozenset[Pair] = frozenset()

    @property
    def retold(self) -> frozenset[SubjectId]:
        """The records whose whole timelines are needed."""
        return frozenset().union(*self.refolded.values())


@dataclass(frozen=True, slots=True)
class Assigned:
    """A record that is new in a case, and since when that is known."""

    subject_id: SubjectId
    case_id: CaseId
    known_at: datetime


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case as the batch leaves it; one without entries has lost all its records to others."""

    case_id: CaseId
    known_at: datetime
    state: CaseState
    assigned: Sequence[Assigned]
    new: Sequence[Said]
    again: Sequence[SaidAgain]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything to save; `cases` is also what to tell. `emptied` are those of them that have no record any more."""

    found: Survey
    change: Change
    assigned: tuple[Assigned, ...]
    cases: tuple[CaseChange, ...]
    emptied: frozenset[CaseId]
    refolds: int
    conflicts: frozenset[Pair] = frozenset()
    settled: frozenset[Pair] = frozenset()


def concerns_identity(known: Known, found: Survey, change: Change) -> bool:
    """Whether a batch may move records: it changes what is claimed or decided, or brings one that a decision awaits."""
    return bool(change or awaited(known, found))


def awaited(known: Known, found: Survey) -> frozenset[SubjectId]:
    """The newcomers of which a decision already speaks."""
    spoken_of = {subject for stated in known.decisions for subject in stated.decision.pair}
    return frozenset(found.newcomers.keys() & spoken_of)


def whole(held: Timelines, found: Survey) -> dict[SubjectId, list[Said]]:
    """The timelines of the records in `held` as they are once the batch is told on top of it."""
    words = {subject: {said.entry.event_id: said for said in timeline} for subject, timeline in held.items()}
    for said in found.new:
        if said.entry.subject_id in words:
            words[said.entry.subject_id][said.entry.event_id] = said
    for again in found.again:
        if again.subject_id in words:
            _say_again(words[again.subject_id], again)
    return {subject: list(events.values()) for subject, events in words.items()}


def change(known: Known, found: Survey, told: Timelines) -> Change:
    """What the batch does to identity; `told` are the whole timelines of the restated records."""
    voices = _voices(found, told)
    was = {stated.decision.event_id: stated for stated in known.decisions if stated.by in found.restated}
    stated = (decision_of(said.entry) for spoken in voices.values() for said in spoken)
    now = {one.decision.event_id: one for one in stated if one}
    portraits = _changed_portraits(known, found, voices)
    return Change(
        claims=_changed_claims(known, found, voices),
        said=tuple(one for event, one in now.items() if was.get(event) != one),
        gone=tuple(one for event, one in was.items() if event not in now),
        portraits=portraits,
        newly_asked_for=frozenset(
            subject
            for subject, portrait in portraits.items()
            if first_asked(portrait) != first_asked(known.portraits.get(subject, NO_TRAITS))
        ),
        redrawn=frozenset(
            subject
            for subject in portraits.keys() & known.cases.keys()
            if tells_apart(portraits[subject]) != tells_apart(known.portraits.get(subject, NO_TRAITS))
        ),
    )


def likened(made: Change, matcher: Matcher, beside: Beside, before: Iterable[Edge]) -> Change:
    """The change with its likeness; `beside` are records that share a key with a changed one, `before` its edges."""
    now = matcher.edges(made.portraits, beside)
    return replace(made, likeness=Likeness(frozenset(made.portraits), tuple(before), now))


def placed(known: Known, found: Survey, made: Change, graph: Graph) -> Placed:
    """Put every record of the batch, and every record that its changes reach, in its case."""
    before = {**known.cases, **graph.cases}
    parts = place(graph, made, found.newcomers)
    after = {**before, **parts.case_of}
    moved = {subject: case for subject, case in after.items() if before.get(subject) != case}
    uprooted = before.keys() & moved.keys()
    disturbed = {before[subject] for subject in uprooted} | {after[subject] for subject in uprooted | found.restated}
    were, are = _members(before), _members(after)
    emptied = frozenset(disturbed - are.keys())
    renamed = {
        case: old
        for case in disturbed - emptied
        if found.restated.isdisjoint(are[case]) and (old := _sole_origin(before, are[case])) and were[old] <= are[case]
    }
    joined = {after[subject] for subject in found.newcomers} & were.keys() - disturbed
    return Placed(
        cases=after,
        moved=moved,
        emptied=emptied,
        renamed=renamed,
        refolded={case: are[case] for case in disturbed - emptied - renamed.keys()},
        unread=frozenset((joined | set(renamed.values())) - known.states.keys()),
        conflicts=parts.conflicts - graph.conflicts,
        settled=graph.conflicts - parts.conflicts,
    )


def settle(found: Survey, made: Change, where: Placed, states: Mapping[CaseId, CaseState], told: Timelines) -> Outcome:
    """What each case comes to; `states` are of the cases that are not refolded, `told` of the records that are."""
    parts = _parts(found, where)
    cases = tuple(
        _changed(case, _state(case, parts[case], where, states, told), parts[case], found.known_at)
        for case in sorted(parts)
    )
    assigned = tuple(one for part in parts.values() for one in part.assigned)
    refolds = len(where.refolded)
    return Outcome(found, made, assigned, cases, where.emptied, refolds, where.conflicts, where.settled)


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a batch concerns one case."""

    assigned: list[Assigned] = field(default_factory=list)
    new: list[Said] = field(default_factory=list)
    again: list[SaidAgain] = field(default_factory=list)
    begun: list[Said] = field(default_factory=list)


def _parts(found: Survey, where: Placed) -> dict[CaseId, _Part]:
    parts: dict[CaseId, _Part] = defaultdict(_Part)
    for subject, case in where.moved.items():
        parts[case].assigned.append(Assigned(subject, case, found.newcomers.get(subject, found.known_at)))
    for said in found.new:
        parts[where.cases[said.entry.subject_id]].new.append(said)
    for again in found.again:
        parts[where.cases[again.subject_id]].again.append(again)
    for said in found.begun:
        parts[where.cases[said.entry.subject_id]].begun.append(said)
    return {**{case: _Part() for case in (*where.emptied, *where.refolded)}, **parts}


def _state(case: CaseId, part: _Part, where: Placed, states: Mapping[CaseId, CaseState], told: Timelines) -> CaseState:
    if case in where.emptied:
        return EMPTY
    if case in where.refolded:
        return fold(said.entry for subject in where.refolded[case] for said in told[subject])
    return reduce(absorb, (said.entry for said in part.begun), states.get(where.renamed.get(case, case), EMPTY))


def _changed(case: CaseId, state: CaseState, part: _Part, batch_known_at: datetime) -> CaseChange:
    times = [one.known_at for one in part.assigned] + [again.known_at for again in part.again]
    times += [said.entry.known_at for said in part.new]
    return CaseChange(case, max(times, default=batch_known_at), state, part.assigned, part.new, part.again)


def _voices(found: Survey, told: Timelines) -> dict[SubjectId, list[Said]]:
    """The current events that may change identity: all of a restated record, of another those that begin a fact."""
    voices: dict[SubjectId, list[Said]] = defaultdict(list)
    for said in found.begun:
        if said.entry.subject_id not in found.restated:
            voices[said.entry.subject_id].append(said)
    for subject in found.restated:
        speaking = {entry.event_id for entry in current(said.entry for said in told[subject])}
        voices[subject] = [said for said in told[subject] if said.entry.event_id in speaking]
    return voices


def _changed_claims(
    known: Known, found: Survey, voices: Mapping[SubjectId, Sequence[Said]]
) -> dict[SubjectId, frozenset[Claim]]:
    changed = {}
    for subject, spoken in voices.items():
        before = known.claims.get(subject, NO_CLAIMS)
        after = NO_CLAIMS.union(*(said.claims for said in spoken))
        if subject not in found.restated:
            after |= before
        if after != before:
            changed[subject] = after
    return changed


def _changed_portraits(
    known: Known, found: Survey, voices: Mapping[SubjectId, Sequence[Said]]
) -> dict[SubjectId, Portrait]:
    changed = {}
    for subject, spoken in voices.items():
        before = known.portraits.get(subject, NO_TRAITS)
        after = NO_TRAITS.union(*(said.portrait for said in spoken))
        if subject not in found.restated:
            after |= before
        if after != before:
            changed[subject] = after
    return changed


def _sole_origin(before: Mapping[SubjectId, CaseId], members: Iterable[SubjectId]) -> CaseId | None:
    """The one case from which all of these that are no newcomers come."""
    origins = {before[subject] for subject in members if subject in before}
    return origins.pop() if len(origins) == 1 else None


def _members(cases: Mapping[SubjectId, CaseId]) -> dict[CaseId, frozenset[SubjectId]]:
    members: dict[CaseId, set[SubjectId]] = defaultdict(set)
    for subject, case in cases.items():
        members[case].add(subject)
    return {case: frozenset(subjects) for case, subjects in members.items()}


def _say_again(words: dict[EventId, Said], again: SaidAgain) -> None:
    said = words[again.event_id]
    if again.recorded_at > said.entry.recorded_at:
        words[again.event_id] = replace(said, entry=replace(said.entry, recorded_at=again.recorded_at))
