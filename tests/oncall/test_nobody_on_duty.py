"""Where nobody is on duty a page waits for whoever comes, nothing is tried in vain, and the light tells of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.core.codes import Sector
from services.core.facts import DebriefHeld, Sighting
from services.core.oncall.alerts import AlertKind
from services.oncall.engine import Engine, Light
from services.oncall.proving import prove
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from tests.core.enquiries import said
from tests.oncall.fakes import OFFICERS, OnCall
from tests.oncall.test_engine import BACK, COUNCIL, EPISODE, MISSING, POLICE, shown


async def test_where_nobody_is_on_duty_the_page_waits_for_whoever_comes(oncall: OnCall) -> None:
    oncall.rota.away = (POLICE, COUNCIL)
    await oncall.hear(MISSING)
    assert (oncall.post.sent, (await shown(oncall)).owner) == ([], None)
    oncall.rota.away = ()
    await oncall.look()
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])
    assert (await shown(oncall)).owner == OFFICERS[POLICE][0]


async def test_a_page_that_found_nobody_rests_until_somebody_comes(oncall: OnCall) -> None:
    oncall.rota.away = (POLICE, COUNCIL)
    await oncall.hear(MISSING)
    oncall.clock.goes_on(minutes=4)
    assert await oncall.engine.look() == 0


async def test_whoever_stands_behind_gets_the_page_that_waits_for_them_where_nobody_is_on_duty(oncall: OnCall) -> None:
    oncall.rota.away = (POLICE, COUNCIL)
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=11))
    oncall.rota.away, oncall.rota.only_behind = (), True
    await oncall.look()
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][1], OFFICERS[COUNCIL][1]])


async def test_a_page_that_waits_for_somebody_to_come_on_duty_is_not_late(oncall: OnCall) -> None:
    oncall.rota.away = (COUNCIL,)
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=2))
    proof = await oncall.session.run(lambda connection: prove(connection, oncall.clock()))
    assert proof.missed == 0


async def test_whoever_comes_gets_the_page_that_found_nobody_as_one_that_was_never_tried(oncall: OnCall) -> None:
    oncall.rota.away = (COUNCIL,)
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=3))
    oncall.rota.away = ()
    await oncall.look()
    assert {one.tries for one in (await shown(oncall)).pages if one.agency is COUNCIL} == {1}


async def test_the_light_is_red_until_no_page_waits_in_vain_whatever_else_leaves(oncall: OnCall) -> None:
    oncall.rota.away = (COUNCIL,)
    await oncall.hear(MISSING)
    await oncall.hear(said(Sighting(EPISODE), 3, 400.05, sector=Sector.HEALTH))
    before = Reason.PAGES_NOT_SENT in oncall.health.reasons
    oncall.rota.away = ()
    await oncall.look()
    assert (before, Reason.PAGES_NOT_SENT in oncall.health.reasons) == (True, False)


async def test_the_light_is_red_from_the_first_try_that_failed_until_the_page_has_left(oncall: OnCall) -> None:
    oncall.post.broken = True
    await oncall.hear(MISSING)
    lights = [Reason.PAGES_NOT_SENT in oncall.health.reasons]
    oncall.post.broken = False
    await oncall.look()
    lights.append(Reason.PAGES_NOT_SENT in oncall.health.reasons)
    oncall.clock.goes_on(seconds=11)
    await oncall.look()
    lights.append(Reason.PAGES_NOT_SENT in oncall.health.reasons)
    assert lights == [True, True, False]


async def test_an_engine_that_begins_anew_knows_that_pages_were_tried_in_vain(oncall: OnCall) -> None:
    oncall.post.broken = True
    await oncall.hear(MISSING)
    oncall.health.green(Reason.PAGES_NOT_SENT)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await oncall.engine.run(asyncio.Event())
    assert Reason.PAGES_NOT_SENT in oncall.health.reasons


async def test_each_worker_s_light_is_red_while_a_page_waits_that_another_wrote(
    oncall: OnCall, tables: Database
) -> None:
    metrics = Metrics()
    health, other = Health(metrics), Session(tables, Health(metrics))
    second = Engine(other, oncall.rota, oncall.post, oncall.chronicle, Light(health, metrics), oncall.clock)
    lights = []
    await second.look()
    oncall.rota.away = (COUNCIL,)
    await oncall.hear(MISSING)
    for away in ((COUNCIL,), ()):
        oncall.rota.away = away
        await second.look()
        lights.append(Reason.PAGES_NOT_SENT in health.reasons)
    await other.close()
    assert lights == [True, False]


async def test_the_light_is_red_where_a_page_waits_of_which_the_worker_never_heard_that_it_was_written(
    oncall: OnCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = oncall.session.run

    async def again(work: Callable[[Connection], Awaitable[Any]]) -> Any:
        await once(work)
        return await once(work)

    oncall.rota.away = (POLICE, COUNCIL)
    await oncall.hear(MISSING, looking=False)
    monkeypatch.setattr(oncall.session, "run", again)
    await oncall.look()
    assert Reason.PAGES_NOT_SENT in oncall.health.reasons


async def test_a_page_that_found_nobody_never_leaves_once_its_child_was_found(oncall: OnCall) -> None:
    oncall.rota.away = (POLICE,)
    await oncall.hear(MISSING)
    await oncall.hear(BACK)
    oncall.rota.away = ()
    await oncall.look()
    assert OFFICERS[POLICE][0] not in oncall.post.recipients


async def test_the_light_is_green_once_the_child_was_found_for_whom_an_agency_had_nobody(oncall: OnCall) -> None:
    oncall.rota.away = (POLICE,)
    await oncall.hear(MISSING)
    await oncall.hear(BACK)
    assert Reason.PAGES_NOT_SENT not in oncall.health.reasons


async def test_whoever_must_hear_a_child_who_was_found_learns_of_it_though_nobody_was_there_before(
    oncall: OnCall,
) -> None:
    oncall.rota.away = (COUNCIL,)
    await oncall.hear(MISSING)
    await oncall.hear(BACK)
    oncall.rota.away = ()
    await oncall.look()
    assert OFFICERS[COUNCIL][0] in oncall.post.recipients


async def test_a_sighting_that_found_nobody_is_told_to_whoever_comes_also_of_a_child_who_was_found(
    oncall: OnCall,
) -> None:
    oncall.rota.away = (POLICE,)
    await oncall.hear(MISSING)
    await oncall.hear(said(Sighting(EPISODE), 3, 400.05, sector=Sector.HEALTH))
    await oncall.hear(BACK)
    oncall.rota.away = ()
    await oncall.look()
    told = [page.kind for _, page, _ in oncall.post.sent if page.recipient == OFFICERS[POLICE][0]]
    assert told == [AlertKind.SIGHTING]


async def test_nothing_leaves_of_an_alert_whose_child_was_heard(oncall: OnCall) -> None:
    oncall.rota.away = (POLICE, COUNCIL)
    await oncall.hear(MISSING)
    await oncall.hear(said(Sighting(EPISODE), 3, 400.05, sector=Sector.HEALTH))
    await oncall.hear(BACK)
    await oncall.hear(said(DebriefHeld(EPISODE), 4, 401))
    oncall.rota.away = ()
    await oncall.look()
    assert (oncall.post.sent, Reason.PAGES_NOT_SENT in oncall.health.reasons) == ([], False)
