"""The directory shows a worker on the case which offices speak of a child, and everybody else the same nothing."""

import httpx
import pytest

from services.core.codes import Purpose
from services.core.facts import WorkerAllocated
from services.core.rights import Person, PersonRole
from services.runtime.audit_reading import Trails, Wanted
from services.vault.looking_up import Wanted as Asked
from services.wire.topics import SAFEGUARDING
from tests.builders import an_id
from tests.core.enquiries import ONE, said
from tests.vault.deciding import COLLEAGUE, COUNCIL, OFFICER, WORKER, a_missing_child, person
from tests.vault.messages import place_of
from tests.vault.site import Site, csrf, make_site
from tests.vault.tables import Vault

AUDITOR = person(an_id(71), PersonRole.AUDITOR)
SEARCH = Purpose.SEARCH_FOR_CHILD


@pytest.fixture
async def site(vault: Vault) -> Site:
    await a_missing_child(vault)
    await vault.say(said(WorkerAllocated(WORKER.handle), 803, 0))
    return make_site(vault)


async def look_up(site: Site, who: Person, **fields: str) -> httpx.Response:
    browser = await site.browser(who)
    asked = {"record": ONE, "purpose": SEARCH.value, **fields}
    return await browser.post("/directory", data={"csrf": csrf(browser), **asked})


async def recorded(site: Site) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What the audit holds of the directory: outcome, reasons, and about what."""
    trails, wanted = Trails(site.hub.vault.session.where), Wanted(action="directory_read")
    found = await site.hub.vault.session.run(lambda connection: trails.search(connection, wanted))
    return [(held.entry.outcome, held.entry.reasons, held.entry.about) for held, _ in found]


async def test_a_worker_on_the_case_sees_each_office_once_and_that_is_on_record(site: Site) -> None:
    seen = await look_up(site, WORKER)
    assert (seen.status_code, seen.text.count(COUNCIL)) == (200, 1)
    assert seen.headers["refresh"] == "300;url=/over"
    [(outcome, reasons, about)] = await recorded(site)
    assert (outcome, reasons) == ("allowed", ("search_for_child",))
    assert f"record:{ONE}" in about


async def test_whoever_is_denied_it_for_whatever_reason_gets_one_answer_and_the_audit_knows_why(site: Site) -> None:
    answers = [
        await look_up(site, COLLEAGUE),
        await look_up(site, AUDITOR),
        await look_up(site, WORKER, record=an_id(4711)),
        await look_up(site, WORKER, record="nowhere"),
        await look_up(site, WORKER, record=""),
        await look_up(site, WORKER, purpose="release_to_enquirer"),
        await look_up(site, WORKER, purpose="curiosity"),
        await look_up(site, WORKER, more="than is asked"),
    ]
    assert len({(answer.status_code, answer.content, len(answer.headers)) for answer in answers}) == 1
    assert answers[0].status_code == 403
    denied = {reasons for outcome, reasons, _ in await recorded(site) if outcome == "denied"}
    assert denied == {("search_for_child", "not_entitled"), ("release_to_enquirer", "wrong_purpose")}


async def test_a_vault_that_is_behind_shows_no_office(site: Site) -> None:
    site.hub.horizon.beyond = {place_of(SAFEGUARDING): 1_000}
    assert await site.hub.looking_up.offices(Asked(ONE, SEARCH), WORKER, site.hub.later()) is None


async def test_what_is_asked_stands_in_no_address(site: Site) -> None:
    form = (await (await site.browser(OFFICER)).get("/directory")).text
    assert '<form method="post" action="/directory" autocomplete="off">' in form
    answer = await (await site.browser(WORKER)).get("/directory", params={"record": ONE, "purpose": SEARCH.value})
    assert COUNCIL not in answer.text
