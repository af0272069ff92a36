"""The auditor of the engine finds nothing where every step ran, and finds each one that did not."""

from datetime import timedelta
from typing import LiteralString

import pytest

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing
from services.oncall.proving import Proof, prove
from tests.core.enquiries import said
from tests.oncall.fakes import OnCall

MISSING = said(ChildMissing(MissingKind.MISSING), 1, 399.9)


async def proof(oncall: OnCall) -> Proof:
    return await oncall.session.run(lambda connection: prove(connection, oncall.clock()))


async def harmed(oncall: OnCall, harm: LiteralString) -> None:
    await oncall.session.run(lambda connection: connection.execute(harm))


async def test_an_alert_that_ran_all_its_steps_owes_nothing(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    found = [await proof(oncall)]
    for _ in range(5):
        await oncall.wait(timedelta(minutes=17))
        found.append(await proof(oncall))
    assert set(found) == {Proof(open=1, unowned=0, missed=0)}


@pytest.mark.parametrize(
    ("harm", "missed"),
    [
        ("DELETE FROM attempts WHERE agency = 'police' AND step = 1", 1),
        ("UPDATE calls SET next_at = NULL", 2),
        ("UPDATE calls SET next_at = next_at - interval '1 day'", 2),
        ("DELETE FROM calls", 1),
        ("UPDATE attempts SET state = 'written' WHERE step = 0", 2),
    ],
)
async def test_each_step_that_did_not_run_is_counted(oncall: OnCall, harm: LiteralString, missed: int) -> None:
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=11))
    await harmed(oncall, harm)
    assert (await proof(oncall)).missed == missed


async def test_a_call_of_more_pages_than_steps_hides_no_step_that_another_missed(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=11))
    await harmed(oncall, "DELETE FROM attempts WHERE agency = 'police' AND step = 1")
    await harmed(oncall, "UPDATE calls SET step = 0 WHERE agency = 'local_authority'")
    assert (await proof(oncall)).missed == 1


async def test_an_alert_without_an_owner_is_counted(oncall: OnCall) -> None:
    oncall.rota.away = tuple(Sector)
    await oncall.hear(MISSING)
    assert (await proof(oncall)).unowned == 1
