"""What another signed, or nobody, alters nothing of what was signed: no report is swallowed, and no search ends."""

from dataclasses import replace
from typing import Any

import pytest

from services.core.codes import FoundHow, MissingKind, Sector
from services.core.facts import ChildFound, ChildMissing, Sighting
from services.core.ids import SubjectId
from services.core.known import Known
from services.core.oncall.alerts import State
from services.runtime.database import Connection
from services.wire.topics import MISSING_CHILDREN
from tests.builders import an_id
from tests.core.enquiries import moment, said
from tests.oncall.fakes import OFFICERS, OnCall
from tests.oncall.test_engine import COUNCIL, MISSING, POLICE, shown, shown_to_coordinators, taken_back
from tests.vault.edge import Stored
from tests.vault.messages import case_update, place_of, stored


def unsigned(oncall: OnCall, known: Known) -> Stored:
    """What the processor of another sector signed in the name of this one."""
    return stored(
        oncall.schemas, known, by=Sector.HEALTH if known.event.head.sector is Sector.POLICE else Sector.POLICE
    )


def elsewhere(**more: Any) -> Known:
    """Something else, said of another child under the event id of MISSING."""
    return said(Sighting(None), 1, 399.9, subject=SubjectId(an_id(9)), **more)


async def kept(oncall: OnCall) -> list[tuple[Any, ...]]:
    async def fetched(connection: Connection) -> list[tuple[Any, ...]]:
        return await (await connection.execute("SELECT * FROM said ORDER BY event_id")).fetchall()

    return await oncall.session.run(fetched)


async def test_a_report_is_heard_that_comes_together_with_something_else_under_its_event_id(oncall: OnCall) -> None:
    genuine, forged = stored(oncall.schemas, MISSING), unsigned(oncall, elsewhere(recorded=400))
    batch = [replace(one, offset=offset) for offset, one in enumerate((genuine, forged))]
    await oncall.taker.take({place_of(MISSING_CHILDREN): batch})
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_is_heard_that_comes_after_something_else_under_its_event_id(oncall: OnCall) -> None:
    await oncall.take(unsigned(oncall, elsewhere(recorded=400)))
    await oncall.hear(MISSING)
    assert (await shown(oncall)).state is State.OPEN


@pytest.mark.parametrize("is_first", [False, True])
async def test_a_report_is_heard_that_comes_together_with_another_agency_s_word_under_its_event_id(
    oncall: OnCall, *, is_first: bool
) -> None:
    records = [stored(oncall.schemas, one) for one in (MISSING, elsewhere(recorded=400, sector=Sector.HEALTH))]
    batch = [replace(one, offset=offset) for offset, one in enumerate(reversed(records) if is_first else records)]
    await oncall.taker.take({place_of(MISSING_CHILDREN): batch})
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_is_heard_that_comes_after_another_agency_s_word_under_its_event_id(oncall: OnCall) -> None:
    await oncall.hear(elsewhere(recorded=400, sector=Sector.HEALTH))
    await oncall.hear(MISSING)
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_that_was_made_again_is_not_taken_back_by_another_agency_s_word_under_the_withdrawal_s_event_id(
    oncall: OnCall,
) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 4, 400.2, of_fact=1))
    await oncall.hear(said(Sighting(None), 3, 400.1, recorded=400.3, sector=Sector.HEALTH))
    assert (await shown(oncall)).state is State.OPEN


async def test_nothing_is_kept_of_what_came_unsigned_once_it_is_signed(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    alone = await kept(oncall)
    await oncall.session.run(lambda connection: connection.execute("DELETE FROM said"))
    await oncall.take(unsigned(oncall, elsewhere(known=399, recorded=400)))
    await oncall.hear(MISSING)
    assert await kept(oncall) == alone


async def test_what_was_signed_is_not_altered_by_what_comes_unsigned_under_its_event_id(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    before = await kept(oncall)
    await oncall.take(unsigned(oncall, elsewhere(known=399, recorded=400)))
    assert await kept(oncall) == before


async def test_a_report_that_was_made_again_is_not_taken_back_by_a_copy_that_nobody_signed(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 4, 400.2, of_fact=1))
    await oncall.take(unsigned(oncall, taken_back(3, 400.1, recorded=400.3)))
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_that_is_signed_once_more_after_it_was_taken_back_pages_again(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 1, 399.9, recorded=400.2))
    assert (await shown(oncall)).state is State.OPEN


async def test_a_search_is_not_ended_by_a_report_that_nobody_signed_and_that_dates_it_before_an_old_ending(
    oncall: OnCall,
) -> None:
    await oncall.hear(said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 7, 390))
    await oncall.hear(MISSING)
    forged = said(ChildMissing(MissingKind.MISSING), 8, 380, of_fact=1, known=400.1)
    await oncall.take(unsigned(oncall, forged))
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_is_heard_though_something_else_that_nobody_signed_came_first_and_says_to_be_its_last_word(
    oncall: OnCall,
) -> None:
    await oncall.take(unsigned(oncall, said(Sighting(None), 8, 399.9, of_fact=1, recorded=401)))
    await oncall.hear(MISSING)
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_that_nobody_signed_pages_where_it_is_the_only_one(oncall: OnCall) -> None:
    await oncall.take(unsigned(oncall, MISSING))
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])


async def hear_again(oncall: OnCall, number: int, on: float) -> None:
    """Take the correlator's word that an event was said again."""
    update = case_update(oncall.schemas, an_id(1), [an_id(1)])
    name, told = oncall.schemas.decode(update.value or b"")
    again = [{"event_id": an_id(1000 + number), "recorded_at": moment(on), "known_at": moment(on)}]
    await oncall.take(replace(update, value=oncall.schemas.encode(name, {**told, "said_again": again})))


async def test_a_report_that_was_made_again_is_not_taken_back_by_the_correlator_s_word_alone(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 4, 400.2, of_fact=1))
    await hear_again(oncall, 3, 400.3)
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_that_was_taken_back_pages_again_on_the_correlator_s_word(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    await hear_again(oncall, 1, 400.2)
    assert (await shown(oncall)).state is State.OPEN


async def test_a_withdrawal_that_is_signed_once_more_takes_a_report_back_that_was_made_again(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 4, 400.2, of_fact=1))
    await oncall.hear(taken_back(3, 400.1, recorded=400.3))
    assert (await shown_to_coordinators(oncall)).state is State.CLOSED
