"""Attacks through what the vault says of a decision to somebody who is entitled to nothing.

A worker of another council knows a case's whole id, asks for decisions and tries to open them. Whatever is true of the
child, they must hear what they would hear of an id that is nobody's. The last tests take a guard out, and hear it.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, product
from typing import Any

import httpx
import pytest

from services.core.codes import MissingKind, OrganisationKind, ThreatKind
from services.core.facts import ChildMissing, PlacementStarted, PlacementThreatSeen, RecordsUnlinked
from services.core.rights import Person, PersonRole
from tests.builders import an_id
from tests.core.enquiries import ENQUIRER, ONE, OPENER, TWO, said
from tests.vault.deciding import ADDRESS, FORCE, a_claimed_child, a_missing_child, person, sealed
from tests.vault.site import look, make_site, press
from tests.vault.tables import Vault

NOBODYS = an_id(4711)
WORKER = person(OPENER, PersonRole.SOCIAL_WORKER, "COUNCIL-2")
STRANGERS = [
    WORKER,
    replace(WORKER, role=PersonRole.MANAGER),
    replace(WORKER, role=PersonRole.DUTY_OFFICER),
    person(OPENER, PersonRole.DUTY_OFFICER, FORCE, OrganisationKind.POLICE_FORCE),
]

SEARCH = {"purpose": "search_for_child"}
CARE = {"purpose": "care_of_child"}
RELEASE = {"purpose": "release_to_enquirer", "enquirer": ENQUIRER}
HANDLES = count(7_000)

Changing = Callable[[Vault], Awaitable[Any]]


async def nothing(_: Vault) -> None:
    """Nothing happens between the question and the look."""


async def moves(vault: Vault) -> None:
    await vault.say(said(PlacementStarted(), 930, 40.6))


async def corrected(vault: Vault) -> None:
    await vault.seal([sealed(said(PlacementStarted(), 800, 21), placement_address="9 Test Street")])


async def parted(vault: Vault) -> None:
    await vault.say(said(RecordsUnlinked(TWO), 931, 40.6))


async def threatened(vault: Vault) -> None:
    await vault.say(said(PlacementThreatSeen(ThreatKind.VEHICLE_WAITING), 932, 40.6))


async def goes_missing(vault: Vault) -> None:
    await vault.say(said(ChildMissing(MissingKind.MISSING), 933, 40.6))


CHANGES = [moves, corrected, parted, threatened, goes_missing]

_ID = re.compile(r"[0-9a-f]{32,64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?Z?)?")


def told(answer: httpx.Response, asked_at: datetime) -> tuple[int, int, str, str]:
    """Status, length, headers and words; ids are random, and a time is told by how long after the question it is."""

    def since(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[0]).replace(tzinfo=asked_at.tzinfo)
        return f"<{(moment - asked_at.replace(second=0, microsecond=0)).total_seconds() // 60} minutes>"

    text = _MOMENT.sub(since, _ID.sub("<id>", answer.text))
    return answer.status_code, len(answer.content), str(sorted(answer.headers.items())), text


async def heard(
    vault: Vault, who: Person, wish: dict[str, str], subject: str, changing: Changing = nothing
) -> list[object]:
    """Everything that this person hears from asking for this child to giving up, each time under another handle."""
    site = make_site(vault)
    browser, asked_at = await site.browser(replace(who, handle=an_id(next(HANDLES)))), site.hub.now
    asked = await browser.post("/api/decisions", json={"subject": subject, **wish})
    number = asked.json()["decision_id"]
    await changing(vault)
    answers = [asked]
    for _ in range(2):
        answers += [await look(browser, number), await browser.get(f"/decisions/{number}")]
        answers += [await browser.get(f"/api/decisions/{number}"), await browser.get("/")]
    answers += [await press(browser, number, "second"), await browser.post(f"/api/decisions/{number}/withdraw")]
    answers += [await browser.get(f"/decisions/{number}"), await look(browser, number)]
    assert not [answer for answer in answers if ADDRESS in answer.text]
    return [told(answer, asked_at) for answer in answers]


async def differences(vault: Vault, who: Person, wish: dict[str, str], changing: Changing = nothing) -> list[str]:
    """What of an answer on the child is not as it is on an id that is nobody's."""
    of_child, of_nobody = await asyncio.gather(heard(vault, who, wish, ONE, changing), heard(vault, who, wish, NOBODYS))
    both = zip(of_child, of_nobody, strict=True)
    return [f"{who.role} {wish['purpose']}: {one} but {other}" for one, other in both if one != other]


async def test_a_worker_of_another_council_who_knows_a_case_s_whole_id_hears_what_is_heard_of_nobody_s(
    vault: Vault,
) -> None:
    await a_claimed_child(vault)
    tried = [differences(vault, who, wish) for who, wish in product(STRANGERS, (SEARCH, CARE, RELEASE))]
    assert [one for found in await asyncio.gather(*tried) for one in found] == []


@pytest.mark.parametrize("changing", CHANGES, ids=lambda changing: changing.__name__)
async def test_whatever_happens_to_the_child_meanwhile_makes_no_sound_to_them(vault: Vault, changing: Changing) -> None:
    await a_claimed_child(vault)
    tried = [differences(vault, WORKER, wish, changing) for wish in (SEARCH, RELEASE)]
    assert [one for found in await asyncio.gather(*tried) for one in found] == []


async def test_who_asks_for_an_unknown_child_would_be_told_if_what_changed_were_always_told(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_missing_child(vault)
    monkeypatch.setattr("services.vault.judging.NO_RIGHT", frozenset())
    assert await differences(vault, WORKER, SEARCH, moves)


async def test_a_reason_would_tell_if_every_one_were_told(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_missing_child(vault)
    monkeypatch.setattr("services.vault.pages.hint", lambda reasons: " ".join(sorted(reasons)) or None)
    assert await differences(vault, WORKER, SEARCH)


async def test_an_assessment_would_tell_that_the_child_is_known(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_claimed_child(vault)
    monkeypatch.setattr("services.vault.gathering.speaks_as", lambda known, _: frozenset(known))
    assert await differences(vault, WORKER, RELEASE)


async def test_a_deadline_would_tell_if_it_hung_on_what_is_sealed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_missing_child(vault)
    longer = property(lambda asked: asked.at + timedelta(hours=1 + len(asked.child.versions)))
    monkeypatch.setattr("services.vault.decisions.Asked.lapses_at", longer)
    assert await differences(vault, WORKER, SEARCH)
