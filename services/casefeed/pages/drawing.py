"""Where the parts of a drawing stand: pure, in the units of the drawing's own view box."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.casefeed.counting import Week
from services.casefeed.patterns import PatternView
from services.core.ids import CaseId

ROW = 56
_TOP = 28
LEFT, RIGHT = 150, 430
BAR_HEIGHT = 120


@dataclass(frozen=True, slots=True)
class Node:
    """A pattern or a case, and its height in the drawing."""

    name: str
    y: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Patterns on the left, cases on the right, and a line (two heights) from each pattern to each of its cases."""

    patterns: Sequence[Node]
    cases: Sequence[Node]
    lines: Sequence[tuple[int, int]]
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One week's bar: how high it is, and its count (None: fewer than eight, drawn as a line)."""

    week: Week
    count: int | None
    height: int


def graph(patterns: Sequence[PatternView]) -> Graph:
    """The patterns in their order, and the cases in the order in which they first appear."""
    cases = list(dict.fromkeys(case for one in patterns for case in one.cases))
    tall = max(len(patterns), len(cases))
    heights = dict(zip(cases, _spread(len(cases), tall), strict=True))
    left = [Node(one.kind, y) for one, y in zip(patterns, _spread(len(patterns), tall), strict=True)]
    lines = [(node.y, heights[case]) for node, one in zip(left, patterns, strict=True) for case in one.cases]
    return Graph(left, [Node(case, heights[case]) for case in cases], lines, tall * ROW)


def bars(weeks: Sequence[Week], counts: Sequence[int | None]) -> list[Bar]:
    """The highest count fills the drawing."""
    highest = max((count for count in counts if count), default=1)
    return [
        Bar(week, count, round((count or 0) / highest * BAR_HEIGHT)) for week, count in zip(weeks, counts, strict=True)
    ]


def _spread(number: int, tall: int) -> list[int]:
    """So many heights, evenly over a drawing of so many rows."""
    return [_TOP + round(tall * ROW * place / number) for place in range(number)]


def cases_of(patterns: Sequence[PatternView]) -> list[CaseId]:
    """Every case around which something was found, each once."""
    return sorted({case for one in patterns for case in one.cases})
