"""What somebody might try in order to see where a child is: each is denied; with its guard taken out, one succeeds."""

from dataclasses import replace

import pytest

from services.core.codes import OrganisationKind, Role, Sector
from services.core.denials import Reason
from services.core.facts import PlacementStarted, WorkerAllocated
from services.core.ids import EventId
from services.core.known import Known
from services.core.rights import Person, PersonRole
from services.vault.decisions import Act, Decision, Refusal
from services.wire.records import to_record
from services.wire.signing import Signer
from services.wire.topics import topic_of
from tests.builders import an_id, day
from tests.core.enquiries import (
    ANOTHER_BODY,
    ANOTHER_CHILD,
    ANOTHER_ENQUIRER,
    ASSESSMENT,
    AUTHORITY,
    FIRST,
    INTERVIEWER,
    OPENER,
    SECOND,
    TWO,
    approval,
    said,
)
from tests.vault.deciding import (
    ADDRESS,
    FORCE,
    OFFICER,
    RELEASE,
    SEARCH,
    WORKER,
    Hub,
    person,
    sealed,
    speaks,
)
from tests.vault.messages import PRIVATE

POLICE = OrganisationKind.POLICE_FORCE
PLANTER = person(an_id(78), PersonRole.SOCIAL_WORKER, "COUNCIL-2")
STRANGER = person(an_id(77), PersonRole.DUTY_OFFICER, FORCE, POLICE)


async def approve(claimed: Hub, decision: str, *officers: str, assessment: EventId = ASSESSMENT) -> None:
    words = [
        said(approval(officer, which, decision, assessment), 910 + number, 40.5)
        for number, (officer, which) in enumerate(zip(officers, ("first", "second"), strict=True))
    ]
    await claimed.vault.say(*words)


async def seconded(searched: Hub) -> Decision:
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    return decision


async def a_planted_case(searched: Hub) -> Decision:
    """Another council's record, which became one case with the child's, and which its own worker was given."""
    given = said(WorkerAllocated(PLANTER.handle), 920, 39, subject=TWO, org=ANOTHER_BODY, role=Role.MANAGER)
    await searched.vault.say(given)
    decision = await searched.ask(replace(SEARCH, subject=TWO), PLANTER)
    await searched.act(decision, Act.SECOND)
    return decision


async def a_joined_child(claimed: Hub) -> str:
    """A release that two approve in good faith, once somebody's record with a number of each made two children one."""
    placed = said(PlacementStarted(), 930, 25, subject=ANOTHER_CHILD)
    await claimed.vault.say(placed)
    await claimed.vault.seal([sealed(placed, placement_address="3 Another Lane")])
    await claimed.vault.assign(an_id(1), ANOTHER_CHILD, version=2, known_at=day(39))
    number = (await claimed.ask(RELEASE, WORKER)).asked.decision_id
    await approve(claimed, number, FIRST, SECOND)
    return number


async def test_a_guessed_number_is_of_nothing_and_leaves_nothing(searched: Hub) -> None:
    await seconded(searched)
    before = await searched.steps()
    answer = await searched.look(an_id(123))
    assert (answer.outcome, answer.shown) == (Refusal.UNKNOWN, None)
    assert await searched.steps() == before


@pytest.mark.parametrize("act", [Act.SECOND, Act.OBJECT, Act.WITHDRAW, Act.CLOSE])
async def test_nobody_acts_on_a_number_that_nobody_was_given(searched: Hub, act: Act) -> None:
    answer = await searched.deciding.act(an_id(123), act, OFFICER, searched.now)
    assert answer.outcome is Refusal.UNKNOWN


async def test_nobody_seconds_their_own_search_under_another_role(searched: Hub) -> None:
    decision = await searched.ask()
    assert (await searched.act(decision, Act.SECOND, person(OPENER, PersonRole.MANAGER))).outcome is Refusal.SAME_PERSON


@pytest.mark.parametrize(
    "who",
    [
        person(OPENER, PersonRole.POLICE_OFFICER, FORCE, POLICE),
        person(OPENER, PersonRole.COORDINATOR),
        person(OPENER, PersonRole.AUDITOR),
        person(OPENER, PersonRole.DUTY_OFFICER, "COUNCIL-2"),
        person(OPENER, PersonRole.CLINICIAN, "HOSPITAL-1", OrganisationKind.HEALTH_BODY),
    ],
    ids=lambda who: f"{who.role}-{who.kind}",
)
async def test_whoever_is_not_on_duty_for_the_child_gets_nothing_by_a_search(searched: Hub, who: Person) -> None:
    answer = await searched.look(await seconded(searched), who)
    assert answer.shown is None
    assert not answer.reasons.isdisjoint({Reason.NOT_ENTITLED, Reason.OPENER_OF_OTHER_BODY})


async def test_who_plants_a_record_like_the_child_s_and_gives_themselves_its_case_gets_nothing(searched: Hub) -> None:
    decision = await a_planted_case(searched)
    answer = await searched.look(decision, PLANTER)
    assert (answer.shown, Reason.NOT_ENTITLED in answer.reasons) == (None, True)


async def test_they_would_if_any_authority_gave_anybody_any_case(
    searched: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = await a_planted_case(searched)
    monkeypatch.setattr("services.core.allocation.responsible_authority", lambda *_: ANOTHER_BODY)
    assert (await searched.look(decision, PLANTER)).shown


async def test_a_record_that_joins_an_enquirer_s_child_to_another_one_does_not_lead_to_that_one(claimed: Hub) -> None:
    answer = await claimed.look(await a_joined_child(claimed), WORKER)
    assert (answer.shown, Reason.ASSESSED_TOO_EARLY in answer.reasons) == (None, True)


async def test_it_would_if_an_assessment_counted_for_records_that_were_joined_after_it(
    claimed: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.core.rungs._since_joined", lambda _: lambda _: True)
    [place] = (await claimed.look(await a_joined_child(claimed), WORKER)).shown or ()
    assert place.rows == (("Placement address", "3 Another Lane"),)


async def test_an_approval_of_another_decision_opens_none(claimed: Hub) -> None:
    first = await claimed.ask(RELEASE, WORKER)
    await approve(claimed, first.asked.decision_id, FIRST, SECOND)
    second = await claimed.ask(RELEASE, WORKER)
    assert Reason.NOT_APPROVED_TWICE in (await claimed.look(second, WORKER)).reasons
    assert (await claimed.look(first, WORKER)).shown


async def test_an_approval_of_an_assessment_that_was_made_anew_opens_nothing(claimed: Hub) -> None:
    decision = await claimed.ask(RELEASE, WORKER)
    await approve(claimed, decision.asked.decision_id, FIRST, SECOND, assessment=EventId(an_id(4711)))
    assert Reason.NOT_APPROVED_TWICE in (await claimed.look(decision, WORKER)).reasons


@pytest.mark.parametrize(
    ("officers", "reason"),
    [
        ((FIRST, FIRST), Reason.NOT_APPROVED_TWICE),
        ((FIRST, OPENER), Reason.SAME_PERSON),
        ((FIRST, INTERVIEWER), Reason.SAME_PERSON),
    ],
    ids=["the same", "the opener", "the interviewer"],
)
async def test_one_person_under_two_names_is_one_approver(
    claimed: Hub, officers: tuple[str, str], reason: Reason
) -> None:
    decision = await claimed.ask(RELEASE, WORKER)
    await approve(claimed, decision.asked.decision_id, *officers)
    assert reason in (await claimed.look(decision, WORKER)).reasons


async def test_one_enquirers_ladder_lets_nobody_else_up(claimed: Hub) -> None:
    decision = await claimed.ask(replace(RELEASE, enquirer=ANOTHER_ENQUIRER), WORKER)
    await approve(claimed, decision.asked.decision_id, FIRST, SECOND)
    assert Reason.NOT_INTERVIEWED in (await claimed.look(decision, WORKER)).reasons


async def insert(claimed: Hub, known: Known, by: Sector) -> None:
    """Write a fact straight into the vault's table, signed by this agency."""
    event = known.event
    topic, key = topic_of(event.type), event.head.subject_id.encode()
    value = claimed.vault.schemas.encode(event.type, to_record(event))
    ((_, signature),) = Signer(PRIVATE[by]).headers(topic, key, value)
    ids = [bytes.fromhex(one) for one in (event.head.event_id, event.head.fact_id, event.head.subject_id)]
    await claimed.alter(
        """INSERT INTO facts
               (event_id, fact_id, subject_id, sector, recorded_at, known_at, topic, key, value, signature)
           VALUES (%s, %s, %s, 'local_authority', %s, %s, %s, %s, %s, %s)""",
        *ids, event.head.recorded_at, known.known_at, topic, key, value, signature,
    )  # fmt: skip


@pytest.mark.parametrize("by", [Sector.HEALTH, Sector.LOCAL_AUTHORITY])
async def test_an_approval_written_into_the_vaults_table_counts_only_if_its_processor_signed_it(
    claimed: Hub, by: Sector
) -> None:
    decision = await claimed.ask(RELEASE, WORKER)
    for number, officer in enumerate((FIRST, SECOND)):
        await insert(claimed, said(approval(officer, "first", decision.asked.decision_id), 910 + number, 40.5), by)
    answer = await claimed.look(decision, WORKER)
    assert (answer.shown is not None) is (by is Sector.LOCAL_AUTHORITY)
    assert (Reason.NOT_WHOLE in answer.reasons) is (by is Sector.HEALTH)


async def test_a_body_that_claims_the_authoritys_handle_does_not_speak_as_it(claimed: Hub) -> None:
    elsewhere = person(OPENER, PersonRole.SOCIAL_WORKER, "COUNCIL-2")
    await claimed.vault.seal([speaks("COUNCIL-2", AUTHORITY, number=702)])
    decision = await claimed.ask(RELEASE, elsewhere)
    await approve(claimed, decision.asked.decision_id, FIRST, SECOND)
    assert Reason.OPENER_OF_OTHER_BODY in (await claimed.look(decision, elsewhere)).reasons


async def test_what_guards_against_forged_rows_is_the_signature(claimed: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack above, with its guard taken out."""
    decision = await claimed.ask(RELEASE, WORKER)
    for number, officer in enumerate((FIRST, SECOND)):
        known = said(approval(officer, "first", decision.asked.decision_id), 910 + number, 40.5)
        await insert(claimed, known, Sector.HEALTH)
    monkeypatch.setattr("services.wire.signing.Verifier._is_signed", lambda *_: True)
    answer = await claimed.look(decision, WORKER)
    assert answer.shown
    assert ADDRESS in [words for place in answer.shown for _, words in place.rows]
