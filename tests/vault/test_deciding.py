"""From asking to seeing: who is entitled sees it once, and after whatever changes nobody does, nor while in doubt."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.core.codes import MissingKind, RevocationReason, Role, Sector, ThreatKind
from services.core.denials import Reason
from services.core.facts import (
    ChildMissing,
    KinshipClaimed,
    LinkRefused,
    PlacementStarted,
    PlacementThreatSeen,
    RecordsLinked,
    RecordsUnlinked,
    VerificationRevoked,
)
from services.core.gates import ANSWER_WITHIN
from services.core.known import Known
from services.core.rights import Person
from services.vault.announcing import ANSWERED, Waits
from services.vault.deciding import Answer
from services.vault.decisions import Act, Refusal, Step
from services.vault.decisions_store import Told
from services.vault.disclosing import DISCLOSED
from services.vault.doubts import list_doubts
from services.vault.judging import Reason as VaultReason
from services.wire.seal import NoCurrentKey
from services.wire.topics import CASE_LINKS, KINSHIP_CLAIMS, MISSING_CHILDREN, SAFEGUARDING, SEALED_FACTS
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_BODY, ANOTHER_CHILD, ENQUIRER, FIRST, ONE, TWO, said, the_whole_ladder
from tests.vault.deciding import (
    ADDRESS,
    COLLEAGUE,
    MISSING,
    OFFICER,
    PLACEMENT,
    SEARCH,
    WORKER,
    Hub,
    a_missing_child,
    approved,
    hub,
    sealed,
)
from tests.vault.messages import place_of, stored
from tests.vault.tables import Vault

NO_SECOND, NO_REVIEW = f"{Waits.SECOND_PERSON}_{ANSWERED}", f"{Waits.REVIEW}_{ANSWERED}"
REVOKED = said(VerificationRevoked(ENQUIRER, FIRST, RevocationReason.FALSE_DOCUMENTS), 900, 40.5, subject=ANOTHER_CHILD)
MOVED = said(PlacementStarted(), 901, 40.5)
THREAT = said(PlacementThreatSeen(ThreatKind.VEHICLE_WAITING), 902, 40.5)
UNLINKED = said(RecordsUnlinked(TWO), 903, 40.5)
LINKED = said(RecordsLinked(ANOTHER_CHILD), 904, 40.5)
REFUSED = said(LinkRefused(TWO), 905, 40.5)


def words(answer: Answer) -> list[str]:
    assert answer.shown is not None
    return [words for place in answer.shown for _, words in place.rows]


def is_void(answer: Answer) -> bool:
    return answer.shown is None and isinstance(answer.outcome, Step) and answer.outcome.act is Act.VOID


async def test_two_people_open_a_search_and_one_of_them_sees_where_the_child_was(searched: Hub) -> None:
    decision = await searched.ask()
    assert (await searched.look(decision)).reasons == {Reason.SECOND_PERSON_AWAITED, Reason.COORDINATOR_NOT_PAGED}
    await searched.act(decision, Act.SECOND)
    assert words(await searched.look(decision)) == ["2 Test Lane", ADDRESS, "Test Carer"]
    assert await searched.steps() == ["second", "open", "show"]


async def test_no_other_body_takes_a_place_from_those_who_search_by_calling_it_an_adult_s(searched: Hub) -> None:
    number = place_number(PLACEMENT)
    claimed = said(
        KinshipClaimed(ENQUIRER), 970, 30, of_fact=number, sector=Sector.HEALTH, org=ANOTHER_BODY, role=Role.UNVERIFIED
    )
    await searched.vault.say(claimed)
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    assert words(await searched.look(decision)) == ["2 Test Lane", ADDRESS, "Test Carer"]


async def test_at_three_in_the_morning_a_search_opens_alone_after_two_minutes_and_is_reviewed(searched: Hub) -> None:
    decision = await searched.ask()
    assert await searched.tell() == [Waits.SECOND_PERSON]
    assert (await searched.look(decision)).reasons == {Reason.SECOND_PERSON_AWAITED}
    searched.later(timedelta(minutes=2))
    assert ADDRESS in words(await searched.look(decision))
    assert set(await searched.tell()) == {NO_SECOND, Waits.REVIEW, DISCLOSED}
    await searched.act(decision, Act.REVIEW)
    assert await searched.tell() == [NO_REVIEW]


async def test_nobody_opens_alone_before_coordinators_are_told(searched: Hub) -> None:
    decision = await searched.ask()
    searched.later(timedelta(minutes=3))
    assert (await searched.look(decision)).reasons == {Reason.COORDINATOR_NOT_PAGED}


async def test_coordinators_are_told_once_however_often_somebody_tries(searched: Hub) -> None:
    decision = await searched.ask()
    await searched.look(decision)
    await searched.look(decision)
    assert await searched.tell() == [Waits.SECOND_PERSON]


@pytest.mark.parametrize(("act", "who"), [(Act.SECOND, COLLEAGUE), (Act.OBJECT, COLLEAGUE), (Act.WITHDRAW, OFFICER)])
async def test_what_was_answered_or_taken_back_waits_no_more(searched: Hub, act: Act, who: Person) -> None:
    decision = await searched.ask()
    await searched.act(decision, act, who)
    assert await searched.tell() == [Waits.SECOND_PERSON, NO_SECOND]


async def test_a_refused_attempt_answers_nothing(searched: Hub) -> None:
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND, OFFICER)
    assert await searched.tell() == [Waits.SECOND_PERSON]


async def test_nobody_is_told_of_what_is_lacking_more_than_a_second_person(claimed: Hub) -> None:
    await claimed.ask(SEARCH, OFFICER)
    assert await claimed.tell() == []


async def test_a_colleague_who_objects_ends_it(searched: Hub) -> None:
    decision = await searched.ask()
    await searched.act(decision, Act.OBJECT)
    assert (await searched.look(decision)).outcome is Refusal.OVER


async def test_a_lawful_release_shows_the_address_once_and_is_on_record(claimed: Hub) -> None:
    decision = await approved(claimed)
    assert words(await claimed.look(decision, WORKER)) == [ADDRESS]
    assert await claimed.steps() == ["open", "show"]
    await claimed.act(decision, Act.CLOSE, WORKER)
    assert (await claimed.look(decision, WORKER)).outcome is Refusal.OVER


async def test_a_display_that_failed_is_tried_again_within_the_lease_and_not_after_it(claimed: Hub) -> None:
    decision = await approved(claimed)
    assert words(await claimed.look(decision, WORKER)) == words(await claimed.look(decision, WORKER)) == [ADDRESS]
    assert await claimed.tell() == [DISCLOSED]
    claimed.later(timedelta(minutes=5))
    assert (await claimed.look(decision, WORKER)).shown is None


async def test_two_looks_at_once_make_one_lease(claimed: Hub) -> None:
    decision = await approved(claimed)
    await asyncio.gather(claimed.look(decision, WORKER), claimed.look(decision, WORKER))
    assert (await claimed.steps()).count("open") == 1


async def test_without_the_attestation_nothing_is_shown(claimed: Hub) -> None:
    answer = await claimed.look(await approved(claimed), WORKER, attested=False)
    assert (answer.outcome, answer.shown) == (Refusal.NOT_ATTESTED, None)


@pytest.mark.parametrize("opened_before", [False, True], ids=["not yet open", "already open"])
@pytest.mark.parametrize(
    "later", [REVOKED, MOVED, THREAT, MISSING, UNLINKED, LINKED, REFUSED], ids=lambda one: one.event.type
)
async def test_after_what_changes_everything_a_release_never_opens_again(
    claimed: Hub, later: Known, *, opened_before: bool
) -> None:
    decision = await approved(claimed)
    if opened_before:
        assert words(await claimed.look(decision, WORKER))
    await claimed.vault.say(later)
    assert is_void(await claimed.look(decision, WORKER))
    assert (await claimed.look(decision, WORKER)).outcome is Refusal.OVER


@pytest.mark.parametrize("later", [MOVED, UNLINKED, LINKED, REFUSED], ids=lambda one: one.event.type)
async def test_after_a_move_or_a_changed_link_a_search_is_asked_for_anew(searched: Hub, later: Known) -> None:
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    await searched.vault.say(later)
    assert is_void(await searched.look(decision))


@pytest.mark.parametrize("address", ["3 Test Street", ADDRESS], ids=["corrected", "said of another fact"])
async def test_another_version_of_a_location_voids_it_although_no_shared_byte_changed(
    claimed: Hub, address: str
) -> None:
    decision = await approved(claimed)
    place = PLACEMENT if address != ADDRESS else said(PlacementStarted(), 850, 20)
    await claimed.vault.seal([sealed(said(PlacementStarted(), place_number(place), 21), placement_address=address)])
    answer = await claimed.look(decision, WORKER)
    assert is_void(answer)
    assert answer.reasons == {Reason.LOCATION_CHANGED}


def place_number(known: Known) -> int:
    return int(known.event.head.fact_id, 16) - 1000


async def test_the_correlators_word_on_who_is_who_voids_it_too(claimed: Hub) -> None:
    decision = await approved(claimed)
    await claimed.vault.assign(an_id(2), TWO, version=2)
    assert Reason.RECORDS_CHANGED in (await claimed.look(decision, WORKER)).reasons


async def test_nothing_is_released_while_nobody_knows_with_which_of_two_parted_records_a_third_goes(
    claimed: Hub,
) -> None:
    parted = said(RecordsUnlinked(ANOTHER_CHILD), 960, 29)
    await claimed.vault.say(parted)
    await claimed.vault.assign(an_id(1), ONE, TWO, ANOTHER_CHILD, version=2)
    decision = await approved(claimed)
    assert (await claimed.look(decision, WORKER)).reasons == {Reason.NOT_WHOLE}
    await claimed.vault.assign(an_id(3), ANOTHER_CHILD, version=3)
    assert words(await claimed.look(decision, WORKER)) == [ADDRESS]


@pytest.mark.parametrize("topic", [KINSHIP_CLAIMS, CASE_LINKS, MISSING_CHILDREN, SAFEGUARDING])
async def test_a_vault_that_is_behind_denies_and_opens_nothing(claimed: Hub, topic: str) -> None:
    decision = await approved(claimed)
    claimed.horizon.beyond = {place_of(topic): 1_000}
    answer = await claimed.look(decision, WORKER)
    assert answer.reasons == {VaultReason.BEHIND}
    assert answer.shown is None
    assert await claimed.steps() == []


async def test_what_kafka_has_forgotten_keeps_nobody_from_searching_for_ever_and_is_a_doubt(
    searched: Hub,
) -> None:
    alone, decision, gone = await searched.ask(), await searched.ask(), place_of(SEALED_FACTS, 7)
    await searched.act(decision, Act.SECOND)
    searched.horizon.beyond = searched.horizon.begun = {gone: 1_000}
    assert ADDRESS in words(await searched.look(decision))
    await searched.tell()
    searched.later(ANSWER_WITHIN)
    assert (await searched.look(alone)).reasons == {Reason.NOT_WHOLE}
    (doubt,) = await searched.vault.session.run(list_doubts)
    assert (doubt["partition"], doubt["offset"], doubt["reason"]) == (7, 0, "never_came")


async def test_what_kafka_still_holds_is_read_first(searched: Hub) -> None:
    decision, late = await searched.ask(), place_of(SEALED_FACTS, 7)
    await searched.act(decision, Act.SECOND)
    searched.horizon.beyond, searched.horizon.begun = {late: 1_000}, {late: 999}
    assert (await searched.look(decision)).reasons == {VaultReason.BEHIND}


async def test_a_vault_that_is_held_back_waits_for_the_revocation_that_it_has_not_read(claimed: Hub) -> None:
    decision = await approved(claimed)
    place = place_of(KINSHIP_CLAIMS)
    claimed.horizon.beyond = {place: (await claimed.horizon.ends())[place] + 1}
    looking = asyncio.create_task(claimed.look(decision, WORKER))
    await asyncio.sleep(0)
    await claimed.vault.say(REVOKED)
    answer = await looking
    assert is_void(answer)
    assert Reason.REVOKED in answer.reasons


async def test_a_vault_that_knows_of_no_topic_denies(claimed: Hub) -> None:
    decision = await approved(claimed)

    async def nothing() -> dict[object, int]:
        return {}

    claimed.horizon.ends = nothing  # type: ignore[method-assign,assignment]
    assert (await claimed.look(decision, WORKER)).reasons == {VaultReason.BEHIND}


async def test_what_cannot_be_verified_denies_a_release_and_lets_two_who_search_in(claimed: Hub, searched: Hub) -> None:
    release, search = await approved(claimed), await searched.ask()
    await searched.act(search, Act.SECOND)
    forged = said(ChildMissing(MissingKind.MISSING), 950, 40)
    await claimed.vault.take(replace(stored(claimed.vault.schemas, forged), headers=()))
    assert (await claimed.look(release, WORKER)).reasons >= {Reason.NOT_WHOLE}
    assert words(await searched.look(search))


def no_key(*_: object) -> Told:
    raise NoCurrentKey


async def test_where_an_agency_cannot_be_told_those_who_search_get_in_and_no_enquirer_is_answered(vault: Vault) -> None:
    await a_missing_child(vault)
    made = hub(vault, no_key)
    search = await made.ask()
    await made.act(search, Act.SECOND)
    assert words(await made.look(search))
    await vault.say(*(known for known in the_whole_ladder() if known.event.type != "ReleaseApproved"))
    release = await approved(made)
    with pytest.raises(NoCurrentKey):
        await made.look(release, WORKER)
