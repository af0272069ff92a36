"""Whatever their schemas allow: no event stops the correlator, nor takes a report that stands beside it along."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import MissingKind
from services.core.events import Event
from services.core.facts import ChildMissing
from services.core.ids import EventId, FactId
from tests.builders import an_id
from tests.core.enquiries import said
from tests.correlator.tables import Delivered, Tables
from tests.vault.edge import Stored
from tests.wire.strange import AT_MS, events, few

_PLACES = count()
_REPORTS = count(2**65)


def another_report() -> Event:
    """One that nobody reported before, of the same child."""
    report, number = said(ChildMissing(MissingKind.MISSING), 1, 30).event, an_id(next(_REPORTS))
    return replace(report, head=replace(report.head, event_id=EventId(number), fact_id=FactId(number)))


@few
@given(st.lists(events() | events("ReferralMade", "KinshipClaimed"), min_size=5, max_size=15))
async def test_whatever_the_schemas_allow_keeps_no_report_from_its_case(tables: Tables, told: list[Stored]) -> None:
    report = another_report()
    strange = [Delivered(one.topic, next(_PLACES), AT_MS, one.value) for one in told]
    saved = await tables.save_records([*strange, *tables.deliver([report], next(_PLACES))])
    assert saved.new + saved.unreadable == len(strange) + 1
    assert report.head.event_id in {event.hex() for (event,) in await tables.ask("SELECT event_id FROM entries")}
