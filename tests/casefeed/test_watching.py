"""What a watcher sees is asked for again in time, and before anything that may have changed it is shown."""

from dataclasses import dataclass, field, replace

import pytest

from services.casefeed.feed import HEARTBEAT_SECONDS, Item
from services.casefeed.sight import Sight
from services.casefeed.watching import AUTHORITATIVE, SHIFTING, Eyes
from services.core.case import CaseStatus
from services.core.ids import CaseId
from tests.builders import an_id

OWN, OTHER = CaseId(an_id(1)), CaseId(an_id(2))
WORKER, SEARCHER, COORDINATOR = Sight(own={OWN}), Sight(missing=True), Sight(every=True)


def item(case: CaseId, status: str = "known", of: str = "PoliceContact") -> Item:
    return Item(1, b"", case, status, of)


@dataclass
class Asked:
    """Answers with what somebody sees now, and counts; time stands still unless it is moved."""

    sight: Sight | None
    at: float = 0.0
    times: int = 0
    ended: int = 0
    eyes: Eyes = field(init=False)

    def __post_init__(self) -> None:
        self.eyes = Eyes(self._answer, lambda: self.at, lambda: self.ended)

    async def _answer(self) -> Sight | None:
        self.times += 1
        return self.sight


async def test_a_worker_is_shown_their_own_case_alone() -> None:
    mine, other = item(OWN), item(OTHER, CaseStatus.MISSING)
    assert await Asked(WORKER).eyes.show([mine, other]) == [mine]


async def test_who_searches_is_shown_children_who_are_missing_or_away() -> None:
    missing, away, known = (item(OTHER, status) for status in ("missing", "away", "known"))
    assert await Asked(SEARCHER).eyes.show([missing, away, known]) == [missing, away]


async def test_a_coordinator_is_shown_everything() -> None:
    items = [item(OWN), item(OTHER)]
    assert await Asked(COORDINATOR).eyes.show(items) == items


async def test_nobody_is_shown_anything_by_default() -> None:
    assert await Asked(Sight()).eyes.show([item(OWN, CaseStatus.MISSING)]) == []


@pytest.mark.parametrize("sight", [WORKER, COORDINATOR])
async def test_a_sight_is_never_older_than_a_heartbeat(sight: Sight) -> None:
    asked = Asked(sight)
    await asked.eyes.show([item(OWN)])
    await asked.eyes.show([item(OWN)])
    assert asked.times == 1
    asked.at, asked.sight = HEARTBEAT_SECONDS, None
    assert await asked.eyes.show([item(OWN)]) is None


async def test_who_was_signed_out_is_found_out_at_the_next_heartbeat() -> None:
    asked = Asked(COORDINATOR)
    await asked.eyes.show([item(OWN)])
    asked.sight = None
    assert await asked.eyes.show([]) is None


@pytest.mark.parametrize("kind", sorted(SHIFTING))
async def test_a_change_of_rights_counts_at_once(kind: str) -> None:
    asked = Asked(WORKER)
    await asked.eyes.show([item(OWN)])
    asked.sight = Sight(own={OTHER})
    taken, given = item(OWN, of=kind), item(OTHER)
    assert await asked.eyes.show([taken, given]) == [given]


async def test_a_case_that_became_somebodys_without_a_word_is_seen_within_a_second() -> None:
    asked = Asked(WORKER)
    await asked.eyes.show([item(OWN)])
    asked.at, asked.sight = 1.0, replace(WORKER, own={OWN, OTHER})
    assert await asked.eyes.show([item(OTHER)]) == [item(OTHER)]


async def test_a_watcher_whose_rights_have_ended_is_shown_nothing_from_the_next_event_on() -> None:
    asked = Asked(COORDINATOR)
    assert await asked.eyes.show([item(OWN)]) is not None
    asked.sight, asked.ended = None, 1
    assert await asked.eyes.show([item(OWN)]) is None


async def test_rights_that_ended_are_asked_for_again_once() -> None:
    asked = Asked(COORDINATOR, ended=3)
    for _ in range(3):
        await asked.eyes.show([item(OWN)])
    assert asked.times == 1


@pytest.mark.parametrize("kind", sorted(AUTHORITATIVE))
async def test_what_may_make_another_authority_responsible_for_an_own_case_is_not_shown_under_old_rights(
    kind: str,
) -> None:
    asked = Asked(WORKER)
    await asked.eyes.show([item(OWN, of="PoliceContact")])
    asked.sight = Sight()
    assert await asked.eyes.show([item(OWN, of=kind)]) == []
