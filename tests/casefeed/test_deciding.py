"""A coordinator decides on the page: their own agency hears it sealed, with their token, and nobody else a word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from services.casefeed.pages.links import LONGEST_NARRATIVE
from services.core.codes import Precision
from services.core.facts import KinshipClaimed, LinkRefused, RecordsLinked
from services.core.ids import SubjectId
from services.core.rights import PersonRole
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import STEP_UP
from services.wire.avro import Schemas
from tests.builders import an_id, entry
from tests.casefeed.agencies import BODY, token_of
from tests.casefeed.desk import Desk, desk, offered
from tests.casefeed.house import House, house, somebody
from tests.casefeed.test_links import propose, record
from tests.casefeed.updates import Update
from tests.leaks.canaries import Canaries
from tests.leaks.planting import Planter
from tests.leaks.sinks import tables
from tests.runtime.logged import logging_to
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

COORDINATOR = somebody(PersonRole.COORDINATOR)
COLLEAGUE = "c0" * 16
TALE = "She told\r\nme so."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas) as open_house:
        yield open_house


async def test_what_would_change_something_is_offered_with_what_it_would_change(home: House) -> None:
    page = await (await desk(home, 1)).page()
    assert offered(page) == {"linked", "refused"}
    assert "1 case afterwards. 1 record moves to another case." in page
    assert "2 cases afterwards. Nothing moves." in page


async def test_what_is_joined_is_undone_and_not_accepted_again(home: House) -> None:
    seat = await desk(home, 2, RecordsLinked(SubjectId(an_id(22))))
    await record(home, 22, case=21, version=2)
    assert offered(await seat.page()) == {"unlinked", "refused"}


async def test_who_accepted_alone_is_told_that_another_person_must_and_a_colleague_is_asked(home: House) -> None:
    asked = KinshipClaimed("ad" * 16)
    mine = await desk(home, 3, asked, RecordsLinked(SubjectId(an_id(32)), decided_by=COORDINATOR.handle))
    theirs = await desk(home, 4, asked, RecordsLinked(SubjectId(an_id(42)), decided_by=COLLEAGUE))
    pages = [await seat.page() for seat in (mine, theirs)]
    assert [offered(page) for page in pages] == [{"unlinked", "refused"}, {"linked", "unlinked", "refused"}]
    assert ["You accepted it." in page for page in pages] == [True, False]
    assert "it counts if you accept it too" in pages[1]


async def test_their_own_agency_hears_what_they_decide_with_their_token_and_nobody_else_does(home: House) -> None:
    seat, before = await desk(home, 5), len(home.listening.sent)
    answer = await seat.send("linked", ground="documents_compared", narrative=TALE)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, seat.path)
    assert len(home.listening.sent) == before + 1
    content = home.listening.heard()[-1]
    [said] = [one["document"] for one in content["record"]["documents"]]
    assert (content["token"], content["organisation"]) == (token_of(COORDINATOR), BODY)
    assert (said["event"], said["source"], said["narrative"]) == (
        "RecordsLinked",
        {"subject_id": seat.ends[0]},
        "She told\nme so.",
    )
    assert said["fact"] == {"other": seat.ends[1], "ground": "documents_compared"}


async def test_that_it_was_sent_is_shown_until_the_agency_has_said_it(home: House) -> None:
    seat = await desk(home, 6)
    sent = (await seat.send("refused")).headers["location"]
    page = (await seat.client.get(sent)).text
    assert "Sent to your agency at" in page
    assert offered(page) == set()

    [said] = [one["document"] for one in home.listening.heard()[-1]["record"]["documents"]]
    await heard(home, 61, 62, said)
    page = (await seat.client.get(sent)).text
    assert "Your agency has said what you decided: two children." in page
    assert offered(page) == {"linked"}


async def heard(home: House, one: int, other: int, said: dict[str, Any]) -> None:
    """The agency has said what it was sent, and the hub has heard it."""
    kinds = {"RecordsLinked": RecordsLinked, "LinkRefused": LinkRefused}
    at = datetime.fromisoformat(said["occurred_at"])
    told = entry(kinds[said["event"]](SubjectId(an_id(other))), event=one * 7777, subject=one, occurred_at=at)
    exactly = replace(told, precision=Precision.INSTANT, recorded_at=at)
    await home.tell(Update(one, 3, at, subjects=[(one, 3)], new=[exactly]))


async def test_what_does_not_come_back_within_a_minute_is_told_with_the_command_that_says_why(home: House) -> None:
    seat = await desk(home, 7)
    sent = (await seat.send("linked")).headers["location"]
    door, now = home.door, home.door.now
    door.now = lambda: now() + timedelta(minutes=2)
    try:
        page = (await seat.client.get(sent)).text
    finally:
        door.now = now
    assert "it is slow, or it refused it" in page
    assert f"<code>lantern links accept {seat.ends[0][:8]} {seat.ends[1][:8]}</code>" in page
    assert offered(page) == {"linked", "refused"}


@pytest.mark.parametrize(
    "changed", [{"sent": "refused"}, {"at": "2026-01-01T00:00:00+00:00"}, {"by": "0" * 64}, {"by": "é"}, {"at": "now"}]
)
async def test_an_address_that_this_session_did_not_get_says_nothing_was_sent(
    home: House, changed: dict[str, str]
) -> None:
    seat = await desk(home, 200 + len(str(changed)))
    asked = dict(httpx.URL((await seat.send("linked")).headers["location"]).params)
    assert "Sent to your agency" in (await seat.client.get(f"{seat.path}?{urlencode(asked)}")).text
    others = await home.enter(PersonRole.COORDINATOR)
    for client, query in ((seat.client, {**asked, **changed}), (others, asked)):
        assert "Sent to your agency" not in (await client.get(f"{seat.path}?{urlencode(query)}")).text


@pytest.mark.parametrize(
    "garbage",
    [
        {"verdict": "joined"}, {"verdict": ""}, {"ground": "because"}, {"ground": ""},
        {"narrative": "x" * (LONGEST_NARRATIVE + 1)},
    ],
)  # fmt: skip
async def test_what_a_form_does_not_offer_is_not_said_and_what_was_typed_is_given_back(
    home: House, garbage: dict[str, str]
) -> None:
    seat, before = await desk(home, 300 + len(str(garbage))), len(home.listening.sent)
    answer = await seat.send(**{"verdict": "linked", "narrative": TALE, **garbage})
    assert (answer.status_code, len(home.listening.sent)) == (200, before)
    assert "Your decision was not taken" in answer.text
    assert (garbage.get("narrative") or "She told") in answer.text
    assert TALE[:8] not in await seat.page()


@pytest.mark.parametrize("verdict", ["unlinked", "refused"])
async def test_what_would_change_nothing_any_more_is_not_said(home: House, verdict: str) -> None:
    seat = await desk(home, 9 if verdict == "refused" else 10)
    if verdict == "refused":
        one, other = (int(end, 16) for end in seat.ends)
        await record(home, one, LinkRefused(SubjectId(an_id(other))), version=3)
    answer = await seat.send(verdict, narrative=TALE)
    assert await seat.is_refused(answer, "Something has changed since you opened this page", "changed")


async def test_a_case_that_has_grown_since_it_was_shown_is_not_decided_about_unseen(home: House) -> None:
    """They would join a child's records that they never had before them."""
    seat = await desk(home, 17)
    was = await seat.shown()
    await record(home, 179, case=int(seat.ends[1], 16))
    answer = await seat.send("linked", narrative=TALE, shown=was)
    assert await seat.is_refused(answer, "Something has changed since you opened this page", "changed")
    assert (await seat.send("linked")).status_code == 303


async def test_what_the_weights_would_join_and_something_else_keeps_apart_is_said_before_it_is_accepted(
    home: House,
) -> None:
    likely, asked = await desk(home, 18), await desk(home, 19)
    await propose(home, 181, 182, verdict="link", version=2)
    warned = ["Look for that child before you accept" in await seat.page() for seat in (likely, asked)]
    assert warned == [True, False]


async def test_one_record_beside_itself_is_no_pair(home: House) -> None:
    seat = await desk(home, 11)
    same = Desk(home, seat.client, (seat.ends[0], seat.ends[0]))
    answers = [await same.client.get(same.path), await same.client.get(f"/api{same.path}"), await same.send("linked")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_who_signed_in_a_while_ago_does_so_again_before_they_decide(home: House) -> None:
    seat = await desk(home, 12, ago=STEP_UP + timedelta(seconds=1))
    page = await seat.page()
    assert offered(page) == set()
    assert f'href="/signin?{urlencode({"anew": "", "next": seat.path}).replace("&", "&amp;")}"' in page
    answer = await seat.send("linked", narrative=TALE)
    assert await seat.is_refused(answer, "You signed in more than five minutes ago. Nothing was said.", "stale")


async def test_where_their_agency_publishes_no_key_nothing_is_said(home: House) -> None:
    seat = await desk(home, 13)
    with home.listening.without_key():
        answer = await seat.send("linked", narrative=TALE)
    assert answer.status_code == 503
    assert await seat.is_refused(answer, "publishes no key", "no_key")


async def test_what_kafka_does_not_confirm_is_not_said_to_be_sent(home: House) -> None:
    seat = await desk(home, 14)
    home.listening.away = True
    try:
        answer = await seat.send("linked", ground="documents_compared", narrative=TALE)
    finally:
        home.listening.away = False
    assert answer.status_code == 503
    assert "The hub did not confirm" in answer.text
    assert '<option value="documents_compared" selected>' in answer.text
    assert "She told" in answer.text
    assert await seat.recorded() == [("allowed", ("linked", "documents_compared")), ("denied", ("not_confirmed",))]


async def test_who_decides_and_what_is_recorded_and_not_a_word_of_what_they_tell(home: House) -> None:
    seat = await desk(home, 15)
    await seat.send("linked", narrative=TALE)
    assert await seat.recorded() == [("allowed", ("linked", "other"))]


async def test_what_cannot_be_recorded_is_not_said(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seat, before = await desk(home, 16), len(home.listening.sent)

    async def not_now(*_: object) -> None:
        raise TimeoutError

    seen = home.trail.append

    async def only_reads(connection: Connection, *told: Any) -> object:
        return await (not_now() if getattr(told[0], "action", "") == "link_decided" else seen(connection, *told))

    monkeypatch.setattr(home.trail, "append", only_reads)
    answer = await seat.send("linked", narrative=TALE)
    assert (answer.status_code, "She told" in answer.text) == (503, True)
    assert len(home.listening.sent) == before


async def test_what_they_tell_is_in_clear_nowhere(home: House, postgres: SecuredPostgres) -> None:
    planter, seat = Planter(), await desk(home, 17)
    with logging_to() as log:
        tales = [planter.one("free text") for _ in range(3)]
        answers = [await seat.send("linked", narrative=tales[0])]
        home.listening.away = True
        await seat.send("linked", narrative=tales[1])
        home.listening.away = False
        await seat.send("joined", narrative=tales[2])
        answers += [await seat.client.get(answers[0].headers["location"]), await seat.client.get(seat.path)]
        await home.trail.add_noted(home.session)
    assert tales[0] in str(home.listening.heard()[-1])
    kept = [
        *tables(postgres.server),
        *(
            (f"topic {one.topic}", b"".join((one.key, one.value, str(one.headers).encode())))
            for one in home.listening.sent
        ),
        *((f"answer {number}", f"{one.headers} {one.text}".encode()) for number, one in enumerate(answers)),
        ("log", log.text.encode()),
    ]
    canaries = Canaries(planter.marks)
    assert [leak for sink, content in kept for leak in canaries.found_in(sink, content)] == []
