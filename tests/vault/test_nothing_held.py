"""Of a child of whom no location is held, who searches is told so: when it would be opened, and not before."""

from datetime import timedelta

import pytest

from services.core.denials import Reason
from services.vault.announcing import Waits
from services.vault.deciding import Answer
from services.vault.decisions import Act
from services.vault.views import decision_view, hint
from tests.builders import an_id
from tests.core.enquiries import AUTHORITY, ONE, TWO
from tests.vault.deciding import COLLEAGUE, COUNCIL, MISSING, OFFICER, Hub, hub, sealed, speaks
from tests.vault.tables import Vault

NOTHING = "void: the hub holds no location of this child; ask the agencies' duty desks"


@pytest.fixture
async def unplaced(vault: Vault) -> Hub:
    """A child is missing, and nobody ever said where they were."""
    await vault.say(MISSING)
    await vault.assign(an_id(1), ONE, TWO)
    await vault.seal([speaks(COUNCIL, AUTHORITY)])
    return hub(vault)


def stands(hub: Hub, answer: Answer) -> str:
    return decision_view(answer.decision, OFFICER, hub.now).stands


async def test_before_a_second_person_answers_it_is_as_if_a_location_were_held(unplaced: Hub) -> None:
    answer = await unplaced.look(await unplaced.ask())
    assert hint(answer.reasons) == hint(answer.reasons - {Reason.NOTHING_HELD}) is not None
    assert await unplaced.tell() == [Waits.SECOND_PERSON]


async def test_once_a_second_person_agreed_it_is_told(unplaced: Hub) -> None:
    decision = await unplaced.ask()
    await unplaced.act(decision, Act.SECOND)
    assert stands(unplaced, await unplaced.look(decision)) == NOTHING


async def test_once_it_would_open_alone_it_is_told(unplaced: Hub) -> None:
    decision = await unplaced.ask()
    await unplaced.look(decision)
    await unplaced.tell()
    unplaced.later(timedelta(minutes=2))
    assert stands(unplaced, await unplaced.look(decision)) == NOTHING


async def test_others_read_only_that_it_is_over(unplaced: Hub) -> None:
    decision = await unplaced.ask()
    await unplaced.act(decision, Act.SECOND)
    over = (await unplaced.look(decision)).decision
    assert decision_view(over, COLLEAGUE, unplaced.now).stands == "over"


async def test_a_location_that_came_since_is_asked_for_anew(unplaced: Hub) -> None:
    decision = await unplaced.ask()
    await unplaced.act(decision, Act.SECOND)
    await unplaced.vault.seal([sealed(MISSING, last_seen="2 Test Lane")])
    assert "changed" in stands(unplaced, await unplaced.look(decision))
