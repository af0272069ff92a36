"""Which authority is responsible for a child, in every order of arrival."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import ReferralDecision, Sector
from services.core.facts import ChildLookedAfter, PlacementEnded, PlacementStarted, ReferralDecided, Section47Started
from services.core.ids import OrgHandle
from services.core.known import Known
from services.core.responsible import responsible_authority
from services.core.sayings import Sayings
from tests.core.enquiries import ANOTHER_BODY, AUTHORITY, knowledge, said

FACTS: list[Any] = [
    ChildLookedAfter(),
    PlacementStarted(),
    PlacementEnded(),
    ReferralDecided(ReferralDecision.INITIAL_ASSESSMENT),
    ReferralDecided(),
    Section47Started(),
]


def responsible(*told: Known) -> OrgHandle | None:
    return responsible_authority(Sayings(knowledge(told)).of_child)


@st.composite
def histories(draw: st.DrawFn) -> list[Known]:
    facts = draw(st.lists(st.sampled_from(FACTS), max_size=8))
    return [
        said(
            fact,
            number,
            draw(st.none() | st.integers(1, 9)),
            org=draw(st.sampled_from([AUTHORITY, ANOTHER_BODY])),
            sector=draw(st.sampled_from([Sector.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY, Sector.POLICE])),
            known=20,
        )
        for number, fact in enumerate(facts)
    ]


@given(histories(), st.randoms())
def test_no_order_of_arrival_changes_who_is_responsible(told: list[Known], random: Random) -> None:
    again = [*told, *told]
    random.shuffle(again)

    assert responsible(*again) == responsible(*told)


@given(histories(), st.integers(1, 9))
def test_a_second_authority_that_looks_after_the_child_leaves_it_to_nobody(told: list[Known], on: int) -> None:
    first = said(ChildLookedAfter(), 100, None, known=20)
    second = said(PlacementStarted(), 101, None, org=ANOTHER_BODY, known=20 + on)

    assert responsible(*told, first, second) is None


def test_who_looks_after_the_child_comes_before_who_acts_on_the_referral() -> None:
    acting = said(Section47Started(), 1, 5, org=ANOTHER_BODY)

    assert responsible(acting) == ANOTHER_BODY
    assert responsible(acting, said(ChildLookedAfter(), 2, 1)) == AUTHORITY


def test_an_authority_hands_over_when_its_last_placement_ends() -> None:
    before = said(ChildLookedAfter(), 1, 1), said(PlacementStarted(), 2, 1)
    ended = said(PlacementEnded(), 3, 5)
    taken_over = said(PlacementStarted(), 4, 5, org=ANOTHER_BODY)

    assert responsible(*before, taken_over) is None
    assert responsible(*before, ended, taken_over) == ANOTHER_BODY
