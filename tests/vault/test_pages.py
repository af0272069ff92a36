"""The vault's page shows a location once, to the one who asked; whoever has no right always gets the same answer."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from services.core.codes import OrganisationKind, SealedField
from services.core.ids import FactId
from services.core.rights import PersonRole
from services.core.sharing import SealedFact
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.signin.doorkeeper import STEP_UP
from services.wire.avro import Schemas
from services.wire.seal import BatchSealer, sealed_record
from services.wire.sealed_facts import PURPOSE, reference_of, to_record
from tests.builders import an_id, day
from tests.core.enquiries import AUTHORITY, ONE, said
from tests.vault.deciding import (
    ADDRESS,
    COLLEAGUE,
    FORCE,
    MISSING,
    OFFICER,
    a_missing_child,
    person,
    sealed,
)
from tests.vault.edge import PUBLIC
from tests.vault.site import URL, Site, csrf, look, make_site, press
from tests.vault.tables import Vault

AUDITOR = person(an_id(71), PersonRole.AUDITOR)
ELSEWHERE = person(an_id(72), PersonRole.POLICE_OFFICER, "FORCE-2", OFFICER.kind)
ANOTHER_OFFICER = person(an_id(73), PersonRole.DUTY_OFFICER, FORCE, OFFICER.kind)

JUNK = (
    b"",
    b"[" * 20_000,
    b"[]",
    b"5",
    b'{"handle": "' + AUTHORITY.encode() + b'"}',
    b'{"last_seen": {"a": 1}}',
    b"\xff",
)


def junk_frame(schemas: Schemas, field: SealedField, plaintext: bytes) -> bytes:
    """What a processor that is broken, or is somebody else's by now, seals of a child whom it knows by their id."""
    record = to_record(SealedFact(ONE, FactId(an_id(990)), field, day(1), {}), sealer := BatchSealer(PUBLIC))
    record["sealed"] = sealed_record(sealer.seal(plaintext, PURPOSE, reference_of(record)))
    return schemas.encode("SealedFact", record)


@pytest.fixture
async def site(vault: Vault) -> Site:
    await a_missing_child(vault)
    return make_site(vault)


async def test_the_one_who_asked_attests_and_sees_the_location(site: Site) -> None:
    decision, browser = await site.seconded(), await site.browser(OFFICER)
    asked = await browser.get(f"/decisions/{decision.asked.decision_id}")
    assert 'name="attested"' in asked.text
    assert ADDRESS not in asked.text
    seen = await look(browser, decision)
    assert seen.status_code == 200
    assert ADDRESS in seen.text


async def test_the_page_of_a_location_is_stored_nowhere_leads_nowhere_runs_nothing_and_leaves_by_itself(
    site: Site,
) -> None:
    seen = await look(await site.browser(OFFICER), await site.seconded())
    assert seen.headers["cache-control"] == "no-store"
    assert seen.headers["referrer-policy"] == "same-origin"
    assert seen.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self' 'nonce-")
    assert "script" not in seen.headers["content-security-policy"] + seen.text
    assert seen.headers["refresh"] == "300;url=/over"
    assert ".lease { animation-delay: 300s; }" in seen.text
    assert seen.text.count("<form") == seen.text.count('autocomplete="off"')


async def test_text_that_is_no_unicode_keeps_no_location_from_those_who_search(site: Site) -> None:
    again = said(MISSING.event.fact, 802, 39.5)
    await site.hub.vault.say(again)
    await site.hub.vault.seal([sealed(again, last_seen="3 Test Lane \ud83d")])
    seen = await look(await site.browser(OFFICER), await site.seconded())
    assert seen.status_code == 200
    assert ADDRESS in seen.text
    assert "3 Test Lane \ufffd" in seen.text


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("field", [SealedField.LOCATION, SealedField.ORGANISATION])
async def test_whatever_a_processor_seals_of_a_child_keeps_no_location_from_those_who_search(
    site: Site, field: SealedField, junk: bytes
) -> None:
    await site.hub.vault.keep(junk_frame(site.hub.vault.schemas, field, junk))
    seen = await look(await site.browser(OFFICER), await site.seconded())
    assert seen.status_code == 200
    assert ADDRESS in seen.text


async def test_what_was_hidden_is_not_shown_again(site: Site) -> None:
    decision, browser = await site.seconded(), await site.browser(OFFICER)
    assert ADDRESS in (await look(browser, decision)).text
    assert "closed" in (await press(browser, decision, "close")).text
    again = await look(browser, decision)
    assert "closed" in again.text
    assert ADDRESS not in again.text


async def test_a_display_that_failed_is_tried_again(site: Site) -> None:
    decision, browser = await site.seconded(), await site.browser(OFFICER)
    assert ADDRESS in (await look(browser, decision)).text
    assert ADDRESS in (await press(browser, decision, "look")).text


async def test_without_the_attestation_nothing_is_shown(site: Site) -> None:
    seen = await press(await site.browser(OFFICER), await site.seconded(), "look")
    assert (seen.status_code, ADDRESS in seen.text) == (403, False)


async def test_who_signed_in_a_while_ago_shows_anew_who_they_are(site: Site) -> None:
    decision, browser = await site.seconded(), await site.browser(OFFICER)
    site.hub.later(STEP_UP)
    assert "Sign in again" in (await browser.get(f"/decisions/{decision.asked.decision_id}")).text
    sent = await look(browser, decision)
    assert (sent.status_code, sent.headers["location"].partition("&")[0]) == (303, "/signin?anew")


@pytest.mark.parametrize("form", [{}, {"csrf": "0" * 64}], ids=["none", "another's"])
async def test_a_form_that_is_not_ours_opens_nothing(site: Site, form: dict[str, str]) -> None:
    decision, browser = await site.seconded(), await site.browser(OFFICER)
    seen = await browser.post(f"/decisions/{decision.asked.decision_id}/look", data={"attested": "yes", **form})
    assert (seen.status_code, await site.hub.steps()) == (403, ["second"])


async def test_whoever_is_not_signed_in_is_sent_to_sign_in(site: Site) -> None:
    async with httpx.AsyncClient(transport=site.transport, base_url=URL) as stranger:
        page = await stranger.get(f"/decisions/{an_id(1)}", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, f"/signin?next=/decisions/{an_id(1)}")
        assert (await stranger.get(f"/api/decisions/{an_id(1)}")).status_code == 401


async def test_a_colleague_is_asked_to_second_and_sees_no_location(site: Site) -> None:
    decision, browser = await site.hub.ask(), await site.browser(COLLEAGUE)
    page = await browser.get(f"/decisions/{decision.asked.decision_id}")
    assert "/second" in page.text
    seconded = await press(browser, decision, "second")
    assert "seconded" in seconded.text
    assert ADDRESS not in page.text + seconded.text + (await look(browser, decision)).text


async def test_who_waits_for_a_second_person_is_told_so(site: Site) -> None:
    decision = await site.hub.ask()
    assert "second person" in (await look(await site.browser(OFFICER), decision)).text


async def test_own_decisions_are_listed_by_their_numbers(site: Site) -> None:
    decision = await site.hub.ask()
    assert decision.asked.decision_id in (await (await site.browser(OFFICER)).get("/")).text
    assert decision.asked.decision_id not in (await (await site.browser(ANOTHER_OFFICER)).get("/")).text


NUMBERS = [an_id(99), "x", "%2e%2e", "%20", "0" * 500]


async def refusals(site: Site, path: str, method: str) -> set[tuple[int, bytes, str]]:
    """Everything that anybody without a right is answered at `path`, whatever is behind it."""
    expired = await site.seconded()
    site.hub.later(timedelta(hours=2))
    other = await site.seconded()
    numbers = [*NUMBERS, other.asked.decision_id, expired.asked.decision_id]
    browsers = [await site.browser(who) for who in (AUDITOR, ANOTHER_OFFICER, ELSEWHERE)]
    tried = (refusal(browser, method, path.format(number)) for browser in browsers for number in numbers)
    return set(await asyncio.gather(*tried))


async def refusal(browser: httpx.AsyncClient, method: str, path: str) -> tuple[int, bytes, str]:
    """Everything that an answer says, and would say at any other time."""
    answer = await browser.request(method, path, data={"csrf": csrf(browser), "attested": "yes"})
    said = sorted((name, value) for name, value in answer.headers.items() if name != "date")
    return answer.status_code, answer.content, str(said)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/decisions/{}/look"),
        ("POST", "/decisions/{}/close"),
        ("POST", "/api/decisions/{}/withdraw"),
        ("POST", "/api/decisions/{}/open"),
    ],
)
async def test_unknown_expired_malformed_and_anothers_look_the_same_to_whoever_has_no_right(
    site: Site, method: str, path: str
) -> None:
    ((status, body, _),) = await refusals(site, path, method)
    assert status == 403
    assert b"nothing here" in body


@pytest.mark.parametrize("path", ["/decisions/{}", "/api/decisions/{}"])
async def test_whoever_could_second_nothing_cannot_tell_a_decision_from_none(site: Site, path: str) -> None:
    site_of_search = await site.seconded()
    browser = await site.browser(ELSEWHERE)
    answers = [await browser.get(path.format(number)) for number in (site_of_search.asked.decision_id, an_id(99), "x")]
    assert len({(answer.status_code, answer.content, len(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"subject": "x", "purpose": "search_for_child"}',
        b'{"subject": "00000000000000000000000000000001", "purpose": "curiosity"}',
        b'{"subject": "00000000000000000000000000000001", "purpose": "release_to_enquirer"}',
        b"{" * 5000,
    ],
)
async def test_what_cannot_be_asked_for_is_refused_like_all_else(site: Site, body: bytes) -> None:
    answer = await (await site.browser(OFFICER)).post("/api/decisions", content=body)
    assert (answer.status_code, answer.json()) == (403, {"error": "There is nothing here that you may do or see."})


async def test_a_child_whom_nobody_knows_is_asked_for_like_any_other(site: Site) -> None:
    browser = await site.browser(OFFICER)
    answers = [
        await browser.post("/api/decisions", json={"subject": subject, "purpose": "search_for_child"})
        for subject in (an_id(1), an_id(4711))
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    known, unknown = (answer.json() for answer in answers)
    told = {"decision_id", "subject", "asked_at", "answer_due_at", "lapses_at"}
    assert {name: known[name] for name in known.keys() - told} == {name: unknown[name] for name in known.keys() - told}
    assert len(answers[0].content) == len(answers[1].content)


async def test_a_terminal_is_told_how_a_decision_stands_and_never_a_location(site: Site) -> None:
    browser, colleague = await site.browser(OFFICER), await site.browser(COLLEAGUE)
    asked = await browser.post("/api/decisions", json={"subject": an_id(1), "purpose": "search_for_child"})
    number = asked.json()["decision_id"]
    seconded = await colleague.post(f"/api/decisions/{number}/second")
    opened = await look(browser, number)
    shown = await browser.get(f"/api/decisions/{number}")
    withdrawn = await browser.post(f"/api/decisions/{number}/withdraw")
    assert ADDRESS in opened.text
    assert (seconded.json()["stands"], shown.json()["stands"], withdrawn.json()["stands"]) == (
        "seconded",
        "open",
        "withdrawn",
    )
    assert "Test" not in asked.text + seconded.text + shown.text + withdrawn.text


async def test_who_has_no_right_at_all_is_refused_and_recorded_with_the_decision_that_they_named(site: Site) -> None:
    clinician = replace(OFFICER, role=PersonRole.CLINICIAN, kind=OrganisationKind.HEALTH_BODY)
    browser, decision = await site.browser(clinician), await site.seconded()
    assert (await browser.get(f"/decisions/{decision.asked.decision_id}")).status_code == 403
    await site.trail.add_noted(site.hub.vault.session)
    reading = Trails(site.hub.vault.session.where)
    wanted = Wanted(action="location_refused", about=f"decision:{decision.asked.decision_id}")
    [(held, _)] = await site.hub.vault.session.run(lambda connection: reading.search(connection, wanted))
    assert (held.entry.who, held.entry.role, held.entry.reasons) == (clinician.handle, "clinician", ("no_right",))


async def test_a_coordinator_reviews_what_opened_alone(site: Site) -> None:
    decision, coordinator = await site.hub.ask(), await site.browser(COLLEAGUE)
    assert "/review" not in (await coordinator.get(f"/decisions/{decision.asked.decision_id}")).text
    await site.hub.tell()
    site.hub.later(timedelta(minutes=2))
    assert ADDRESS in (await look(await site.browser(OFFICER), decision)).text
    assert "/review" in (await coordinator.get(f"/decisions/{decision.asked.decision_id}")).text
    assert "/review" not in (await press(coordinator, decision, "review")).text
    assert (await site.hub.steps())[-1] == "review"
