"""The attacks of `test_attacks` and `test_deciding`, each with its guard taken out: then it succeeds."""

import pytest

from services.core.codes import OrganisationKind, RevocationReason, Role
from services.core.facts import PlacementStarted, ReleaseApproved, VerificationRevoked
from services.core.rights import PersonRole
from services.vault.decisions import Act
from services.wire.topics import KINSHIP_CLAIMS
from tests.core.enquiries import AUTHORITY, ENQUIRER, FIRST, OPENER, SECOND, approval, said
from tests.vault.deciding import (
    FORCE,
    RELEASE,
    WORKER,
    Hub,
    a_missing_child,
    hub,
    person,
    speaks,
)
from tests.vault.messages import place_of
from tests.vault.tables import Vault


async def approve(claimed: Hub, decision: str, *officers: str) -> None:
    words = [approval(officer, which, decision) for officer, which in zip(officers, ("first", "second"), strict=True)]
    await claimed.vault.say(*(said(word, 910 + number, 40.5) for number, word in enumerate(words)))


async def is_shown(claimed: Hub, number: str) -> bool:
    return bool((await claimed.look(number, WORKER)).shown)


async def test_an_allow_from_before_a_move_if_nothing_voided(claimed: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    number = (await claimed.ask(RELEASE, WORKER)).asked.decision_id
    await approve(claimed, number, FIRST, SECOND)
    await claimed.vault.say(said(PlacementStarted(), 901, 40.5))
    monkeypatch.setattr("services.core.gates._changed", lambda *_: iter(()))
    monkeypatch.setattr("services.vault.showing._lived_in", lambda words: {one.event.head.fact_id for one in words})
    assert await is_shown(claimed, number)


async def test_a_revocation_that_was_not_read_if_nobody_read_to_the_end(
    claimed: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = (await claimed.ask(RELEASE, WORKER)).asked.decision_id
    await approve(claimed, number, FIRST, SECOND)
    revoked = said(VerificationRevoked(ENQUIRER, FIRST, RevocationReason.FALSE_DOCUMENTS), 900, 40.5)
    claimed.horizon.beyond = {place_of(KINSHIP_CLAIMS): 1_000}
    assert not await is_shown(claimed, number)
    monkeypatch.setattr("services.vault.horizon.reached", lambda *_: True)
    assert await is_shown(claimed, number)
    await claimed.vault.say(revoked)
    assert not await is_shown(claimed, number)


async def test_a_replayed_approval_if_it_counted_for_any_decision(
    claimed: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await claimed.ask(RELEASE, WORKER)
    await approve(claimed, first.asked.decision_id, FIRST, SECOND)
    second = (await claimed.ask(RELEASE, WORKER)).asked.decision_id
    monkeypatch.setattr("services.core.gates._approvals", lambda _, ladder: ladder.evidence.both(ReleaseApproved))
    assert await is_shown(claimed, second)


async def test_one_person_who_approves_twice_if_one_were_enough(claimed: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    number = (await claimed.ask(RELEASE, WORKER)).asked.decision_id
    await approve(claimed, number, FIRST, FIRST)
    monkeypatch.setattr("services.core.gates.APPROVERS", 1)
    assert await is_shown(claimed, number)


async def test_a_body_that_claims_the_authoritys_handle_if_it_were_believed(
    claimed: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = person(OPENER, PersonRole.SOCIAL_WORKER, "COUNCIL-2")
    await claimed.vault.seal([speaks("COUNCIL-2", AUTHORITY, number=702)])
    number = (await claimed.ask(RELEASE, elsewhere)).asked.decision_id
    await approve(claimed, number, FIRST, SECOND)
    monkeypatch.setattr(
        "services.vault.gathering.speaks_as",
        lambda known, who: frozenset(
            handle for handle, found in known.items() if (who.organisation, who.kind) in found
        ),
    )
    assert (await claimed.look(number, elsewhere)).shown


async def test_a_forged_role_if_roles_were_taken_from_whoever_asks(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_missing_child(vault)
    made = hub(vault)
    officer = person(OPENER, PersonRole.POLICE_OFFICER, FORCE, OrganisationKind.POLICE_FORCE)
    decision = await made.ask(who=officer)
    await made.act(decision, Act.SECOND)
    assert not (await made.look(decision, officer)).shown
    monkeypatch.setattr("services.vault.gathering._role", lambda _: Role.DUTY_OFFICER)
    assert (await made.look(decision, officer)).shown
