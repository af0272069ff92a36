"""Duty is handed over: who owns it at each moment, what is refused and in which words."""

from typing import Any

import httpx
import pytest

from services.core.codes import Sector
from services.core.ids import FactId
from services.core.oncall.alert import Alert
from services.core.oncall.alerts import AlertKind, Severity, State, Why
from services.core.rights import Person
from services.oncall.alerts_store import put
from services.runtime.database import Connection
from tests.core.oncall.rotas import at
from tests.oncall.rota.site import AUDITOR, COORDINATOR, DANA, OFFICER, OMAR, RUTH, STAFF, Site

TONIGHT = at(12).isoformat()


async def offer(site: Site, who: Person = DANA, **said: Any) -> httpx.Response:
    return await site.ask(who, "POST", "/api/handovers", {"to": "Ruth Invented", "until": TONIGHT, **said})


async def answer(site: Site, who: Person, said: str, number: str | None = None) -> httpx.Response:
    number = number or (await site.ask(who, "GET", "/api/handovers")).json()["handovers"][0]["handover"]
    return await site.ask(who, "POST", f"/api/handovers/{number}/{said}")


async def test_the_giver_is_on_duty_until_the_receiver_accepts_and_has_it_again_afterwards(site: Site) -> None:
    assert (await offer(site)).is_success
    assert await site.name_on_duty() == "Dana Invented"
    site.goes_on(hours=1)
    assert (await answer(site, RUTH, "accept")).is_success
    assert await site.name_on_duty() == "Ruth Invented"
    assert (await site.on_duty(at=at(1.5).isoformat()))["on_duty"]["name"] == "Dana Invented"
    site.goes_on(hours=10)
    assert await site.name_on_duty() == "Dana Invented"


async def test_without_an_end_all_that_is_left_of_the_shift_is_handed_over(site: Site) -> None:
    await offer(site, until=None)
    await answer(site, RUTH, "accept")
    assert (await site.on_duty())["until"] == "2026-03-30T08:00:00Z"
    assert (await site.on_duty(at="2026-03-30T08:00:00Z"))["on_duty"]["name"] == "Omar Invented"


@pytest.mark.parametrize(("who", "said"), [(RUTH, "decline"), (DANA, "withdraw")])
async def test_after_a_no_the_giver_is_on_duty_and_may_offer_again(site: Site, who: Person, said: str) -> None:
    await offer(site)
    assert (await answer(site, who, said)).is_success
    assert await site.name_on_duty() == "Dana Invented"
    assert (await offer(site, to="Omar Invented")).is_success


async def test_the_alerts_that_the_giver_owns_are_the_receivers_from_the_moment_they_accept(site: Site) -> None:
    said = AlertKind.MISSING, State.OPEN, Why.OPEN_EPISODE, Severity.HIGH, (), site.now, site.now
    missing = Alert(FactId("ab" * 16), None, *said, owner=DANA.handle, owner_agency=Sector.LOCAL_AUTHORITY)

    async def owner(connection: Connection) -> str:
        rows = await (await connection.execute("SELECT encode(owner, 'hex') FROM alerts")).fetchall()
        return str(rows[0][0])

    await site.session.run(lambda connection: put(connection, (missing, ())))
    await offer(site)
    assert await site.session.run(owner) == DANA.handle
    await answer(site, RUTH, "accept")
    assert await site.session.run(owner) == RUTH.handle


async def test_an_accepted_handover_is_a_version_of_the_rota_by_whoever_accepted(site: Site) -> None:
    await offer(site)
    await answer(site, RUTH, "accept")
    [newest, *_] = (await site.ask(RUTH, "GET", "/api/rota/versions")).json()["versions"]
    assert (newest["cause"], newest["by"]["name"]) == ("handed_over", "Ruth Invented")


async def test_what_is_offered_is_listed_for_both(site: Site) -> None:
    await offer(site)
    for who, to_me, by_me in ((DANA, False, True), (RUTH, True, False), (OMAR, False, False)):
        [listed] = (await site.ask(who, "GET", "/api/handovers")).json()["handovers"]
        assert (listed["is_open"], listed["is_to_you"], listed["is_by_you"]) == (True, to_me, by_me)


REFUSED = [
    (OMAR, {}, "You are not on duty"),
    (DANA, {"to": "Olga Invented"}, "not on the staff of your agency"),
    (DANA, {"to": "Dana Invented"}, "You are on duty already"),
    (DANA, {"until": at(0.5).isoformat()}, "ends in the future and not after your own shift"),
    (DANA, {"until": at(200).isoformat()}, "ends in the future and not after your own shift"),
    (OFFICER, {}, "Your agency's rota has run out, or there is none"),
]


@pytest.mark.parametrize(("who", "said", "sentence"), REFUSED)
async def test_an_offer_that_cannot_be_is_refused_in_words_that_say_what_to_do(
    site: Site, who: Person, said: dict[str, str], sentence: str
) -> None:
    answered = await offer(site, who, **said)
    assert (answered.status_code, sentence in answered.json()["error"]) == (409, True)
    assert "Nothing was changed" in answered.json()["error"]
    assert await site.name_on_duty() == "Dana Invented"


async def test_a_second_offer_and_a_second_answer_are_refused(site: Site) -> None:
    await offer(site)
    assert "You have offered your duty" in (await offer(site, to="Omar Invented")).json()["error"]
    await answer(site, RUTH, "accept")
    assert "answered or withdrawn before" in (await answer(site, RUTH, "accept")).json()["error"]


@pytest.mark.parametrize("who", [OMAR, COORDINATOR, DANA])
async def test_nobody_accepts_for_somebody_else(site: Site, who: Person) -> None:
    await offer(site)
    assert "No duty is offered to you" in (await answer(site, who, "accept")).json()["error"]
    assert await site.name_on_duty() == "Dana Invented"


async def test_of_another_agencys_handover_nobody_learns_whether_it_is_there(site: Site) -> None:
    await offer(site)
    number = (await site.ask(DANA, "GET", "/api/handovers")).json()["handovers"][0]["handover"]
    theirs, nobodys = [(await answer(site, OFFICER, "accept", one)) for one in (number, "0" * 32)]
    assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)


async def test_an_offer_whose_time_is_over_is_refused(site: Site) -> None:
    await offer(site)
    site.goes_on(hours=12)
    assert "This offer is over" in (await answer(site, RUTH, "accept")).json()["error"]


async def test_whoever_has_left_the_staff_since_accepts_no_duty(site: Site) -> None:
    await offer(site)
    stay = {"people": [one for one in STAFF["people"] if one["sign_in"] != "ruth"]}
    assert (await site.ask(COORDINATOR, "PUT", "/api/staff", stay)).is_success
    assert (await answer(site, RUTH, "accept")).status_code == 409
    assert await site.name_on_duty() == "Dana Invented"


async def test_an_auditor_hands_nothing_over(site: Site) -> None:
    assert (await offer(site, AUDITOR)).status_code == 403


async def test_every_offer_and_answer_is_recorded_the_refused_ones_with_their_reason(site: Site) -> None:
    await offer(site, OMAR)
    await offer(site)
    await answer(site, RUTH, "accept")
    assert await site.recorded("handover_offered") == [
        (OMAR.handle, "denied", ("not_on_duty",)),
        (DANA.handle, "allowed", ()),
    ]
    assert await site.recorded("handover_answered") == [(RUTH.handle, "allowed", ("accept",))]
