"""How well generated records are matched: what is joined, what goes to a person, and what is wrong in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.cli.match.population import Recorded
from services.core.ids import CaseId, SubjectId
from services.core.matching.blocking import keys
from services.core.matching.components import Pair, pair_of, partition
from services.core.matching.scoring import Profile, Verdict, profile, score
from services.core.matching.weights import Weights


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of matching: pairs of records of one child are what is to be found.

    `to_a_person` counts the records of the smaller side of each two cases that a person is asked about.
    """

    records: int
    compared: int
    seconds_comparing: float
    links_by_score: int
    false_links_by_score: int
    precision: float
    recall: float
    recall_by_numbers_alone: float
    to_a_person: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision else 0.0


def measure(recorded: Sequence[Recorded], weights: Weights, clock: Callable[[], float]) -> Figures:
    """Match the records and compare what is joined with whose they are; `clock` gives seconds."""
    subjects = [SubjectId(f"{number:032x}") for number in range(len(recorded))]
    profiles = [profile(each.subject) for each in recorded]
    began = clock()
    verdicts = {
        pair: score(profiles[pair[0]], profiles[pair[1]], weights).verdict for pair in sorted(_pairs(profiles, weights))
    }
    seconds = clock() - began
    likely = [pair for pair, verdict in verdicts.items() if verdict is Verdict.LINK]
    numbers = {
        subject: frozenset((each.scheme, each.value) for each in own.subject.identifiers)
        for subject, own in zip(subjects, recorded, strict=True)
    }
    alone, found = partition(numbers, ()), partition(numbers, (), [_named(pair, subjects) for pair in likely])
    truth = {subject: each.child for subject, each in zip(subjects, recorded, strict=True)}
    asked = [_named(pair, subjects) for pair, verdict in verdicts.items() if verdict is Verdict.ASK]
    return Figures(
        records=len(recorded),
        compared=len(verdicts),
        seconds_comparing=seconds,
        links_by_score=len(likely),
        false_links_by_score=sum(recorded[one].child != recorded[other].child for one, other in likely),
        precision=_shared(found.case_of, truth) / _within(found.case_of),
        recall=_shared(found.case_of, truth) / _within(truth),
        recall_by_numbers_alone=_shared(alone.case_of, truth) / _within(truth),
        to_a_person=_asked_about([*asked, *found.conflicts], found.case_of) / len(recorded),
    )


def _pairs(profiles: Sequence[Profile], weights: Weights) -> set[tuple[int, int]]:
    """Every two records that share a key."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(profiles):
        for key in keys(own, weights):
            holders[key].append(number)
    return {pair for own in holders.values() for pair in combinations(own, 2)}


def _named(pair: tuple[int, int], subjects: Sequence[SubjectId]) -> Pair:
    return pair_of(subjects[pair[0]], subjects[pair[1]])


def _within(groups: Mapping[SubjectId, object]) -> int:
    """Pairs of records in one group."""
    return sum(size * (size - 1) // 2 for size in Counter(groups.values()).values())


def _shared(cases: Mapping[SubjectId, CaseId], truth: Mapping[SubjectId, int]) -> int:
    """Pairs of records in one case and of one child."""
    return _within({subject: (case, truth[subject]) for subject, case in cases.items()})


def _asked_about(pairs: Sequence[Pair], cases: Mapping[SubjectId, CaseId]) -> int:
    sizes = Counter(cases.values())
    questions = {frozenset((cases[one], cases[other])) for one, other in pairs if cases[one] != cases[other]}
    return sum(min(sizes[case] for case in question) for question in questions)
