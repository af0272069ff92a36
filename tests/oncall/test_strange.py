"""Whatever their schemas allow: nothing that on-call hears ends it, nor keeps anybody from being paged."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import BirthDate, Subject
from services.core.codes import ClaimStatus, Precision
from services.core.facts import FACTS
from services.core.known import Known
from services.wire.topics import MISSING_CHILDREN, QUARANTINE, topic_of
from tests.oncall.fakes import OFFICERS, OnCall
from tests.oncall.test_engine import MISSING, POLICE
from tests.oncall.test_unsigned import unsigned
from tests.vault.edge import Stored
from tests.wire.strange import AT_MS, events, few, frames, updates

HEARD = [name for name in FACTS if topic_of(name) == MISSING_CHILDREN]


@few
@given(
    st.lists(events("ChildMissing", "ChildMissing", *HEARD), max_size=6),
    st.lists(updates(), max_size=2),
    st.lists(frames("Quarantined"), max_size=2),
)
async def test_whatever_the_schemas_allow_ends_nothing_on_call(
    oncall: OnCall, said: list[Stored], told: list[Stored], kept: list[bytes]
) -> None:
    refused = [Stored(0, frame, QUARANTINE, b"", (), AT_MS) for frame in kept]
    await oncall.take(*said, *told, *refused, looking=False)


def born(value: str) -> Known:
    """The report, by somebody who says that the child was born so."""
    subject = Subject(dates_of_birth=(BirthDate(value, ClaimStatus.CLAIMED),))
    return replace(MISSING, event=replace(MISSING.event, subject=subject))


@pytest.mark.parametrize("value", ["", "no date", "2011-02-30", "9999-12-31"])
async def test_an_impossible_date_of_birth_keeps_nobody_from_being_paged(oncall: OnCall, value: str) -> None:
    await oncall.take(unsigned(oncall, born(value)))
    assert OFFICERS[POLICE][0] in oncall.post.recipients


async def test_a_report_dated_on_the_last_day_of_the_calendar_keeps_nobody_from_being_paged(oncall: OnCall) -> None:
    last = replace(MISSING.event.head, occurred_at=datetime.max.replace(tzinfo=UTC), precision=Precision.DAY)
    await oncall.take(unsigned(oncall, replace(MISSING, event=replace(MISSING.event, head=last))))
    assert OFFICERS[POLICE][0] in oncall.post.recipients
