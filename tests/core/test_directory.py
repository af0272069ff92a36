"""The office behind a handle is for a worker on the case, for their work, and for nobody else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import MissingKind, Purpose, Sector
from services.core.denials import Reason
from services.core.directory import PURPOSES, may_look_up
from services.core.facts import ChildLookedAfter, ChildMissing, WorkerAllocated
from services.core.gates import Allow, Deny
from services.core.ids import SubjectId
from services.core.known import Knowledge, Known
from tests.builders import an_id, day
from tests.core.enquiries import ANOTHER_BODY, ONE, TWO, said

WORKER, OTHER = an_id(501), an_id(502)
CARE = Purpose.CARE_OF_CHILD
LAST_DAY = day(9).date()


def known(*facts: Known, whole: bool = True) -> Knowledge:
    """What is known of a child whom the authority looks after."""
    return Knowledge((LOOKED_AFTER, *facts), frozenset({SubjectId(ONE)}), frozenset(), whole)


LOOKED_AFTER = said(ChildLookedAfter(), 2, 0)
ALLOCATED = said(WorkerAllocated(WORKER), 1, 0)
ELSEWHERE = said(WorkerAllocated(WORKER), 1, 0, org=ANOTHER_BODY)


def denied(found: Allow | Deny) -> frozenset[Reason]:
    assert isinstance(found, Deny)
    return found.reasons


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_a_worker_on_the_case_may(purpose: Purpose) -> None:
    assert isinstance(may_look_up(WORKER, purpose, known(ALLOCATED), day(1)), Allow)


def test_it_ends_with_the_last_day_of_the_allocation() -> None:
    until = known(said(WorkerAllocated(WORKER, LAST_DAY), 1, 0))
    assert may_look_up(WORKER, CARE, until, day(9) + timedelta(hours=23)) == Allow(day(10))
    assert denied(may_look_up(WORKER, CARE, until, day(10))) == {Reason.NOT_ENTITLED}


@pytest.mark.parametrize("purpose", sorted({*Purpose} - PURPOSES))
def test_for_any_other_purpose_a_worker_may_not(purpose: Purpose) -> None:
    assert denied(may_look_up(WORKER, purpose, known(ALLOCATED), day(1))) == {Reason.WRONG_PURPOSE}


@pytest.mark.parametrize(
    "facts",
    [
        (),
        (said(WorkerAllocated(OTHER), 1, 0),),
        (said(WorkerAllocated(WORKER), 1, 0, subject=TWO),),
        (said(WorkerAllocated(WORKER), 1, 5),),
        (said(ChildMissing(MissingKind.MISSING), 1, 0),),
        (ELSEWHERE,),
        (ELSEWHERE, said(ChildLookedAfter(), 3, 0, org=ANOTHER_BODY)),
        (said(WorkerAllocated(WORKER), 1, 0, sector=Sector.POLICE),),
    ],
    ids=[
        "nothing known",
        "another worker",
        "another child",
        "not yet",
        "an alert is no allocation",
        "another authority gives itself the case",
        "and says besides that it looks after the child",
        "the police speak as the authority",
    ],
)
def test_nobody_else_may(facts: tuple[Known, ...]) -> None:
    assert denied(may_look_up(WORKER, CARE, known(*facts), day(1))) == {Reason.NOT_ENTITLED}


def test_what_is_not_whole_denies() -> None:
    assert denied(may_look_up(WORKER, CARE, known(ALLOCATED, whole=False), day(1))) == {Reason.NOT_WHOLE}


@given(purpose=st.sampled_from(Purpose), who=st.sampled_from([WORKER, OTHER]), when=st.integers(-3, 30), data=st.data())
def test_it_is_allowed_exactly_when_nothing_is_lacking(
    purpose: Purpose, who: str, when: int, data: st.DataObject
) -> None:
    whole = data.draw(st.booleans())
    facts = known(said(WorkerAllocated(WORKER, LAST_DAY), 1, 0), whole=whole)
    expected = purpose in PURPOSES and whole and who == WORKER and 0 <= when < 10
    assert isinstance(may_look_up(who, purpose, facts, day(when)), Allow) == expected
