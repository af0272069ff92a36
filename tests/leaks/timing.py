"""Whether two samples of times can be told apart: the two-sample Kolmogorov-Smirnov test."""

import math
from bisect import bisect_right
from collections.abc import Sequence

LEVEL = 0.001
"""How seldom two samples of one distribution may be told apart by mistake."""


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The greatest distance between the two samples' shares of what is at most as large."""
    one, other = sorted(one), sorted(other)
    shares = ((bisect_right(one, at) / len(one), bisect_right(other, at) / len(other)) for at in (*one, *other))
    return max(abs(left - right) for left, right in shares)


def told_apart(one: Sequence[float], other: Sequence[float], level: float = LEVEL) -> bool:
    """Whether samples of one distribution lie so far apart less often than `level` (Smirnov's limit)."""
    critical = math.sqrt(-math.log(level / 2) / 2 * (len(one) + len(other)) / (len(one) * len(other)))
    return distance(one, other) > critical
