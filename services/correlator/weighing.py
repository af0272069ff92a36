"""Which weights records are compared by, and all edges anew when others are adopted."""

from collections.abc import Iterator, Mapping
from itertools import islice

from services.core.errors import LanternError
from services.core.matching.versions import FIRST, Adopted, Pinned
from services.correlator.likeness import Beside, Edge, Matcher, Portraits

_AT_ONCE = 500


class UnknownWeights(LanternError):
    """Weights were adopted that this edition does not have: install the edition that has them; nothing was saved."""


class Matchers:
    """A matcher for each version, made when it is first needed."""

    def __init__(self, pinned: Mapping[str, Pinned]) -> None:
        self._pinned = pinned
        self._made: dict[str, Matcher] = {}

    def of(self, adopted: Adopted | None) -> Matcher:
        """The matcher of what was last adopted, or of the first version.

        Raises:
            UnknownWeights: this edition has no such version, or another under its name.
        """
        version = adopted.version if adopted else FIRST
        pinned = self._pinned.get(version)
        if pinned is None or (adopted and adopted.sha256 != pinned.sha256):
            raise UnknownWeights
        if version not in self._made:
            self._made[version] = Matcher(pinned.weights)
        return self._made[version]

    @property
    def versions(self) -> list[str]:
        """Every version that this edition has."""
        return sorted(self._pinned)

    def pinned(self, version: str) -> Pinned | None:
        """The weights of a version, if this edition has it."""
        return self._pinned.get(version)


def all_edges(matcher: Matcher, portraits: Portraits) -> Iterator[tuple[Edge, ...]]:
    """Every edge between these records, a part at a time: who has many records does other things in between."""
    holders = matcher.holders(portraits)
    left = iter(sorted(portraits))
    while some := list(islice(left, _AT_ONCE)):
        of = {subject: portraits[subject] for subject in some}
        # Each pair is found from both its ends; the end with the smaller id gives it.
        yield tuple(edge for edge in matcher.edges(of, Beside(portraits, holders)) if edge.pair[0] in of)
