"""The pages, over real tables: each shows what its reader may see, in words, and nothing else."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from services.casefeed.nrm import Authority, authority
from services.casefeed.oncall import NotTold, OnCall, Why
from services.casefeed.telling import BELL, ENDED
from services.core.codes import Sector
from services.core.facts import Sighting
from services.core.rights import PersonRole
from services.runtime.database import connect
from services.runtime.signin.doorkeeper import csrf_of
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.histories import ADULT, FOUND, HIDDEN, HISTORY, MISSING, REFERRED
from tests.casefeed.house import URL, House, house
from tests.casefeed.updates import Update
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas, HISTORY, FOUND) as open_house:
        yield open_house


async def page(home: House, role: PersonRole, path: str) -> str:
    client = await home.enter(role)
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def short(number: int) -> str:
    return an_id(number)[:8]


async def test_the_feed_shows_a_coordinator_what_was_said_the_latest_first(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/")
    numbers = [int(number) for number in re.findall(r'data-sequence="(\d+)"', shown)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == sum(len(update.new) for update in HISTORY)
    assert {short(MISSING), short(REFERRED), short(HIDDEN)} <= set(re.findall(r'lantern-id">([0-9a-f]{8})<', shown))


async def test_the_feed_shows_a_worker_their_own_case_alone(home: House) -> None:
    shown = await page(home, PersonRole.SOCIAL_WORKER, "/")
    assert set(re.findall(r"/cases/([0-9a-f]{8})", shown)) == {short(REFERRED)}


@pytest.mark.parametrize(
    ("asked", "types"),
    [
        ("type=ChildMissing", {"Child reported missing"}),
        ("sector=health", {"Child referred"}),
        ("status=missing", {"Child reported missing", "An adult asks for the child", "Two records joined: one child"}),
    ],
)
async def test_the_feed_shows_what_is_asked_for_alone(home: House, asked: str, types: set[str]) -> None:
    shown = await page(home, PersonRole.COORDINATOR, f"/?{asked}")
    assert set(re.findall(r'entry__what">([^<]+)<', shown)) == types


async def test_the_page_of_a_bell_begins_after_what_the_reader_holds(home: House) -> None:
    everything = await page(home, PersonRole.COORDINATOR, "/feed/entries?after=0")
    last = max(int(number) for number in re.findall(r'data-sequence="(\d+)"', everything))
    some = await page(home, PersonRole.COORDINATOR, f"/feed/entries?after={last - 2}")
    assert re.findall(r'data-sequence="(\d+)"', some) == [str(last), str(last - 1)]
    assert f'data-live-reached value="{last}"' in some


async def test_what_is_earlier_in_the_feed_is_not_live_since_rows_would_be_missing_between(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/?sector=police&before=3")
    assert "data-live hx-ext" not in shown
    assert 'href="/?sector=police">Go to the live feed<' in shown


async def test_a_corrected_entry_is_struck_through_and_kept(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, f"/cases/{an_id(REFERRED)}")
    assert "<s>Child met at the border</s>" in shown
    assert f'href="#event-{an_id(13)}"' in shown


async def test_a_case_as_known_at_a_time_holds_no_later_word(home: House) -> None:
    then = await page(home, PersonRole.COORDINATOR, f"/cases/{an_id(REFERRED)}?as_known_at={day(2):%Y-%m-%dT%H:%M:%SZ}")
    assert f"event-{an_id(12)}" in then
    assert f"event-{an_id(13)}" not in then


async def test_where_the_child_is_is_held_sealed(home: House) -> None:
    assert "Held sealed" in await page(home, PersonRole.COORDINATOR, f"/cases/{an_id(MISSING)}")


async def test_the_missing_board_shows_who_is_missing_alone(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/missing")
    assert set(re.findall(r"/cases/([0-9a-f]{8})", shown)) == {short(MISSING)}


@pytest.mark.parametrize("path", ["/missing", "/night"])
async def test_the_missing_board_tells_how_grave_it_is_and_who_has_not_answered(home: House, path: str) -> None:
    shown = await page(home, PersonRole.COORDINATOR, path)
    assert all(one in shown for one in ("Critical", "trafficking indicators", "no answer yet", "Is paged again"))


@pytest.mark.parametrize("path", ["/missing", "/night"])
async def test_who_is_missing_is_shown_when_on_call_does_not_answer(home: House, path: str) -> None:
    home.on_call.state.away = True
    try:
        shown = await page(home, PersonRole.COORDINATOR, path)
    finally:
        home.on_call.state.away = False
    assert short(MISSING) in shown
    assert "On-call does not answer this page now" in shown
    assert "no answer yet" not in shown


@pytest.mark.parametrize("path", ["/missing", "/night", "/oncall", "/deadlines", "/cases", f"/cases/{an_id(MISSING)}"])
async def test_a_page_that_does_not_change_by_itself_says_so_and_since_when(home: House, path: str) -> None:
    shown = await page(home, PersonRole.COORDINATOR, path)
    assert re.search(r"What was known here at <time [^>]*>[^<]+</time>\. This page does not change by itself\.", shown)


async def test_a_case_that_is_not_theirs_and_one_that_is_not_there_are_one_page(home: House) -> None:
    worker = await home.enter(PersonRole.SOCIAL_WORKER)
    answers = [await worker.get(f"/cases/{case}") for case in (an_id(HIDDEN), an_id(404), "none", "a" * 99)]
    told = {(one.status_code, re.sub("[0-9a-f]{8}</strong>", "", one.text)) for one in answers}
    paths = {re.sub('"/cases/[^"]*"', "", text) for _, text in told}
    assert (len(paths), {status for status, _ in told}) == (1, {404})


async def test_every_page_says_in_the_local_edition_that_its_people_are_invented(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/more")
    assert home.door.invented == ("is invented" in shown)


async def test_what_is_not_in_a_page_is_never_where_the_adult_or_the_child_is(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, f"/cases/{an_id(MISSING)}")
    assert ADULT not in shown


@pytest.mark.parametrize("role", list(PersonRole))
async def test_every_page_that_the_navigation_leads_to_opens(home: House, role: PersonRole) -> None:
    client = await home.enter(role)
    more = await client.get("/more")
    paths = set(re.findall(r'href="(/[a-z]*)"', more.text))
    opened = {path: (await client.get(path, follow_redirects=True)).status_code for path in paths}
    assert len(paths) > 3
    assert set(opened.values()) == {200}, opened


async def test_an_enquirers_page_shows_what_each_step_lacks_and_the_words_to_say(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, f"/enquirers/{ADULT}")
    assert "Not interviewed" in shown
    assert "I cannot tell you anything about any child" in shown


async def test_what_is_overdue_says_so(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/deadlines")
    assert re.findall(r"/cases/([0-9a-f]{8})", shown) == [short(REFERRED)]
    assert "Overdue" in shown


async def test_statistics_tell_of_nothing_that_fewer_than_eight_children_did(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/statistics")
    assert set(re.findall(r'cell--numeric"[^>]*>([^<]*)<', shown)) <= {"fewer than 8", "too few to tell"}


async def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(home: House) -> None:
    shown = await page(home, PersonRole.AUDITOR, "/audit?about=nobody+knows")
    assert 'value="nobody knows"' in shown
    assert "There is a problem" in shown


async def test_an_auditor_sees_who_was_refused(home: House) -> None:
    await (await home.enter(PersonRole.SOCIAL_WORKER)).get(f"/cases/{an_id(HIDDEN)}")
    shown = await page(home, PersonRole.AUDITOR, f"/audit?outcome=denied&about=asked:{an_id(HIDDEN)}")
    assert "Social worker" in shown


async def test_that_a_session_has_ended_is_told_to_everybody_who_serves_the_feed(home: House) -> None:
    client = await home.enter(PersonRole.COORDINATOR)
    async with await connect(home.session.where) as listening:
        await listening.execute(f"LISTEN {BELL}")
        form = {"csrf": csrf_of(client.cookies[home.door.cookie])}
        signed_out = await client.post("/signout", data=form, headers={"origin": URL})
        rung = [bell.payload async for bell in listening.notifies(timeout=10, stop_after=1)]
    assert (signed_out.status_code, rung) == (200, [ENDED])
    assert (await client.get("/cases")).status_code == 303


async def test_two_records_are_shown_side_by_side_with_what_each_decision_would_change(home: House) -> None:
    listed = await page(home, PersonRole.COORDINATOR, "/links")
    assert f"/links/{an_id(REFERRED)}/{an_id(HIDDEN)}" in listed
    shown = await page(home, PersonRole.COORDINATOR, f"/links/{an_id(HIDDEN)}/{an_id(REFERRED)}")
    told = re.findall(r"[+-][\d.]+|\d cases? afterwards\.", shown)
    assert {"+7.5", "-3.2", "1 case afterwards.", "2 cases afterwards."} <= set(told)


async def test_a_pattern_is_drawn_and_told_in_words(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/patterns")
    assert shown.count('<line class="lantern-graph__line"') == 2
    assert shown.count("The same telephone") == 2


async def test_whoever_is_on_call_answers_an_alert_and_sees_that_they_have(home: House) -> None:
    client = await home.enter(PersonRole.POLICE_OFFICER)
    assert "no answer yet" in (await client.get("/oncall")).text
    form = {"csrf": csrf_of(client.cookies[home.door.cookie]), "answer": "search_begun", "minutes": "30"}
    sent = await client.post(f"/oncall/{an_id(0xA1E)}", data=form, headers={"origin": URL})
    assert (sent.status_code, sent.headers["location"]) == (303, "/oncall")
    assert "search begun" in (await client.get("/oncall")).text


async def test_who_answers_on_a_later_page_of_alerts_is_led_back_to_it(home: House) -> None:
    client = await home.enter(PersonRole.POLICE_OFFICER)
    form = {"csrf": csrf_of(client.cookies[home.door.cookie]), "answer": "search_begun", "minutes": "30"}
    place = f"0,0,1,2026-01-01T00:00:00+00:00,{an_id(0xA1D)}"
    sent = await client.post(f"/oncall/{an_id(0xA1E)}?after={quote(place)}", data=form, headers={"origin": URL})
    assert sent.headers["location"] == f"/oncall?after={quote(place)}"


@pytest.mark.parametrize(
    ("alert", "form", "told"),
    [
        (0xA1E, {"answer": "", "minutes": "30"}, "There is a problem"),
        (0xA1E, {"answer": "search_begun", "minutes": "9"}, "There is a problem"),
        (0xBAD, {"answer": "search_begun", "minutes": "30"}, "On-call did not take this"),
    ],
)
async def test_an_answer_that_was_not_taken_is_told(home: House, alert: int, form: dict[str, str], told: str) -> None:
    client = await home.enter(PersonRole.POLICE_OFFICER)
    data = {"csrf": csrf_of(client.cookies[home.door.cookie]), **form}
    answer = await client.post(f"/oncall/{an_id(alert)}", data=data, headers={"origin": URL})
    assert told in answer.text


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"answer": "search_begun", "minutes": ""}, "search_begun"),
        ({"answer": "", "minutes": "120"}, "120"),
    ],
)
async def test_an_answer_that_was_not_taken_keeps_what_was_chosen(home: House, form: dict[str, str], kept: str) -> None:
    client = await home.enter(PersonRole.POLICE_OFFICER)
    data = {"csrf": csrf_of(client.cookies[home.door.cookie]), **form}
    answer = await client.post(f"/oncall/{an_id(0xA1E)}", data=data, headers={"origin": URL})
    assert re.findall(r'<option value="(\w+)" selected>', answer.text) == [kept]


async def test_that_on_call_is_away_is_told_apart() -> None:
    with pytest.raises(NotTold) as error:
        await OnCall("http://127.0.0.1:1").alerts("token")
    assert error.value.why is Why.AWAY


async def test_the_nrm_board_shows_whose_referral_names_the_mechanism_alone(home: House) -> None:
    shown = await page(home, PersonRole.COORDINATOR, "/nrm")
    assert re.findall(r"/cases/([0-9a-f]{8})", shown) == [short(REFERRED)]
    assert all(one in shown for one in ("UKHTC</div>", "A decision on the referral", "Overdue"))


@pytest.mark.parametrize(
    ("sectors", "whose"),
    [
        ([Sector.HEALTH], Authority.UKHTC),
        ([Sector.LOCAL_AUTHORITY, Sector.UKBA], Authority.UKBA),
        ([], Authority.UKHTC),
    ],
)
async def test_ukhtc_decides_unless_ukba_refers_the_child_or_knows_them(
    sectors: list[Sector], whose: Authority
) -> None:
    assert authority(sectors) is whose


async def test_a_long_timeline_is_shown_a_page_at_a_time_and_every_entry_once(home: House) -> None:
    child = 0xD4 << 120
    said = [entry(Sighting(), event=0xF000 + one, subject=child, occurred_at=day(one)) for one in range(250)]
    await home.tell(Update(child, 1, day(1), subjects=[(child, 1)], new=said))
    pages = [await page(home, PersonRole.COORDINATOR, f"/cases/{an_id(child)}?skip={skip}") for skip in (0, 100, 200)]
    shown = [number for text in pages for number in re.findall(r'id="event-([0-9a-f]{32})"', text)]
    assert [len(re.findall('id="event-', text)) for text in pages] == [100, 100, 50]
    assert len(set(shown)) == 250
    assert ['rel="next"' in text for text in pages] == [True, True, False]
