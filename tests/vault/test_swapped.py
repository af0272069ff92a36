"""Attacks through what is another's: their decision, a sibling's ladder, another child's content.

Each is denied; and with its guard taken out it succeeds.
"""

from dataclasses import replace
from typing import Any

import pytest

from services.core.codes import OrganisationKind
from services.core.denials import Reason
from services.core.errors import BrokenRule
from services.core.facts import PlacementStarted
from services.core.known import Known
from services.core.rights import PersonRole
from services.vault import decisions, keys
from services.vault.deciding import Answer
from services.vault.decisions import Act, Attempt, Decision, Judgement, Refusal
from services.vault.showing import SPOILT as SPOILT_WORDS
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_CHILD, AUTHORITY, FIRST, HEARD, LOOKED_AFTER, SECOND, approval, said
from tests.vault.deciding import (
    ADDRESS,
    COUNCIL,
    FORCE,
    PLACEMENT,
    RELEASE,
    WORKER,
    Hub,
    a_claimed_child,
    a_missing_child,
    hub,
    person,
    sealed,
    speaks,
)
from tests.vault.tables import Vault

PLACED = said(PlacementStarted(), 820, 20, subject=ANOTHER_CHILD)
CARED_FOR = (said(LOOKED_AFTER, 821, 1, subject=ANOTHER_CHILD), said(HEARD, 822, 15, subject=ANOTHER_CHILD))
ELSEWHERE = "9 Test Lane"
STRANGER = person(an_id(77), PersonRole.DUTY_OFFICER, FORCE, OrganisationKind.POLICE_FORCE)


async def another_child(vault: Vault, address: str) -> None:
    """Another child in the care of the same council, heard as the first one was, and placed at this address."""
    await vault.say(PLACED, *CARED_FOR)
    council = speaks(COUNCIL, AUTHORITY, ANOTHER_CHILD, 703)
    await vault.seal([sealed(PLACED, placement_address=address), council])


def words(answer: Answer) -> list[str]:
    return [words for place in answer.shown or () for _, words in place.rows]


async def approved(claimed: Hub, **changes: Any) -> Decision:
    """A release that two people have approved."""
    decision = await claimed.ask(replace(RELEASE, **changes), WORKER)
    number = decision.asked.decision_id
    await claimed.vault.say(*(approving(who, which, number) for who, which in ((FIRST, "first"), (SECOND, "second"))))
    return decision


def approving(officer: str, which: str, number: str) -> Known:
    return said(approval(officer, which, number), 910 + len(which), 40.5)


async def a_look_at_a_sibling(vault: Vault) -> Answer:
    """Everything stands for one child of a family; somebody asks for the other one, who is placed at the same door."""
    await a_claimed_child(vault)
    await another_child(vault, ADDRESS)
    claimed = hub(vault)
    return await claimed.look(await approved(claimed, subject=ANOTHER_CHILD), WORKER)


async def test_who_may_have_one_child_is_not_shown_a_sibling_at_the_same_door(vault: Vault) -> None:
    answer = await a_look_at_a_sibling(vault)
    assert answer.shown is None
    assert answer.reasons >= {Reason.NOT_INTERVIEWED, Reason.RELATIONSHIP_NOT_ESTABLISHED, Reason.NOT_ASSESSED}


async def test_they_would_be_if_what_is_said_of_one_child_counted_for_another(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.core.sayings.concerns", lambda *_: True)
    assert words(await a_look_at_a_sibling(vault)) == [ADDRESS]


async def a_look_at_what_was_swapped(vault: Vault) -> Answer:
    """Whoever has the database's own rights puts another child's content in the place of this one's."""
    await a_claimed_child(vault)
    await another_child(vault, ELSEWHERE)
    claimed = hub(vault)
    decision = await approved(claimed)
    await claimed.alter(
        """UPDATE contents SET (wrapped_key, ciphertext) = (other.wrapped_key, other.ciphertext)
           FROM contents AS other WHERE contents.fact_id <> other.fact_id
           AND contents.field = 'location' AND other.field = 'location' AND other.subject_id = %s""",
        bytes.fromhex(ANOTHER_CHILD),
    )
    return await claimed.look(decision, WORKER)


async def test_a_content_in_the_place_of_another_child_s_does_not_open(vault: Vault) -> None:
    with pytest.raises(BrokenRule):
        await a_look_at_what_was_swapped(vault)


async def test_it_would_if_it_were_bound_to_no_child(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    encrypt, opened = keys._encrypt, keys._opened  # noqa: SLF001 - the guard itself
    monkeypatch.setattr("services.vault.keys._encrypt", lambda cipher, plaintext, _: encrypt(cipher, plaintext, b""))
    monkeypatch.setattr("services.vault.keys._opened", lambda cipher, content, _: opened(cipher, content, b""))
    assert words(await a_look_at_what_was_swapped(vault)) == [ELSEWHERE]


SPOILT = "UPDATE contents SET ciphertext = ciphertext || %s WHERE field = 'organisation'"


async def test_a_spoilt_word_on_who_speaks_keeps_nobody_from_searching(vault: Vault) -> None:
    await a_missing_child(vault)
    searched = hub(vault)
    await searched.alter(SPOILT, b"x")
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    assert ADDRESS in words(await searched.look(decision))


async def test_a_spoilt_location_hides_none_of_the_others_from_those_who_search_and_is_told_of(vault: Vault) -> None:
    await a_missing_child(vault)
    searched = hub(vault)
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    await searched.alter(
        "UPDATE contents SET ciphertext = ciphertext || %s WHERE field = 'location' AND fact_id = %s",
        b"x",
        bytes.fromhex(PLACEMENT.event.head.fact_id),
    )
    assert words(await searched.look(decision)) == ["2 Test Lane", SPOILT_WORDS]


async def test_with_a_spoilt_word_on_who_speaks_nobody_speaks_for_the_child_and_nothing_is_released(
    vault: Vault,
) -> None:
    await a_claimed_child(vault)
    claimed = hub(vault)
    decision = await approved(claimed)
    await vault.seal([speaks(COUNCIL, AUTHORITY, number=704)])
    await claimed.alter(f"{SPOILT} AND fact_id = %s", b"x", bytes.fromhex(an_id(704)))
    assert (await claimed.look(decision, WORKER)).reasons == {Reason.OPENER_OF_OTHER_BODY}


async def a_look_at_another_s_decision(vault: Vault) -> Answer:
    """An officer on duty, entitled to a search of their own, has a colleague's decision's number."""
    await a_missing_child(vault)
    searched = hub(vault)
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    return await searched.look(decision, STRANGER)


async def test_whoever_has_the_number_of_another_s_decision_is_shown_nothing(vault: Vault) -> None:
    answer = await a_look_at_another_s_decision(vault)
    assert (answer.outcome, answer.shown) == (Refusal.NOT_THEIRS, None)


async def test_they_would_be_shown_it_if_it_did_not_matter_who_asked(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = decisions._done  # noqa: SLF001 - the guard itself

    def careless(decision: Decision, tried: Attempt, judgement: Judgement) -> decisions.Step | Refusal:
        looks = tried.act in {Act.OPEN, Act.SHOW}
        return done(decision, replace(tried, by=decision.asked.by) if looks else tried, judgement)

    monkeypatch.setattr("services.vault.decisions._done", careless)
    assert ADDRESS in words(await a_look_at_another_s_decision(vault))
