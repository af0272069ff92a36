"""What is fetched from elsewhere is fetched seldom, used on while nobody answers, and not for ever."""

from dataclasses import dataclass

import pytest

from services.core.errors import Unavailable
from services.runtime.signin.kept import FRESH, LONGEST, PATIENCE, Kept
from tests.builders import START


@dataclass
class Elsewhere:
    """Gives 1, 2, 3, ... for as long as it answers."""

    answers: bool = True
    asked: int = 0

    async def fetch(self) -> int:
        self.asked += 1
        if not self.answers:
            raise Unavailable
        return self.asked


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def kept(elsewhere: Elsewhere) -> Kept[int]:
    return Kept(elsewhere.fetch)


async def test_it_is_fetched_once_while_it_is_fresh(kept: Kept[int]) -> None:
    assert [await kept.get(START), await kept.get(START + FRESH / 2), await kept.get(START + FRESH)] == [1, 1, 2]


async def test_it_is_fetched_anew_when_it_does_not_do_but_not_again_and_again(kept: Kept[int]) -> None:
    await kept.get(START)
    asked = [START + PATIENCE / 2, START + PATIENCE, START + PATIENCE * 1.5]
    assert [await kept.get(now, anew=True) for now in asked] == [1, 2, 2]


async def test_it_is_used_on_while_nobody_answers(kept: Kept[int], elsewhere: Elsewhere) -> None:
    await kept.get(START)
    elsewhere.answers = False
    assert [await kept.get(START + FRESH + PATIENCE * number) for number in range(3)] == [1, 1, 1]
    assert elsewhere.asked == 4


async def test_a_request_does_not_wait_for_an_answer_that_was_just_not_given(
    kept: Kept[int], elsewhere: Elsewhere
) -> None:
    await kept.get(START)
    elsewhere.answers = False
    for _ in range(5):
        await kept.get(START + FRESH)
    assert elsewhere.asked == 2


async def test_it_is_not_believed_for_ever(kept: Kept[int], elsewhere: Elsewhere) -> None:
    await kept.get(START)
    elsewhere.answers = False
    with pytest.raises(Unavailable):
        await kept.get(START + LONGEST)


async def test_what_never_came_cannot_be_used(kept: Kept[int], elsewhere: Elsewhere) -> None:
    elsewhere.answers = False
    with pytest.raises(Unavailable):
        await kept.get(START)
    elsewhere.answers = True
    assert await kept.get(START) == 2
