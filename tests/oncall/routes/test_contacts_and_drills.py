"""People say how they are reached, hold drills and call on every agency; all is on record, never an address."""

from dataclasses import replace

import pytest
from lxml import etree

from services.core.codes import Sector
from services.core.oncall.alerts import AlertKind
from services.core.rights import PersonRole
from services.oncall.routes.broadcasts import CAP_TYPE
from services.runtime.database import Connection
from tests.oncall.channels.messages import ADDRESS
from tests.oncall.fakes import OFFICERS, officer
from tests.oncall.routes.counter import POLICE, Counter

CONTACT = {"language": "en", "ways": [{"way": "email", "at": ADDRESS}, {"way": "notify_sms", "at": "+447700900123"}]}
HEALTH = officer(Sector.HEALTH)


async def test_somebody_says_how_they_are_reached_and_sees_it_alone(counter: Counter) -> None:
    assert await counter.asked("PUT", "/api/contact", document=CONTACT) == (200, CONTACT)
    assert await counter.asked("GET", "/api/contact") == (200, CONTACT)
    assert (await counter.asked("GET", "/api/contact", HEALTH))[0] == 404


async def test_what_is_forgotten_is_gone(counter: Counter) -> None:
    await counter.asked("PUT", "/api/contact", document=CONTACT)
    assert await counter.asked("DELETE", "/api/contact") == (200, {"forgotten": True})
    assert await counter.asked("DELETE", "/api/contact") == (200, {"forgotten": False})
    assert (await counter.asked("GET", "/api/contact"))[0] == 404


async def test_what_reaches_nobody_is_refused(counter: Counter) -> None:
    status, _ = await counter.asked("PUT", "/api/contact", document={"ways": [{"way": "email", "at": "nobody"}]})
    assert status == 422
    assert (await counter.asked("GET", "/api/contact"))[0] == 404


async def test_an_auditor_is_never_on_duty_and_says_nothing(counter: Counter) -> None:
    auditor = replace(POLICE, role=PersonRole.AUDITOR)
    for method in ("GET", "DELETE"):
        assert (await counter.asked(method, "/api/contact", auditor))[0] == 403
    assert (await counter.asked("PUT", "/api/contact", auditor, CONTACT))[0] == 403


async def test_a_drill_pages_whoever_is_on_duty_in_that_agency_alone_and_says_that_it_is_one(counter: Counter) -> None:
    status, begun = await counter.asked("POST", "/api/drills")
    assert (status, begun["kind"], begun["subject_id"], counter.rung) == (201, "drill", None, 1)
    await counter.oncall.look()
    ((_, page, _),) = counter.oncall.post.sent
    assert (page.recipient, page.kind, page.drill) == (OFFICERS[Sector.POLICE][0], AlertKind.DRILL, True)


async def test_a_drill_is_for_those_who_answer_for_colleagues(counter: Counter) -> None:
    assert (await counter.asked("POST", "/api/drills", HEALTH))[0] == 403
    assert counter.rung == 0


async def test_what_became_of_an_alerts_pages_is_for_its_agency(counter: Counter) -> None:
    _, begun = await counter.asked("POST", "/api/drills")
    path = f"/api/alerts/{begun['alert_id']}/pages"
    status, told = await counter.asked("GET", path)
    assert (status, told["alert_id"], told["answered_at"], told["traces"]) == (200, begun["alert_id"], None, [])
    assert (await counter.asked("GET", path, HEALTH))[0] == 404


async def test_a_duty_officer_of_the_police_calls_on_every_agency_and_ends_it_once(counter: Counter) -> None:
    path = await drilled(counter)
    called, ended = await counter.client.post(path), await counter.client.delete(path)
    assert (called.status_code, called.headers["content-type"]) == (200, CAP_TYPE)
    said, over = etree.fromstring(called.content), etree.fromstring(ended.content)
    assert (said.findtext("{*}msgType"), over.findtext("{*}msgType")) == ("Alert", "Cancel")
    assert (over.findtext("{*}references") or "").split(",")[1] == said.findtext("{*}identifier")
    assert (await counter.client.delete(path)).status_code == 409


async def test_nobody_else_of_the_police_calls_on_anybody(counter: Counter) -> None:
    path = await drilled(counter)
    officer_elsewhere = replace(POLICE, role=PersonRole.POLICE_OFFICER)
    assert (await counter.asked("POST", path, officer_elsewhere))[0] == 403
    assert (await counter.asked("DELETE", path))[0] == 409


async def test_an_alert_of_another_agency_is_none(counter: Counter) -> None:
    assert (await counter.asked("POST", await drilled(counter), HEALTH))[0] == 404


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_who_has_no_alerts_does_not_hear_whether_there_is_one(counter: Counter, method: str) -> None:
    auditor = replace(POLICE, role=PersonRole.AUDITOR)
    path = await drilled(counter)
    one, none = [await counter.asked(method, of, auditor) for of in (path, f"/api/alerts/{'ab' * 16}/call")]
    assert one == none
    assert one[0] == 403


async def test_nothing_in_a_call_is_the_alerts(counter: Counter) -> None:
    path = await drilled(counter)
    assert path.split("/")[3] not in (await counter.client.post(path)).text


async def drilled(counter: Counter) -> str:
    _, begun = await counter.asked("POST", "/api/drills")
    return f"/api/alerts/{begun['alert_id']}/call"


async def test_no_address_is_on_record(counter: Counter) -> None:
    await counter.asked("PUT", "/api/contact", document=CONTACT)
    await counter.asked("GET", "/api/contact")
    rows = await counter.oncall.session.run(entries)
    assert len(rows.splitlines()) >= 2
    assert ADDRESS not in rows
    assert ADDRESS.encode().hex() not in rows


async def entries(connection: Connection) -> str:
    cursor = await connection.execute("SELECT whole::text FROM oncall_audit.entries AS whole")
    return "\n".join(text for (text,) in await cursor.fetchall())
