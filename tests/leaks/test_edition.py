"""Canaries through a running edition: published as agencies publish, asked for, rebuilt; none is in clear anywhere."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
import pytest

from services.runtime.local.waiting import until
from services.runtime.signin.doorkeeper import csrf_of
from services.runtime.tls import trusted
from tests.casefeed.desk import shown_on
from tests.e2e.lookalikes import asked as looked_up
from tests.e2e.lookalikes import two_records
from tests.e2e.vault_page import browser
from tests.edition import LocalEdition
from tests.identity_provider import press
from tests.leaks.canaries import Canaries, Leak
from tests.leaks.planting import Planter, Sought, sought, submissions
from tests.leaks.publishing import kept, publish
from tests.leaks.sinks import everything

THOUSAND = 1_000

TAKEN = ("Sent to your agency", "Your agency has said what you decided")
"""What the page says next; the agency may be quicker than the page."""


@dataclass(frozen=True)
class Planted:
    """What was planted in a running edition, and what the publishers were told."""

    edition: LocalEdition
    planter: Planter
    told: list[str]
    outcomes: Counter[str]
    looked_for: Sought
    page: str


@pytest.fixture(scope="module")
def planted(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    planter, folder = Planter(), tmp_path_factory.mktemp("files of agencies")
    told = [publish(edition, folder, files) for files in submissions(planter, times=1)]
    counted = Counter[str]()
    for answer in map(json.loads, told):
        counted += Counter(shared=answer["shared"], held_back=answer["held_back"], refused=len(answer["refused"]))
    assert until(lambda: kept(edition) >= counted["shared"], 60)
    asked(edition, planter)
    child = sought(planter)
    told.append(publish(edition, folder, [child.file]))
    page = opened(edition, child)
    told += decided(edition, folder, planter)
    edition.done("rebuild")
    return Planted(edition, planter, told, counted, child, page)


def decided(edition: LocalEdition, folder: Path, planter: Planter) -> list[str]:
    """A coordinator accepts two records on their page, and tells why in words; one form is taken, and one is not."""
    one, other = two_records(edition, folder, "LEAKS-1", "Corrin")
    url, path = f"http://127.0.0.1:{edition.parts.ports['casefeed']}", f"/links/{one}/{other}"
    tales = [planter.one("free text") for _ in range(2)]

    async def deciding() -> list[str]:
        headers = {"accept": "text/html", "origin": url}
        async with httpx.AsyncClient(
            base_url=url, headers=headers, trust_env=False, verify=trusted(), follow_redirects=True
        ) as client:
            back = (await press(client, await client.get(path), "coordinator")).headers["location"]
            page = await client.get(back)
            assert page.url.path == path
            csrf = csrf_of(client.cookies[f"lantern-{url.rpartition(':')[2]}"])
            form = {"csrf": csrf, "ground": "other", "shown": shown_on(page.text)}
            refused = await client.post(path, data={**form, "verdict": "unlinked", "narrative": tales[0]})
            taken = await client.post(path, data={**form, "verdict": "linked", "narrative": tales[1]})
            assert tales[0] in unescape(refused.text)
            assert (taken.url.params.get("sent"), any(words in taken.text for words in TAKEN)) == ("linked", True)
            return [taken.text, (await client.get(path)).text]

    answers = asyncio.run(deciding())
    assert until(lambda: bool(looked_up(edition, f"/api{path}")[0]["said"]), 60)
    return answers


def opened(edition: LocalEdition, child: Sought) -> str:
    """The vault's page as the officer on duty sees it, once a coordinator has seconded the search."""
    wish = {"subject": child.subject((edition.parts.keys / "police" / "edge.key").read_bytes())}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{edition.parts.ports['vault']}", trust_env=False, verify=trusted()
    ) as client:
        client.headers = httpx.Headers(edition.person("police-duty-officer"))
        asked = client.post("/api/decisions", json=wish | {"purpose": "search_for_child"})
        number: str = asked.json()["decision_id"]
        assert client.post(f"/api/decisions/{number}/second", headers=edition.person()).is_success
    with browser(edition) as officers:
        officers.sign_in("police-duty-officer", number)
        return officers.look(number)


def asked(edition: LocalEdition, planter: Planter) -> list[str]:
    """Ask for places, as somebody does who believes that one can; and without the right to ask anything."""
    place = planter.one("postcode")
    base = f"http://127.0.0.1:{edition.parts.ports['casefeed']}"
    answers: list[httpx.Response] = []
    for headers in (edition.person(), {"authorization": f"Bearer {place}"}):
        with httpx.Client(base_url=base, headers=headers, trust_env=False, verify=trusted()) as client:
            answers += [client.get(path) for path in (f"/api/cases/{place}", f"/api/enquiries/{place}", f"/{place}")]
            answers += [client.get("/api/cases", params={name: place}) for name in ("cursor", "status", "near", place)]
            answers += [client.get("/api/feed", params={"after": place}), client.post("/rebuild", content=place)]
    return [f"{answer.headers} {answer.text}" for answer in answers]


@pytest.fixture(scope="module")
def leaks(planted: Planted) -> list[Leak]:
    """What a sweep of everything finds."""
    canaries = Canaries(planted.planter.marks)
    sinks = [*everything(planted.edition), *(("a publisher's answer", answer.encode()) for answer in planted.told)]
    return [leak for sink, content in sinks for leak in canaries.found_in(sink, content)]


def test_a_thousand_canaries_went_through_every_way(planted: Planted) -> None:
    assert len(planted.planter.planted) >= THOUSAND
    assert min(planted.outcomes[outcome] for outcome in ("shared", "held_back", "refused")) > 0


def test_no_canary_is_in_clear_anywhere_in_a_running_edition(leaks: list[Leak]) -> None:
    assert leaks == []


def test_the_vaults_page_shows_the_one_entitled_person_what_locates_the_child_and_no_other_canary(
    planted: Planted,
) -> None:
    shown = Canaries(planted.planter.marks).found_in("the vault's page", planted.page.encode())
    assert {leak.canary for leak in shown} == planted.looked_for.places


def test_no_answer_repeats_a_place_that_was_asked_for(planted: Planted) -> None:
    answers = asked(planted.edition, planted.planter)
    assert Canaries(planted.planter.marks).found_in("answers", "\n".join(answers).encode()) == []
