"""What is projected is the same in any order of arrival and with any repetition."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casefeed.handlers import Projection, merged, read
from services.core.codes import MissingKind
from services.core.errors import UnreadableBytes
from services.core.facts import ChildMissing, KinshipClaimed, PlacementStarted, WorkerAllocated
from services.core.ids import CaseId
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update, schemas

SCHEMAS = schemas()

MISSING = entry(ChildMissing(MissingKind.MISSING), event=1, subject=5)
PLACED = entry(PlacementStarted(), event=2, subject=7, occurred_at=None)

updates = st.builds(
    Update,
    case=st.sampled_from([5, 7]),
    version=st.integers(1, 4),
    known_at=st.integers(0, 3).map(day),
    new=st.lists(st.sampled_from([MISSING, PLACED]), max_size=2, unique=True),
    said_again=st.lists(st.tuples(st.integers(1, 2), st.integers(1, 3).map(day)), max_size=2),
)


def projections(said: list[Update]) -> list[Projection]:
    """One update for each version of a case, as the correlator writes them."""
    distinct = {(update.case, update.version): update for update in said}
    return [read(SCHEMAS, update.frame(SCHEMAS)) for update in distinct.values()]


def contents(projection: Projection) -> tuple[frozenset[str], ...]:
    """What is projected, whatever the order; for the feed alone an entry remembers the case under which it came."""
    bare = [replace(entry, case_id=CaseId(an_id(0)), status="") for entry in projection.entries]
    parts = (bare, projection.said_again, projection.assignments, projection.cases, projection.allocations)
    return tuple(frozenset(map(repr, part)) for part in parts)


@given(said=st.lists(updates, max_size=6), order=st.randoms(use_true_random=False), cut=st.integers(0, 6))
def test_any_order_and_any_batches_come_to_the_same(said: list[Update], order: Random, cut: int) -> None:
    straight = projections(said)
    shuffled = straight + straight[:2]
    order.shuffle(shuffled)
    in_batches = merged([merged(shuffled[:cut]), merged(shuffled[cut:])])
    assert contents(in_batches) == contents(merged(straight))


@given(said=st.lists(updates, max_size=6))
def test_each_thing_stands_in_a_projection_once(said: list[Update]) -> None:
    projection = merged(projections(said))
    events = [entry.event_id for entry in projection.entries]
    cases = [case.case_id for case in projection.cases]
    assert len(events) == len(set(events))
    assert len(cases) == len(set(cases))


def test_of_a_case_the_highest_version_holds() -> None:
    newer, older = (Update(5, version).frame(SCHEMAS) for version in (2, 1))
    (case,) = merged([read(SCHEMAS, newer), read(SCHEMAS, older)]).cases
    assert case.version == 2


def test_an_entry_keeps_the_event_exactly_as_it_was_read() -> None:
    update = Update(5, new=[MISSING])
    (projected,) = read(SCHEMAS, update.frame(SCHEMAS)).entries
    assert projected.frame == update.record(SCHEMAS)["entries"][0]["event"]


def test_an_update_whose_event_is_cut_short_is_refused() -> None:
    record = Update(5, new=[MISSING]).record(SCHEMAS)
    record["entries"][0]["event"] = record["entries"][0]["event"][:-1]
    with pytest.raises(UnreadableBytes):
        read(SCHEMAS, SCHEMAS.encode("CaseUpdated", record))


@pytest.mark.parametrize("field", ["case_id", "subject_id", "event_id"])
def test_an_update_with_a_malformed_id_is_refused(field: str) -> None:
    record = Update(5, subjects=[(5, 1)], said_again=[(1, day(1))]).record(SCHEMAS)
    place = {"case_id": record, "subject_id": record["subjects"][0], "event_id": record["said_again"][0]}[field]
    place[field] = an_id(5).upper() + "x"
    with pytest.raises(UnreadableBytes):
        read(SCHEMAS, SCHEMAS.encode("CaseUpdated", record))


def test_no_other_record_is_taken_for_a_case_update() -> None:
    record = Update(5, new=[MISSING]).record(SCHEMAS)
    with pytest.raises(UnreadableBytes):
        read(SCHEMAS, record["entries"][0]["event"])


def test_a_case_given_to_a_worker_is_kept_with_whom_and_how_long() -> None:
    given_to = entry(WorkerAllocated(an_id(9), until=day(30).date()), event=3, subject=5)
    (allocated,) = read(SCHEMAS, Update(case=5, new=[given_to, MISSING]).frame(SCHEMAS)).allocations
    assert (allocated.worker, allocated.subject_id, allocated.until) == (an_id(9), an_id(5), day(30).date())


@pytest.mark.parametrize("handle", ["somebody", "a\x00b", ""])
def test_a_handle_that_is_none_is_nobody_s_and_hides_nothing_else_of_its_update(handle: str) -> None:
    given_to, claimed = entry(WorkerAllocated(handle), event=3, subject=5), entry(KinshipClaimed(handle), event=4)
    projection = read(SCHEMAS, Update(case=5, new=[given_to, claimed, MISSING]).frame(SCHEMAS))
    assert {one.type for one in projection.entries} == {"WorkerAllocated", "KinshipClaimed", "ChildMissing"}
    assert projection.allocations == ()
    assert {one.enquirer for one in projection.entries} == {None}
