"""A row of the feed is made once for all who watch: nothing in it depends on its reader, all of it on what it says."""

from datetime import timedelta
from gettext import NullTranslations

import pytest

from services.casefeed.pages.assets import Assets
from services.casefeed.pages.rows import made_once
from services.casefeed.pages.shell import environment
from services.casefeed.recent import FeedRow
from services.core.case import CaseStatus
from services.core.codes import Precision, Role, Sector, YesNo
from services.core.facts import ChildLookedAfter, Sighting
from services.core.ids import CaseId, EventId
from tests.builders import START, an_id

PAGES = environment(Assets(), NullTranslations())
ROW = FeedRow(
    sequence=7,
    case_id=CaseId(an_id(1)),
    event_id=EventId(an_id(2)),
    type="Sighting",
    sector=Sector.POLICE,
    role=Role.POLICE_OFFICER,
    occurred_at=START,
    precision=Precision.INSTANT,
    known_at=START,
    status=CaseStatus.MISSING,
    names=("Given1 Family",),
    fact=Sighting(),
)
OTHERS = {
    "sequence": 8,
    "case_id": an_id(3),
    "event_id": an_id(4),
    "type": "ChildFound",
    "sector": Sector.HEALTH,
    "role": None,
    "occurred_at": START + timedelta(days=1),
    "precision": Precision.DAY,
    "known_at": START + timedelta(days=1),
    "status": CaseStatus.KNOWN,
    "names": ("Given2 Family",),
    "fact": ChildLookedAfter(unaccompanied=YesNo.YES),
}


def made(row: FeedRow) -> str:
    return PAGES.from_string("{{ feed_row(row) }}").render(row=row)


def test_a_row_is_made_without_its_reader() -> None:
    assert "Given1 Family" in made(ROW)


def test_the_same_row_is_made_once() -> None:
    row = made_once(PAGES)
    assert row(ROW) is row(ROW.model_copy())


@pytest.mark.parametrize("field", FeedRow.model_fields)
def test_a_row_that_says_anything_else_is_another(field: str) -> None:
    assert made(ROW.model_copy(update={field: OTHERS[field]})) != made(ROW)


def test_names_cannot_carry_markup_into_a_row() -> None:
    assert "<b>" not in made(ROW.model_copy(update={"names": ("<b>Given</b>",)}))
