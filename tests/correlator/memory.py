"""The correlator's tables as plain dictionaries, which answer the same questions without a database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.core.case import CaseState, digest, fold
from services.core.ids import CaseId, EventId, SubjectId
from services.core.matching.components import IdentifierKey, partition
from services.core.matching.groups import Pair
from services.core.matching.stated import Stated, decision_of
from services.core.matching.versions import FIRST, Adopted, Pinned
from services.core.timeline import Entry, current
from services.correlator import handlers
from services.correlator.handlers import Outcome, Timelines
from services.correlator.identity import NO_CLAIMS, Change, Graph, linking
from services.correlator.likeness import NOBODY_BESIDE, Beside, Edge, Likeness, Matcher, asked_for, likely, rivals, seen
from services.correlator.said import NO_TRAITS, Claim, Portrait, Said
from services.correlator.survey import Known, OfRecord, Survey, survey
from services.correlator.weighing import Matchers, all_edges
from services.runtime.weights import load_all
from tests.builders import day
from tests.conftest import HOME

WEIGHTS = load_all(HOME)[FIRST]
WARIER = Pinned(replace(WEIGHTS.weights, version="2", link_at=60.0, ask_at=10.0), "fe" * 32)
MATCHERS = Matchers({FIRST: WEIGHTS, "2": WARIER})
"""The weights that hold at first, and others that join nobody and ask more."""

ADOPTED = Adopted("2", WARIER.sha256, day(40))
MATCHER, WARIER_MATCHER = MATCHERS.of(None), MATCHERS.of(ADOPTED)


@dataclass
class Memory:
    """What the tables hold after the batches that were taken."""

    entries: dict[EventId, Said] = field(default_factory=dict)
    cases: dict[SubjectId, CaseId] = field(default_factory=dict)
    states: dict[CaseId, CaseState] = field(default_factory=dict)
    claims: dict[SubjectId, frozenset[Claim]] = field(default_factory=dict)
    decisions: dict[EventId, Stated] = field(default_factory=dict)
    portraits: dict[SubjectId, Portrait] = field(default_factory=dict)
    edges: dict[Pair, Edge] = field(default_factory=dict)
    conflicts: set[Pair] = field(default_factory=set)
    matcher: Matcher = MATCHER

    def take(self, batch: Sequence[Said], matcher: Matcher | None = None) -> Outcome:
        """Take a batch; with a matcher, one that adopts its weights."""
        before, self.matcher = self.matcher, matcher or self.matcher
        known = self._known(batch)
        found = survey(known, batch)
        restated = self._whole(found.restated, found)
        change = handlers.change(known, found, restated)
        change = self._likened(change) if self.matcher is before else self._reweighed(change)
        touched = found.restated | change.touches | handlers.awaited(known, found)
        graph = self._graph(touched, change.identifiers) if touched else Graph({}, {}, ())
        where = handlers.placed(known, found, change, graph)
        told = {**self._whole(where.retold, found), **restated}
        states = {**known.states, **{case: self.states[case] for case in where.unread}}
        outcome = handlers.settle(found, change, where, states, told)
        self._keep(outcome)
        return outcome

    def truth(self) -> "Truth":
        held = digests(self.cases, self.entries.values())
        return Truth(held, frozenset(self.edges.values()), frozenset(self.conflicts))

    def folded(self) -> dict[CaseId, CaseState]:
        """What each case's entries come to all at once; its state was carried from batch to batch."""
        return {case: fold(entries) for case, entries in _by_case(self.cases, self.entries.values()).items()}

    def _known(self, batch: Sequence[Said]) -> Known:
        subjects = {said.entry.subject_id for said in batch}
        asked = {(said.entry.subject_id, said.entry.fact_id) for said in batch}
        facts: dict[OfRecord, dict[EventId, datetime]] = defaultdict(dict)
        for event, said in self.entries.items():
            if (fact := (said.entry.subject_id, said.entry.fact_id)) in asked:
                facts[fact][event] = said.entry.recorded_at
        cases = {subject: self.cases[subject] for subject in subjects & self.cases.keys()}
        return Known(
            events=frozenset(said.entry.event_id for said in batch if said.entry.event_id in self.entries),
            cases=cases,
            states={case: self.states[case] for case in cases.values()},
            facts=facts,
            claims={subject: self.claims.get(subject, NO_CLAIMS) for subject in subjects},
            decisions=[one for one in self.decisions.values() if subjects & set(one.decision.pair)],
            portraits={subject: self.portraits[subject] for subject in subjects & self.portraits.keys()},
        )

    def _likened(self, change: Change) -> Change:
        changed, find = change.portraits, self.matcher.keys
        keys = {key for portrait in changed.values() for key in find(portrait)}
        beside = {who: held for who, held in self.portraits.items() if keys & find(held)}
        before = [edge for edge in self.edges.values() if changed.keys() & set(edge.pair)]
        return handlers.likened(change, self.matcher, Beside(beside, self.matcher.holders(beside)), before)

    def _reweighed(self, change: Change) -> Change:
        portraits = {**self.portraits, **change.portraits}
        now = tuple(edge for some in all_edges(self.matcher, portraits) for edge in some)
        return replace(change, likeness=Likeness(frozenset(portraits), tuple(self.edges.values()), now))

    def _graph(self, subjects: Iterable[SubjectId], identifiers: Collection[IdentifierKey]) -> Graph:
        reached = set(subjects) | {who for who, claims in self.claims.items() if _names(claims) & set(identifiers)}
        while more := self._beside(reached) - reached:
            reached |= more
        return Graph(
            cases={subject: case for subject, case in self.cases.items() if subject in reached},
            claims={subject: claims for subject, claims in self.claims.items() if subject in reached},
            decisions=tuple(one for one in self.decisions.values() if one.decision.pair[0] in reached),
            edges=tuple(edge for edge in self.edges.values() if edge.pair[0] in reached),
            conflicts=frozenset(pair for pair in self.conflicts if pair[0] in reached),
            portraits={subject: portrait for subject, portrait in self.portraits.items() if subject in reached},
        )

    def _beside(self, reached: Collection[SubjectId]) -> set[SubjectId]:
        named = {key for subject in reached for key in _names(self.claims.get(subject, NO_CLAIMS))}
        cases = {self.cases.get(subject) for subject in reached}
        pairs = [*(one.decision.pair for one in self.decisions.values()), *self.edges]
        return (
            {subject for subject, claims in self.claims.items() if _names(claims) & named}
            | {subject for subject, case in self.cases.items() if case in cases}
            | {subject for pair in pairs if set(pair) & set(reached) for subject in pair}
        )

    def _whole(self, subjects: Iterable[SubjectId], found: Survey) -> Timelines:
        held = {who: [said for said in self.entries.values() if said.entry.subject_id == who] for who in subjects}
        return handlers.whole(held, found)

    def _keep(self, outcome: Outcome) -> None:
        self.entries |= {said.entry.event_id: said for said in outcome.found.new}
        for again in outcome.found.again:
            said = self.entries[again.event_id]
            latest = max(said.entry.recorded_at, again.recorded_at)
            self.entries[again.event_id] = replace(said, entry=replace(said.entry, recorded_at=latest))
        self.cases |= {one.subject_id: one.case_id for one in outcome.assigned}
        self.claims |= outcome.change.claims
        self.portraits |= outcome.change.portraits
        for pair in outcome.change.likeness.gone:
            del self.edges[pair]
        self.edges |= {edge.pair: edge for edge in outcome.change.likeness.made}
        self.conflicts = (self.conflicts - outcome.settled) | outcome.conflicts
        for stated in outcome.change.gone:
            del self.decisions[stated.decision.event_id]
        self.decisions |= {stated.decision.event_id: stated for stated in outcome.change.said}
        self.states |= {case.case_id: case.state for case in outcome.cases}
        for case in outcome.emptied:
            del self.states[case]


def digests(cases: dict[SubjectId, CaseId], held: Iterable[Said]) -> dict[CaseId, str]:
    members: dict[CaseId, set[SubjectId]] = defaultdict(set)
    for subject, case in cases.items():
        members[case].add(subject)
    told = _by_case(cases, held)
    return {case: digest(case, subjects, told[case]) for case, subjects in members.items()}


def _by_case(cases: Mapping[SubjectId, CaseId], held: Iterable[Said]) -> dict[CaseId, list[Entry]]:
    told: dict[CaseId, list[Entry]] = defaultdict(list)
    for said in held:
        told[cases[said.entry.subject_id]].append(said.entry)
    return told


@dataclass(frozen=True, slots=True)
class Truth:
    """What a history comes to."""

    digests: dict[CaseId, str]
    edges: frozenset[Edge]
    conflicts: frozenset[Pair]


def truth(history: Iterable[Said]) -> dict[CaseId, str]:
    """The digests that a history comes to, worked out at once from all of it."""
    return whole_truth(history).digests


def whole_truth(history: Iterable[Said], matcher: Matcher = MATCHER) -> Truth:
    """Everything that a history comes to, worked out at once from all of it."""
    last: dict[EventId, Said] = {}
    for said in history:
        rival = last.get(said.entry.event_id)
        if rival is None or said.entry.recorded_at > rival.entry.recorded_at:
            last[said.entry.event_id] = said
    spoken = [last[entry.event_id] for entry in current(said.entry for said in last.values())]
    claims: dict[SubjectId, frozenset[Claim]] = {said.entry.subject_id: NO_CLAIMS for said in last.values()}
    portraits = dict.fromkeys(claims, NO_TRAITS)
    for said in spoken:
        claims[said.entry.subject_id] |= said.claims
        portraits[said.entry.subject_id] |= said.portrait
    edges = matcher.edges(portraits, NOBODY_BESIDE)
    stated = (decision_of(said.entry) for said in spoken)
    found = partition(
        {subject: linking(said_of) for subject, said_of in claims.items()},
        [one.decision for one in stated if one],
        likely(edges),
        asked_for(portraits),
        rivals(edges),
        profile_of=lambda subject: seen(portraits[subject]),
    )
    return Truth(digests(dict(found.case_of), last.values()), frozenset(edges), found.conflicts - likely(edges))


def _names(claims: Iterable[Claim]) -> set[IdentifierKey]:
    return {(claim.scheme, claim.value) for claim in claims}
