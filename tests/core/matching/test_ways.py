"""Which ways of deciding about two records make sense as they stand, and what is said by each."""

from itertools import product

import pytest

from services.core.matching.components import Verdict
from services.core.matching.ways import USUAL_GROUND, Standing, Way, parting, undoing, ways

LINKED, UNLINKED, REFUSED = Verdict.LINKED, Verdict.UNLINKED, Verdict.REFUSED
APART, ALL = frozenset(Verdict), frozenset({UNLINKED, REFUSED})
STANDINGS = [
    Standing(joined, decided, frozenset(parted), accepted)
    for joined, decided, parted, accepted in product(
        (False, True), (None, *Verdict), ((), (REFUSED,), (UNLINKED, REFUSED), tuple(Verdict)), (False, True)
    )
]


def told(standing: Standing) -> str:
    """The same in every process; a set's own text is not."""
    parted_by = "-".join(sorted(standing.parted_by)) or "nothing"
    return f"joined={standing.joined} {standing.decided} parted by {parted_by} accepted={standing.accepted}"


@pytest.mark.parametrize(
    ("standing", "offered"),
    [
        pytest.param(
            Standing(joined=False, decided=None, parted_by=ALL),
            {Way.ACCEPT: LINKED, Way.REFUSE: REFUSED},
            id="nobody has decided",
        ),
        pytest.param(Standing(joined=False, decided=REFUSED, parted_by=ALL), {Way.ACCEPT: LINKED}, id="refused"),
        pytest.param(
            Standing(joined=False, decided=LINKED, parted_by=APART),
            {Way.ACCEPT: LINKED, Way.REFUSE: REFUSED, Way.UNDO: UNLINKED},
            id="a colleague's link waits",
        ),
        pytest.param(
            Standing(joined=False, decided=LINKED, parted_by=APART, accepted=True),
            {Way.REFUSE: REFUSED, Way.UNDO: UNLINKED},
            id="one's own link waits",
        ),
        pytest.param(
            Standing(joined=True, decided=LINKED, parted_by=ALL),
            {Way.REFUSE: REFUSED, Way.UNDO: UNLINKED},
            id="people joined them",
        ),
        pytest.param(
            Standing(joined=True, decided=None, parted_by=frozenset({REFUSED})),
            {Way.UNDO: REFUSED},
            id="numbers or weights joined them",
        ),
        pytest.param(Standing(joined=True, decided=None, parted_by=frozenset()), {}, id="others hold them together"),
    ],
)
def test_what_would_change_something_is_offered_and_nothing_else(
    standing: Standing, offered: dict[Way, Verdict]
) -> None:
    assert ways(standing) == offered


@pytest.mark.parametrize("standing", STANDINGS, ids=told)
def test_no_two_ways_say_the_same(standing: Standing) -> None:
    said = list(ways(standing).values())
    assert len(said) == len(set(said))


@pytest.mark.parametrize("standing", [one for one in STANDINGS if not one.joined and not one.waits], ids=told)
def test_what_is_not_joined_and_waits_for_nobody_is_not_undone(standing: Standing) -> None:
    assert undoing(standing) is None


def test_a_decision_parts_two_records_if_no_case_after_it_has_both() -> None:
    after = {LINKED: [["a", "b", "c"]], UNLINKED: [["a", "c"], ["b"]], REFUSED: [["a"], ["b", "c"]]}
    assert parting(("a", "b"), after) == {UNLINKED, REFUSED}
    assert parting(("b", "c"), after) == {UNLINKED}


def test_each_way_has_a_usual_ground() -> None:
    assert USUAL_GROUND.keys() == set(Way)
