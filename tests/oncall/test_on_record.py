"""Who was told when, by which way, and what became of an alert: on record in the transaction that does it."""

from collections import Counter
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from services.core.audit import Action, Entry, checked
from services.core.codes import FoundHow, MissingKind, Sector
from services.core.facts import ChildFound, ChildMissing, ReportWithdrawn
from services.core.ids import FactId
from services.core.oncall.alerts import AlertKind, Happening, Severity
from services.core.oncall.pages import Way
from services.oncall.happening import Happened
from services.runtime.audit_reading import Trails, Wanted
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.fakes import OFFICERS, OnCall
from tests.runtime.secured_postgres import SecuredPostgres

EPISODE = FactId(an_id(1001))
MISSING = said(ChildMissing(MissingKind.MISSING), 1, 399.9)
ALERT = f"alert:{EPISODE}"
PAGED = {Sector.POLICE, Sector.LOCAL_AUTHORITY}


@pytest.fixture(autouse=True)
def _a_chain_that_begins_now(oncall: OnCall, postgres: SecuredPostgres) -> None:  # noqa: ARG001 - after its tables
    postgres.begin_audit("oncall")


async def recorded(oncall: OnCall, action: Action) -> list[Entry]:
    trails = Trails(oncall.session.where)
    found = await oncall.session.run(lambda connection: trails.search(connection, Wanted(action=action)))
    return [one.entry for one, _ in found]


def pages(kind: AlertKind, *codes: Any) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What is on record of a page of this kind to each agency's duty person."""
    return {((ALERT, f"person:{OFFICERS[one][0]}"), (codes[0], kind.value, one.value, *codes[1:])) for one in PAGED}


def told(entries: list[Entry]) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(one.about, one.reasons) for one in entries}


async def test_who_was_paged_and_by_which_way_is_on_record(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    assert told(await recorded(oncall, Action.PAGE_SENT)) == pages(AlertKind.MISSING, "paged", "email")


async def test_a_page_that_did_not_leave_is_on_record_as_that(oncall: OnCall) -> None:
    oncall.post.broken = True
    await oncall.hear(MISSING)
    assert told(await recorded(oncall, Action.PAGE_FAILED)) == pages(AlertKind.MISSING, "paging_failed")
    assert await recorded(oncall, Action.PAGE_SENT) == []


async def test_a_page_that_fails_again_and_again_is_on_record_ever_more_rarely(oncall: OnCall) -> None:
    oncall.post.broken = True
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(seconds=88), every=timedelta(seconds=11))
    of_each = Counter(one.reasons for one in await recorded(oncall, Action.PAGE_FAILED))
    assert set(of_each.values()) == {len([1, 2, 4, 8])}


async def test_pages_that_leave_together_are_one_link(oncall: OnCall) -> None:
    await oncall.hear(MISSING, looking=False)
    trails = Trails(oncall.session.where)
    before = await oncall.session.run(trails.extent)
    await oncall.look()
    after = await oncall.session.run(trails.extent)
    assert (after.last_link - before.last_link, after.last_entry - before.last_entry) == (1, 2)


async def test_an_alert_that_is_withdrawn_is_on_record_and_so_is_whoever_was_told_so(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(said(ReportWithdrawn(), 3, 400.1, of_fact=1))
    (withdrawn,) = await recorded(oncall, Action.ALERT_WITHDRAWN)
    assert withdrawn.about[0] == ALERT
    sent = told(await recorded(oncall, Action.PAGE_SENT))
    assert sent == pages(AlertKind.MISSING, "paged", "email") | pages(AlertKind.WITHDRAWN, "paged", "email")


async def test_what_opens_an_alert_and_what_changes_it_is_on_record(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 400.1))
    (opened,) = await recorded(oncall, Action.ALERT_OPENED)
    changes = await recorded(oncall, Action.ALERT_CHANGED)
    assert (opened.about[0], [one.reasons[0] for one in changes]) == (ALERT, ["found"])


@pytest.mark.parametrize("what", Happening)
def test_whatever_happens_its_entry_holds_codes_and_handles_alone(what: Happening) -> None:
    for kind, agency, way in product(AlertKind, [None, *Sector], [None, *Way]):
        said_of_it = kind, Severity.HIGH, (), agency, an_id(1) if agency else None
        happened = Happened(EPISODE, MISSING.known_at, what, *said_of_it, way=way)
        assert checked(happened.entry).about[0] == ALERT
