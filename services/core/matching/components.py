"""Cases as components: records joined by people, by identifiers and by what is likely, parted by people's refusals.

The answer is a function of the *sets* of records and decisions, so it is the same in every order of arrival.
A false join is worse than a late one: where identifiers would join what a person or a surer identifier has parted,
they join nothing there, and a person is asked. So it is with what is only likely, against numbers of any kind.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import combinations, pairwise, product
from types import MappingProxyType

from services.core.codes import IdentifierScheme
from services.core.ids import CaseId, EventId, SubjectId
from services.core.matching.groups import Groups, Pair, pair_of
from services.core.matching.left_open import ProfileOf, left_open, nothing_told

IdentifierKey = tuple[IdentifierScheme, str]
Numbers = Mapping[SubjectId, frozenset[IdentifierKey]]
"""The numbers of each record."""

ONE_A_PERSON = frozenset({IdentifierScheme.NHS_NUMBER, IdentifierScheme.PNC_ID})
"""A person has one of each: two different values are a conflict, and one value joins more surely than the others."""

SEVERAL_A_PERSON = frozenset(IdentifierScheme) - ONE_A_PERSON
"""A person may hold several passports and references: another one speaks against what is only likely, and no more."""

_ANY = frozenset(IdentifierScheme)

Apart = Callable[[Sequence[SubjectId], Sequence[SubjectId]], bool]

_PEOPLE_AROUND_AN_ENQUIRER = 2
_NOBODY_ASKED: Mapping[SubjectId, datetime] = MappingProxyType({})


class Verdict(StrEnum):
    """What a person decided about two records."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    REFUSED = "refused"


_PARTING = (Verdict.LINKED, Verdict.UNLINKED, Verdict.REFUSED)
"""Who parts more stands later."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision about a pair; of several on one pair the latest counts. `by` is their handle, if known."""

    pair: Pair
    verdict: Verdict
    decided_at: datetime
    event_id: EventId
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Partition:
    """Each record's case; `conflicts` are pairs that identifiers would join and something speaks against.

    `waiting` are links that one person made and that wait for a second.
    """

    case_of: Mapping[SubjectId, CaseId]
    conflicts: frozenset[Pair] = field(default=frozenset())
    waiting: frozenset[Pair] = field(default=frozenset())


def partition(  # noqa: PLR0913 - all that is said of the records
    records: Numbers,
    decisions: Iterable[Decision],
    likely: Iterable[Pair] = (),
    asked_for: Mapping[SubjectId, datetime] = _NOBODY_ASKED,
    rivals: Iterable[Pair] = (),
    *,
    profile_of: ProfileOf = nothing_told,
) -> Partition:
    """Part the records into cases; a case's id is the smallest subject id in it.

    `rivals` are pairs that would be likely but for a digit of a date of birth, or about which a person is asked.
    `profile_of` says what a record claims: what is likely joins none that leaves open what tells two others apart.
    `asked_for` says when an adult first asked for a record's child. A link that one person makes into such a case
    waits for a second: a mistaken or false link would lead an enquirer from one child to another (¶5.65).
    """
    decisions, alike = tuple(decisions), _Alike.of(records, likely, rivals, profile_of)
    lone = _lone_links(decisions) if asked_for else {}
    without = _partition(records, [one for one in decisions if one.pair not in lone], alike) if lone else None
    waiting = frozenset(
        pair for pair, since in lone.items() if without and _asked_before(since, pair, without.case_of, asked_for)
    )
    found = _partition(records, [one for one in decisions if one.pair not in waiting], alike)
    return Partition(found.case_of, found.conflicts, waiting)


def _lone_links(decisions: Iterable[Decision]) -> dict[Pair, datetime]:
    """The links that fewer than two people make, each with the time of its first since it was last undone."""
    return {
        pair: links[0].decided_at
        for pair, links in standing_links(decisions).items()
        if len({link.by for link in links} - {None}) < _PEOPLE_AROUND_AN_ENQUIRER
    }


def standing_links(decisions: Iterable[Decision]) -> dict[Pair, list[Decision]]:
    """The links of each pair since it was last undone or refused, the first one first, where there are any."""
    by_pair: dict[Pair, list[Decision]] = defaultdict(list)
    for decision in sorted(decisions, key=_when):
        if decision.verdict is not Verdict.LINKED:
            by_pair[decision.pair] = []
        else:
            by_pair[decision.pair].append(decision)
    return {pair: links for pair, links in by_pair.items() if links}


def _asked_before(
    since: datetime, pair: Pair, case_of: Mapping[SubjectId, CaseId], asked_for: Mapping[SubjectId, datetime]
) -> bool:
    """Whether the link joins two cases for the child of one of which an adult had asked by then."""
    sides = {case_of.get(subject) for subject in pair}
    asked = (at for subject, at in asked_for.items() if case_of.get(subject) in sides)
    return len(sides) > 1 and None not in sides and any(at <= since for at in asked)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Pairs of records that are there, by what the weights say of them, and what each record claims."""

    likely: frozenset[Pair]
    rivals: frozenset[Pair]
    profile_of: ProfileOf

    @classmethod
    def of(cls, records: Numbers, likely: Iterable[Pair], rivals: Iterable[Pair], profile_of: ProfileOf) -> "_Alike":
        there = [frozenset(pair for pair in pairs if records.keys() >= set(pair)) for pairs in (likely, rivals)]
        return cls(there[0], there[1], profile_of)


def _partition(records: Numbers, decisions: Iterable[Decision], alike: _Alike) -> Partition:
    """Part the records by decisions that all count.

    Decisions about records that are not there count once the records are. What is only likely joins last, and nothing
    that a person parts, or two numbers of one kind: two children of one name and birthday are found by nothing else.
    """
    counting = {pair: decision for pair, decision in latest(decisions).items() if records.keys() >= set(pair)}
    parted = {pair for pair, decision in counting.items() if decision.verdict is Verdict.REFUSED}
    groups = Groups(records)
    for decision in _links_newest_first(counting.values()):
        groups.join_unless_parted(decision.pair, parted)
    conflicts: set[Pair] = set()
    for schemes in (ONE_A_PERSON, SEVERAL_A_PERSON):
        edges = _identifier_edges(records, schemes)
        conflicts |= _join(
            groups, edges, _barred(groups, edges, parted, partial(_contradictions, records, ONE_A_PERSON))
        )
    unsure = _barred(groups, alike.likely, parted, partial(_contradictions, records, _ANY))
    unsure |= _torn(groups, alike.likely - unsure, alike.rivals, partial(_known_apart, records, parted))
    unsure |= left_open(groups, alike.likely, alike.profile_of)
    conflicts |= _join(groups, alike.likely, unsure)
    return Partition(groups.case_of(), frozenset(pair for pair in conflicts if not groups.same(pair)))


def _join(groups: Groups, edges: AbstractSet[Pair], barred: set[Pair]) -> set[Pair]:
    """Join along every edge that is not barred; gives those that are."""
    for pair in edges - barred:
        groups.join(pair)
    return barred


def _barred(
    settled: Groups, edges: AbstractSet[Pair], parted: set[Pair], contradictions: Callable[[Groups], set[Pair]]
) -> set[Pair]:
    """The edges of every cluster in which they would join what a person or an identifier parts."""
    trial = settled.joined_by(edges)
    against = parted | contradictions(trial)
    bad = {trial.root(one) for one, other in against if trial.same((one, other)) and not settled.same((one, other))}
    return {pair for pair in edges if trial.root(pair[0]) in bad and not settled.same(pair)}


def _known_apart(records: Numbers, parted: set[Pair], ones: Sequence[SubjectId], others: Sequence[SubjectId]) -> bool:
    """Whether two groups of records are known to be two children's: by their numbers, or by a person's word."""
    mine, theirs = (frozenset().union(*map(records.__getitem__, group)) for group in (ones, others))
    return _contradict(mine, theirs) or any(pair_of(*ends) in parted for ends in product(ones, others))


def _torn(settled: Groups, edges: AbstractSet[Pair], rivals: AbstractSet[Pair], apart: Apart) -> set[Pair]:
    """The edges of every record that may as well be another child's than that of whom they would join it to.

    The other child has its name and, but for a digit, its date of birth, and is known to be another: a record whose
    date of birth has that digit wrong looks exactly like the wrong child's own.
    """
    if not rivals:
        return set()
    trial = settled.joined_by(edges)
    own, with_edges = settled.members(), trial.members()
    torn = {
        settled.root(one)
        for one, rival in (ends for pair in rivals if not trial.same(pair) for ends in (pair, pair[::-1]))
        if apart(with_edges[trial.root(one)], with_edges[trial.root(rival)])
        and not apart(own[settled.root(one)], with_edges[trial.root(rival)])
    }
    return {pair for pair in edges if not settled.same(pair) and {settled.root(end) for end in pair} & torn}


def _contradictions(records: Numbers, schemes: frozenset[IdentifierScheme], clusters: Groups) -> set[Pair]:
    """The pairs whose numbers of these kinds contradict each other within a cluster."""
    holders: dict[SubjectId, dict[frozenset[IdentifierKey], list[SubjectId]]] = defaultdict(lambda: defaultdict(list))
    for subject in sorted(records):
        numbers = frozenset(key for key in records[subject] if key[0] in schemes)
        if numbers:
            holders[clusters.root(subject)][numbers].append(subject)
    return {
        pair_of(one, other)
        for by_numbers in holders.values()
        for mine, theirs in combinations(by_numbers, 2)
        if _contradict(mine, theirs)
        for one in by_numbers[mine]
        for other in by_numbers[theirs]
    }


def latest(decisions: Iterable[Decision]) -> dict[Pair, Decision]:
    """Of each pair the decision that counts: the last one; of several of one moment the one that parts them most."""
    latest: dict[Pair, Decision] = {}
    for decision in decisions:
        rival = latest.get(decision.pair)
        if rival is None or _when(decision) > _when(rival):
            latest[decision.pair] = decision
    return latest


def _when(decision: Decision) -> tuple[datetime, int, EventId]:
    """A link is outlived by what undoes it at the very same moment: in doubt two children stay two."""
    return decision.decided_at, _PARTING.index(decision.verdict), decision.event_id


def _links_newest_first(decisions: Iterable[Decision]) -> list[Decision]:
    links = [decision for decision in decisions if decision.verdict is Verdict.LINKED]
    return sorted(links, key=lambda link: (_when(link), link.pair), reverse=True)


def _identifier_edges(records: Numbers, schemes: frozenset[IdentifierScheme]) -> set[Pair]:
    """A chain of pairs through the holders of each identifier of these schemes."""
    holders: dict[IdentifierKey, list[SubjectId]] = defaultdict(list)
    for subject in sorted(records):
        for key in records[subject]:
            if key[0] in schemes:
                holders[key].append(subject)
    return {pair for sharing in holders.values() for pair in pairwise(sharing)}


def _contradict(one: frozenset[IdentifierKey], other: frozenset[IdentifierKey]) -> bool:
    """Whether two records hold numbers of one kind, and none of them in common."""
    for scheme in {scheme for scheme, _ in one}:
        mine = {value for kind, value in one if kind is scheme}
        theirs = {value for kind, value in other if kind is scheme}
        if mine and theirs and not mine & theirs:
            return True
    return False
