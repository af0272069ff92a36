"""How fast a record is looked up among the others, in memory and on one core: its keys, who shares one, their scores.

The same in the correlator's own tables is measured by `tests/bench/test_lookups.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.core.claims import Subject
from services.core.matching.blocking import keys
from services.core.matching.scoring import Profile, profile, score
from services.core.matching.weights import Weights

FEW = 10_000  # records, from which growth is reckoned
_ASKED = 1_000

Holders = Mapping[str, Sequence[Profile]]


@dataclass(frozen=True, slots=True)
class Lookups:
    """Lookups a second among all; `growth` is how many times as long one takes as among the first 10,000 records."""

    a_second: float
    growth: float | None


def lookups(subjects: Sequence[Subject], weights: Weights, clock: Callable[[], float]) -> Lookups:
    """Look up records from all over the list; `clock` gives seconds. Without more than 10,000 there is no growth."""
    asked = subjects[:: max(len(subjects) // _ASKED, 1)]
    among_all = _seconds(asked, _holders(subjects, weights), weights, clock)
    few = _seconds(asked, _holders(subjects[:FEW], weights), weights, clock) if len(subjects) > FEW else 0.0
    return Lookups(len(asked) / among_all if among_all else 0.0, among_all / few if few else None)


def _holders(subjects: Sequence[Subject], weights: Weights) -> Holders:
    found: dict[str, list[Profile]] = defaultdict(list)
    for own in map(profile, subjects):
        for key in keys(own, weights):
            found[key].append(own)
    return found


def _seconds(asked: Sequence[Subject], holders: Holders, weights: Weights, clock: Callable[[], float]) -> float:
    began = clock()
    for subject in asked:
        own = profile(subject)
        beside = {id(other): other for key in keys(own, weights) for other in holders.get(key, ())}
        for other in beside.values():
            score(own, other, weights)
    return clock() - began
