"""Who is who: what a batch changes in claims and decisions, and which records change their case by it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.core.ids import CaseId, SubjectId
from services.core.matching.components import IdentifierKey, Partition, partition
from services.core.matching.groups import Pair
from services.core.matching.stated import Stated
from services.correlator.likeness import Edge, Likeness, Portraits, asked_for, likely, rivals, seen
from services.correlator.said import NO_TRAITS, Claim

Claims = Mapping[SubjectId, frozenset[Claim]]

NO_CLAIMS: frozenset[Claim] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch changes: the whole new claims and portraits of some records, decisions new, decisions withdrawn.

    `likeness` are the edges that follow from the portraits; for the children of `newly_asked_for` an adult first asked
    at another time than was known. `redrawn` are records held before whose names or sex are now others: though no edge
    changes, what they contradict may.
    """

    claims: Claims
    said: tuple[Stated, ...] = ()
    gone: tuple[Stated, ...] = ()
    portraits: Portraits = field(default_factory=dict)
    likeness: Likeness = field(default_factory=Likeness)
    newly_asked_for: frozenset[SubjectId] = frozenset()
    redrawn: frozenset[SubjectId] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.claims or self.said or self.gone or self.portraits)

    @property
    def touches(self) -> frozenset[SubjectId]:
        """Every record whose case the change may change."""
        ends = (subject for stated in (*self.said, *self.gone) for subject in stated.decision.pair)
        return frozenset((*self.claims, *ends)) | self.likeness.touches | self.newly_asked_for | self.redrawn

    @property
    def identifiers(self) -> frozenset[IdentifierKey]:
        """Every identifier that the changed records now name: whoever else names it is touched too."""
        return frozenset((claim.scheme, claim.value) for claims in self.claims.values() for claim in claims)


@dataclass(frozen=True, slots=True)
class Graph:
    """Every record that the touched ones reach, by identifiers, decisions, likeness and common cases, as it is held.

    `conflicts` are the pairs of them that numbers would join and something speaks against.
    """

    cases: Mapping[SubjectId, CaseId]
    claims: Claims
    decisions: tuple[Stated, ...]
    edges: tuple[Edge, ...] = ()
    conflicts: frozenset[Pair] = frozenset()
    portraits: Portraits = field(default_factory=dict)


EMPTY = Graph({}, {}, ())


def place(graph: Graph, change: Change, newcomers: Iterable[SubjectId]) -> Partition:
    """Say each record's case, for those of `graph` and the newcomers, once the change is made.

    Its conflicts are those of numbers; two that are likely of one child and parted are told as an edge.
    """
    claims = {**graph.claims, **change.claims}
    withdrawn = {stated.decision.event_id for stated in (*change.said, *change.gone)}
    kept = (stated.decision for stated in graph.decisions if stated.decision.event_id not in withdrawn)
    records = {subject: linking(claims.get(subject, NO_CLAIMS)) for subject in (*graph.cases, *newcomers)}
    held = (edge for edge in graph.edges if change.likeness.of.isdisjoint(edge.pair))
    edges = (*held, *change.likeness.now)
    portraits = {**graph.portraits, **change.portraits}
    decisions = (*kept, *(stated.decision for stated in change.said))
    found = partition(
        records,
        decisions,
        likely(edges),
        asked_for(portraits),
        rivals(edges),
        profile_of=lambda subject: seen(portraits.get(subject, NO_TRAITS)),
    )
    return Partition(found.case_of, found.conflicts - likely(edges))


def linking(claims: Iterable[Claim]) -> frozenset[IdentifierKey]:
    """The identifiers by which a record may be joined: what anybody disputes joins nothing (design 5)."""
    disputed = {(claim.scheme, claim.value) for claim in claims if claim.disputed}
    return frozenset((claim.scheme, claim.value) for claim in claims if not claim.disputed) - disputed
