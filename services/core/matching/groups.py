"""Records in groups, joined two at a time. Changed in place: whoever needs both states asks for a joined twin."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from services.core.ids import CaseId, SubjectId

Pair = tuple[SubjectId, SubjectId]


def pair_of(one: SubjectId, other: SubjectId) -> Pair:
    """The two records in the one order in which a pair is written."""
    return (one, other) if one < other else (other, one)


class Groups:
    """Disjoint sets of records whose representative is the smallest subject id."""

    def __init__(self, records: Iterable[SubjectId]) -> None:
        self._parent = {subject: subject for subject in records}

    def joined_by(self, edges: Iterable[Pair]) -> "Groups":
        """What these would be, joined along these edges; they themselves stay as they are."""
        twin = Groups(())
        twin._parent = dict(self._parent)
        for pair in edges:
            twin.join(pair)
        return twin

    def members(self) -> Mapping[SubjectId, list[SubjectId]]:
        """The records of each group, by its root."""
        found: dict[SubjectId, list[SubjectId]] = defaultdict(list)
        for subject in self._parent:
            found[self.root(subject)].append(subject)
        return found

    def case_of(self) -> dict[SubjectId, CaseId]:
        """Each record's case, named after its smallest record."""
        return {subject: CaseId(self.root(subject)) for subject in self._parent}

    def same(self, pair: Pair) -> bool:
        """Whether both records are in one group."""
        return self.root(pair[0]) == self.root(pair[1])

    def join_unless_parted(self, pair: Pair, parted: Iterable[Pair]) -> None:
        """Join the groups of both records, unless two records of them are parted."""
        ends = {self.root(pair[0]), self.root(pair[1])}
        if not any({self.root(one), self.root(other)} == ends for one, other in parted):
            self.join(pair)

    def join(self, pair: Pair) -> None:
        """Join the groups of both records."""
        low, high = sorted((self.root(pair[0]), self.root(pair[1])))
        self._parent[high] = low

    def root(self, subject: SubjectId) -> SubjectId:
        """The smallest record of a record's group."""
        while self._parent[subject] != subject:
            self._parent[subject] = self._parent[self._parent[subject]]
            subject = self._parent[subject]
        return subject
