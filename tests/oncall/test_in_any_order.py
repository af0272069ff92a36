"""Partitions overtake each other: in whatever order the correlator's words come, on-call knows the same afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from services.core.codes import FoundHow, MissingKind, ReferralDecision, Sector
from services.core.facts import ChildFound, ChildMissing, ReferralDecided
from services.core.ids import OrgHandle
from services.core.known import Known
from services.core.oncall.alerts import State
from services.runtime.database import Connection, ask
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_BODY, ONE, said
from tests.oncall.fakes import OnCall
from tests.oncall.test_engine import EPISODE, shown
from tests.vault.edge import Stored
from tests.vault.messages import case_update, stored

MISSING = said(ChildMissing(MissingKind.MISSING), 1, 399.9, sector=Sector.POLICE, org=OrgHandle(an_id(0xF)))
ANOTHER_COUNCIL_S = said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 400.1, org=ANOTHER_BODY)
ACTS = said(ReferralDecided(ReferralDecision.INITIAL_ASSESSMENT), 3, 390, recorded=390)
DOES_NOT = said(ReferralDecided(ReferralDecision.NO_FURTHER_ACTION), 4, 390, of_fact=3, recorded=391)
ACTS_AFTER_ALL = ACTS.event.head.recorded_at + timedelta(days=2)


def told(oncall: OnCall, version: int, *entries: Known, again: Sequence[tuple[str, datetime]] = ()) -> Stored:
    """The correlator's word: entries, and which events were said again when."""
    update = case_update(oncall.schemas, ONE, [ONE], version)
    name, record = oncall.schemas.decode(update.value or b"")
    held = [{"event": stored(oncall.schemas, one).value, "known_at": one.known_at} for one in entries]
    repeated = [{"event_id": event, "recorded_at": at, "known_at": at} for event, at in again]
    value = oncall.schemas.encode(name, {**record, "entries": held, "said_again": repeated})
    return replace(update, value=value)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_who_may_end_a_search_hangs_not_on_the_order_in_which_the_correlator_s_words_come(
    oncall: OnCall, order: tuple[int, ...]
) -> None:
    words = (
        told(oncall, 1, ACTS),
        told(oncall, 2, DOES_NOT),
        told(oncall, 3, again=[(ACTS.event.head.event_id, ACTS_AFTER_ALL)]),
    )
    await oncall.hear(MISSING)
    for number in order:
        await oncall.take(words[number])
    await oncall.hear(ANOTHER_COUNCIL_S)
    assert (await shown(oncall)).state is State.OPEN


@pytest.mark.parametrize("together", [True, False])
async def test_a_report_is_known_since_it_was_first_heard_though_it_is_heard_together_with_its_repetition(
    oncall: OnCall, *, together: bool
) -> None:
    again = said(
        ChildMissing(MissingKind.MISSING), 1, 399.9, known=401, sector=Sector.POLICE, org=OrgHandle(an_id(0xF))
    )
    batches = [(MISSING, again)] if together else [(MISSING,), (again,)]
    for batch in batches:
        await oncall.hear(*batch)
    assert await oncall.session.run(_known_since) == MISSING.known_at


async def _known_since(connection: Connection) -> datetime:
    [[(at,)]] = await ask(connection, ("SELECT published_at FROM alerts", None))
    return at  # type: ignore[no-any-return]
