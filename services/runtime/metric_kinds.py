"""What is said of a metric, and what kinds of number there are."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of number a metric is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Definition:
    """One metric: what it counts, in which unit, by which labels, and what it means when it rises."""

    name: str
    kind: Kind
    unit: str
    counts: str
    rise: str
    labels: tuple[str, ...] = ()
