"""Records that leave open what tells two others apart: a name without the part that differs, a sex that nobody gives.

Each of the two is likely of one child with such a record, and through it they would be one case. It is joined to
neither by likeness alone, nor is what a person or a number has settled it with: a false join is worse than a late one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from services.core.codes import Sex
from services.core.ids import SubjectId
from services.core.matching.groups import Groups, Pair
from services.core.matching.names import Likeness, Part, compare_parts, says_less
from services.core.matching.scoring import Profile

ProfileOf = Callable[[SubjectId], Profile]

_Names = tuple[tuple[Part, ...], ...]
_MOST_NAMES = 20  # fuller than one name, each compared with each; more of them are taken to contradict each other
_REMEMBERED = 20_000
_OF_ONE_NAME = frozenset({Likeness.SAME, Likeness.SAME_FORMS, Likeness.CONTAINED, Likeness.ALIKE})
_NOBODY = Profile()


def nothing_told(_: SubjectId) -> Profile:
    """What is known of a record where nobody says what it claims: nothing contradicts it."""
    return _NOBODY


def left_open(settled: Groups, likely: Iterable[Pair], profile_of: ProfileOf) -> set[Pair]:
    """The likely edges from a settled group to whoever contradicts others in what a record of the group leaves open.

    Those others are in the group, or would be of one child with it, however many records lie between them. Two that
    contradict each other are never likely of one child themselves; where people or numbers have settled that they are
    one, nothing is open.
    """
    outside = [pair for pair in likely if not settled.same(pair)]
    trial, clusters = settled.joined_by(outside), defaultdict[SubjectId, list[Pair]](list)
    for pair in outside:
        clusters[trial.root(pair[0])].append(pair)
    members = trial.members() if clusters else {}
    unsure = set[Pair]()
    for root, pairs in clusters.items():
        if len(members[root]) > 2:  # noqa: PLR2004 - one record, and two that it may leave open
            unsure.update(_torn(settled, members[root], pairs, profile_of))
    return unsure


class _Told(NamedTuple):
    """What tells children of one birthday apart."""

    sex: Sex
    names: _Names


def _torn(
    settled: Groups, cluster: Iterable[SubjectId], pairs: Iterable[Pair], profile_of: ProfileOf
) -> Iterator[Pair]:
    """The edges to those whom somebody of another settled group contradicts in what a record at the other end's leaves.

    `pairs` are all the edges between settled groups of a cluster.
    """
    told = {one: _told(profile_of(one)) for one in cluster}
    roots, inside = defaultdict[_Told, set[SubjectId]](set), defaultdict[SubjectId, set[_Told]](set)
    for one, said in told.items():
        roots[said].add(settled.root(one))
        inside[settled.root(one)].add(said)
    against = cache(lambda leaving: _against(leaving, roots))
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            found = against(frozenset(inside[settled.root(one)])).get(told[other], ())
            if any(not others <= {settled.root(other)} for others in found):
                yield pair


def _against(leaving: frozenset[_Told], roots: Mapping[_Told, set[SubjectId]]) -> Mapping[_Told, list[set[SubjectId]]]:
    """By what is told, the settled groups that contradict it in what one of these leaves open."""
    against: dict[_Told, list[set[SubjectId]]] = defaultdict(list)
    for said, others in _contradicted(leaving, roots):
        against[said].append(others)
    return against


def _told(profile: Profile) -> _Told:
    return _Told(profile.sex, profile.names)


def _contradicted(
    leaving: Iterable[_Told], roots: Mapping[_Told, set[SubjectId]]
) -> Iterator[tuple[_Told, set[SubjectId]]]:
    """What is told and contradicted by others in what is left open, and the settled groups of these others."""
    if any(less.sex is Sex.UNKNOWN for less in leaving):
        for sex, other in ((Sex.FEMALE, Sex.MALE), (Sex.MALE, Sex.FEMALE)):
            others = _all(roots[said] for said in roots if said.sex is other)
            yield from ((said, others) for said in roots if said.sex is sex)
    for names in {less.names for less in leaving}:
        fuller = [said for said in roots if _says_less(names, said.names)]
        if len({said.names for said in fuller}) > _MOST_NAMES:
            others = _all(roots[said] for said in fuller)
            yield from ((said, others) for said in fuller)
        else:
            for said in fuller:
                yield said, _all(roots[other] for other in fuller if _differ(said.names, other.names))


def _all(groups: Iterable[set[SubjectId]]) -> set[SubjectId]:
    return set[SubjectId]().union(*groups)


@lru_cache(_REMEMBERED)
def _says_less(names: _Names, others: _Names) -> bool:
    return any(says_less(one, other) for one, other in product(names, others))


@lru_cache(_REMEMBERED)
def _differ(names: _Names, others: _Names) -> bool:
    return not any(compare_parts(one, other).likeness in _OF_ONE_NAME for one, other in product(names, others))
