"""What the vault could not read may be about anybody: it denies a release; and who elsewhere reads of an ending."""

from dataclasses import replace

import pytest

from services.core.denials import Reason
from services.core.rights import PersonRole
from services.vault.decisions import Act
from services.vault.views import decision_view, may_see
from services.wire.topics import MISSING_CHILDREN
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_CHILD, ONE, TWO, said
from tests.vault.deciding import (
    PLACEMENT,
    WORKER,
    Hub,
    approved,
    person,
    sealed,
)
from tests.vault.edge import Stored
from tests.vault.messages import case_update, stored
from tests.vault.test_deciding import MOVED, REVOKED

PLACEMENT_NUMBER = int(PLACEMENT.event.head.fact_id, 16) - 1000


@pytest.mark.parametrize("unreadable", ["no signature", "a schema that is not there yet"])
async def test_what_cannot_be_read_under_another_child_may_be_about_the_adult_and_denies_a_release(
    claimed: Hub, unreadable: str
) -> None:
    release = await approved(claimed)
    revoked = stored(claimed.vault.schemas, REVOKED)
    unknown = replace(revoked, value=b"\0\0\0\x0f\xff" + (revoked.value or b"")[5:])
    await claimed.vault.take(replace(revoked, headers=()) if unreadable == "no signature" else unknown)
    assert (await claimed.look(release, WORKER)).reasons == {Reason.NOT_WHOLE}


async def test_a_case_that_cannot_be_read_may_have_taken_the_child_and_denies_a_release(claimed: Hub) -> None:
    release = await approved(claimed)
    joined = case_update(claimed.vault.schemas, ANOTHER_CHILD, [ONE, TWO, ANOTHER_CHILD], 2)
    await claimed.vault.take(replace(joined, value=(joined.value or b"")[:-1]))
    assert (await claimed.look(release, WORKER)).reasons == {Reason.NOT_WHOLE}


async def test_nobody_is_called_for_a_release_that_a_doubt_holds_up(claimed: Hub) -> None:
    release = await approved(claimed)
    await claimed.vault.take(Stored(0, b"junk", MISSING_CHILDREN))
    assert (await claimed.look(release, WORKER)).reasons == {Reason.NOT_WHOLE}
    assert await claimed.tell() == []


@pytest.mark.parametrize("change", ["moved", "address corrected"])
async def test_a_colleague_elsewhere_reads_of_an_ending_only_that_it_is_over(searched: Hub, change: str) -> None:
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    if change == "moved":
        await searched.vault.say(MOVED)
    else:
        corrected = sealed(said(PLACEMENT.event.fact, PLACEMENT_NUMBER, 21), placement_address="3 Test Street")
        await searched.vault.seal([corrected])
    assert (await searched.look(decision)).shown is None
    elsewhere = person(an_id(77), PersonRole.SOCIAL_WORKER, "COUNCIL-2")
    found = await searched.deciding.read(decision.asked.decision_id, elsewhere, may_see)
    assert found is not None
    assert decision_view(found, elsewhere, searched.later()).stands == "over"
