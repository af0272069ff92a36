"""An ending that names its episode ends that episode, and not a disappearance that certainly came after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.core.codes import FoundHow, MissingKind, Sector
from services.core.endings import ends
from services.core.facts import ChildFound, ChildMissing
from services.core.ids import FactId, OrgHandle
from tests.builders import an_id, day

EPISODE = FactId(an_id(1))
POLICE = OrgHandle(an_id(2))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Word:
    """What the police say, between two moments."""

    fact: Any
    begins: datetime
    ends: datetime
    dated: bool = True
    fact_id: FactId = EPISODE
    org: OrgHandle = POLICE
    sector: Sector = Sector.POLICE


def found(begins: datetime, lasts: timedelta = HOUR, *, dated: bool = True) -> Word:
    return Word(ChildFound(episode=EPISODE, how=FoundHow.SEEN_IN_PERSON), begins, begins + lasts, dated)


def missing(begins: datetime, lasts: timedelta = HOUR, *, dated: bool = True) -> Word:
    return Word(ChildMissing(MissingKind.MISSING), begins, begins + lasts, dated)


@pytest.mark.parametrize(
    ("ending", "report", "over"),
    [
        (found(day(3)), missing(day(2)), True),
        (found(day(3)), missing(day(4)), False),
        (found(day(3), DAY), missing(day(3), DAY), True),
        (found(day(3), DAY), missing(day(3) + 2 * HOUR), True),
        (found(day(3), dated=False), missing(day(4)), True),
        (found(day(3)), missing(day(4), dated=False), True),
    ],
    ids=["before", "gone again", "of one day", "on that day", "nobody dated the ending", "nobody dated the report"],
)
def test_it_ends_its_episode_unless_the_child_certainly_went_missing_after_it(
    ending: Word,
    report: Word,
    over: bool,  # noqa: FBT001 - the expected answer
) -> None:
    assert ends(ending, report, frozenset()) is over
