"""How well records are matched: what is joined, what goes to a person, and what is wrong in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.core.claims import Subject
from services.core.ids import CaseId, SubjectId
from services.core.matching.blocking import keys
from services.core.matching.components import partition
from services.core.matching.groups import Pair, pair_of
from services.core.matching.scoring import Profile, Verdict, profile, score
from services.core.matching.weights import Weights

Numbers = tuple[int, int]  # two records by their places in the list
Cases = Mapping[SubjectId, CaseId]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the weights say of a pair that was compared."""

    verdict: Verdict
    bits: float


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of matching: `cases` of records, `by_numbers` those that numbers alone would give."""

    subjects: tuple[SubjectId, ...]
    weighed: Mapping[Numbers, Weighed]
    cases: Cases
    by_numbers: Cases
    asked: Sequence[Pair]
    seconds_comparing: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How near groups of records come to whose they are, by pairs of records."""

    precision: float
    recall: float
    false_pairs: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of matching, against whose the records are; `false_pairs` are joined pairs of two children."""

    false_pairs: int
    false_links_by_score: int
    precision: float
    recall: float
    recall_by_numbers_alone: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is to say of it; `judged` where somebody says whose the records are.

    `to_a_person` is the share of the records of the smaller side of each two cases that a person is asked about.
    """

    records: int
    compared: int
    seconds_comparing: float
    links_by_score: int
    joined: int
    to_a_person: float
    judged: Judged | None


def match(subjects: Sequence[Subject], weights: Weights, clock: Callable[[], float]) -> Matched:
    """Match records as the hub does; `clock` gives seconds."""
    named = tuple(SubjectId(f"{number:032x}") for number in range(len(subjects)))
    profiles = [profile(subject) for subject in subjects]
    pairs = sorted(_pairs(profiles, weights))
    began = clock()
    weighed = {(one, other): _weigh(profiles[one], profiles[other], weights) for one, other in pairs}
    seconds = clock() - began
    numbers = {
        name: frozenset((each.scheme, each.value) for each in own.identifiers)
        for name, own in zip(named, subjects, strict=True)
    }
    unsure = _said(Verdict.ASK, weighed, named)
    rivals = [*unsure, *_said(Verdict.RIVAL, weighed, named)]
    profile_of = dict(zip(named, profiles, strict=True)).__getitem__
    found = partition(numbers, (), _said(Verdict.LINK, weighed, named), rivals=rivals, profile_of=profile_of)
    asked = [*unsure, *found.conflicts]
    return Matched(named, weighed, found.case_of, partition(numbers, ()).case_of, asked, seconds)


def figures(found: Matched, children: Sequence[int] | None) -> Figures:
    """What matching came to; `children` says whose each record is."""
    links = [pair for pair, weighed in found.weighed.items() if weighed.verdict is Verdict.LINK]
    return Figures(
        records=len(found.subjects),
        compared=len(found.weighed),
        seconds_comparing=found.seconds_comparing,
        links_by_score=len(links),
        joined=pairs_within(found.cases.values()),
        to_a_person=_asked_about(found.asked, found.cases) / len(found.subjects),
        judged=None if children is None else _judged(found, links, children),
    )


def _judged(found: Matched, links: Sequence[Numbers], children: Sequence[int]) -> Judged:
    quality = judge([found.cases[subject] for subject in found.subjects], children)
    alone = judge([found.by_numbers[subject] for subject in found.subjects], children)
    return Judged(
        false_pairs=quality.false_pairs,
        false_links_by_score=sum(children[one] != children[other] for one, other in links),
        precision=quality.precision,
        recall=quality.recall,
        recall_by_numbers_alone=alone.recall,
        f1=quality.f1,
    )


def judge(groups: Sequence[object], children: Sequence[int]) -> Quality:
    """How near the groups, one a record, come to whose the records are."""
    joined, true = pairs_within(groups), pairs_within(children)
    right = pairs_within(list(zip(groups, children, strict=True)))
    return Quality(right / joined if joined else 1.0, right / true if true else 1.0, joined - right)


def pairs_within(groups: Iterable[object]) -> int:
    """Pairs of records in one group."""
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def _pairs(profiles: Sequence[Profile], weights: Weights) -> set[Numbers]:
    """Every two records that share a key."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(profiles):
        for key in keys(own, weights):
            holders[key].append(number)
    return {pair for own in holders.values() for pair in combinations(own, 2)}


def _weigh(one: Profile, other: Profile, weights: Weights) -> Weighed:
    scored = score(one, other, weights)
    return Weighed(scored.verdict, scored.bits)


def _said(verdict: Verdict, weighed: Mapping[Numbers, Weighed], named: Sequence[SubjectId]) -> list[Pair]:
    pairs = (pair for pair, said in weighed.items() if said.verdict is verdict)
    return [pair_of(named[one], named[other]) for one, other in pairs]


def _asked_about(pairs: Sequence[Pair], cases: Cases) -> int:
    sizes = Counter(cases.values())
    questions = {frozenset((cases[one], cases[other])) for one, other in pairs if cases[one] != cases[other]}
    return sum(min(sizes[case] for case in question) for question in questions)
