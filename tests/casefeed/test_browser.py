"""Every page of every role in a real browser: at three widths, with scripts and without, usable by everybody."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Response, expect

from services.casefeed.access import ROUTES
from services.casefeed.waiting import Waiting, keep_waiting
from services.core.codes import MissingKind, Purpose, Sector
from services.core.facts import ChildMissing, Sighting
from services.core.ids import SubjectId
from services.core.rights import Action, PersonRole, reach
from services.runtime.http import serving
from services.wire.avro import Schemas
from tests.browser import Visit, visiting
from tests.builders import an_id, day, entry
from tests.casefeed.histories import ADULT, FOUND, HIDDEN, HISTORY, MISSING, REFERRED
from tests.casefeed.house import JUST_NOW, House, house, somebody
from tests.casefeed.updates import Update
from tests.free_ports import free_base
from tests.runtime.secured_postgres import SecuredPostgres

HOST = "127.0.0.1"
pytestmark = pytest.mark.asyncio(loop_scope="session")

SAFE = 0xD4 << 120
"""A child who is not missing yet."""
MOST = 100
"""So many rows a page of the feed holds."""
NO_PAGES = re.compile(r"/api/|/assets/|/signin|/signout|/feed/")
FILLED = {"case_id": an_id(MISSING), "handle": ADULT, "one": an_id(REFERRED), "other": an_id(HIDDEN)}
PAGES = [path for (method, path), _ in ROUTES.items() if method == "GET" and not NO_PAGES.match(path)]
STANDING = "all => all.filter(one => one.checkVisibility()).map(one => `${one.tagName} ${one.className}`)"
OWN = re.compile(r"[0-9a-f]{8,}|[0-9]+|\bselected\b")
"""What differs between two readers of one page, and says nothing of how it is built."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    url = f"http://{HOST}:{free_base()}"
    async with house(postgres.database("casefeed"), schemas, HISTORY, FOUND, url) as open_house:
        await open_house.session.run(lambda connection: keep_waiting(connection, [waiting()]))
        yield open_house


@asynccontextmanager
async def reached(home: House) -> AsyncIterator[None]:
    """While it lasts, the house is where its address says."""
    async with serving(home.app, HOST, urlsplit(home.door.settings.public_url).port or 80):
        yield


@asynccontextmanager
async def visit_of(home: House, chromium: Browser, role: PersonRole = PersonRole.COORDINATOR) -> AsyncIterator[Visit]:
    """Somebody of this role who has signed in, with a browser."""
    async with reached(home), visiting(chromium, home.door.settings.public_url) as visit:
        await enter(visit, home, role)
        yield visit
        await visit.page.goto("about:blank")


async def come_to_the_feed(visit: Visit) -> Response:
    """Go to the feed, and stay until what its first bell asks for has come: who leaves sooner breaks it off."""
    async with visit.page.expect_response(re.compile("/feed/entries")) as asked:
        answered = await visit.go("/")
    await (await asked.value).finished()
    return answered


async def enter(visit: Visit, home: House, role: PersonRole, ago: timedelta = JUST_NOW) -> None:
    url, secret = home.door.settings.public_url, await home.secret(role, ago)
    await visit.page.context.add_cookies([{"name": home.door.cookie, "value": secret, "url": url}])


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_every_page_of_every_role_is_for_everybody(home: House, chromium: Browser, *, scripts: bool) -> None:
    faults, looked_at = [], set()
    async with reached(home), visiting(chromium, home.door.settings.public_url, scripts=scripts) as visit:
        for role in PersonRole:
            await enter(visit, home, role)
            for path in PAGES:
                rings = scripts and path == "/" and reach(somebody(role), Action.READ_CASES) is not None
                answered = await (come_to_the_feed(visit) if rings else visit.go(path.format(**FILLED)))
                assert answered.status < 500, (role, path)
                built = frozenset(OWN.sub("", tag) for tag in re.findall("<[^>]*>", await answered.text()))
                if built not in looked_at:  # otherwise another role has seen one like it
                    looked_at.add(built)
                    faults += [f"{role} {path}: {fault}" for fault in await visit.faults()]
    assert not faults, "\n".join(faults)
    assert len(looked_at) >= len(PAGES)


async def test_an_event_appears_by_itself_and_once(home: House, chromium: Browser) -> None:
    async with visit_of(home, chromium) as visit:
        await visit.go("/")
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        await hear(visit, home, 1)
        await expect(visit.page.locator(f'[data-event="{an_id(0xE001)}"] [data-unread]')).to_be_visible()
        await hear(visit, home, 2)
        assert await visit.page.locator(f'[data-event="{an_id(0xE001)}"]').count() == 1
        await visit.page.get_by_role("button", name="Mark all as read").click()
        assert await visit.page.locator("[data-unread]:visible").count() == 0


async def test_what_comes_while_a_reader_has_paused_comes_when_they_go_on(home: House, chromium: Browser) -> None:
    async with visit_of(home, chromium) as visit:
        await visit.go("/")
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        await visit.page.get_by_role("button", name="Pause").click()
        await home.say(news(3))
        await visit.page.get_by_role("button", name="Go on").click()
        await come(visit, 3)


async def test_a_page_that_is_paused_does_not_call_itself_live(home: House, chromium: Browser) -> None:
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        await visit.page.get_by_role("button", name="Pause").click()
        await expect(visit.page.get_by_text("Paused: what comes from now on is not shown.")).to_be_visible()
        await home.say(news(0x7F0))
        assert await visit.page.locator("[data-live-state=live]").count() == 0
        await visit.page.get_by_role("button", name="Go on").click()
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()


async def test_a_child_who_goes_missing_is_called_missing_in_the_rows_before_too(
    home: House, chromium: Browser
) -> None:
    before = entry(Sighting(), event=0xF001, subject=SAFE, occurred_at=day(5))
    gone = entry(ChildMissing(MissingKind.MISSING), event=0xF002, subject=SAFE, occurred_at=day(5))
    row = f'[data-event="{an_id(0xF001)}"]'
    await home.say(Update(SAFE, 1, day(5), subjects=[(SAFE, 1)], new=[before]))
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await expect(visit.page.locator(row)).to_contain_text("Not missing")
        await home.say(Update(SAFE, 2, day(5), timeline=[before], new=[gone]))
        await expect(visit.page.locator(f'[data-event="{an_id(0xF002)}"]')).to_have_count(1)
        await expect(visit.page.locator(row)).not_to_contain_text("Not missing")
        await expect(visit.page.locator(f"{row}.lantern-entry--missing")).to_contain_text("Missing")


async def test_who_is_signed_out_elsewhere_is_told_that_the_page_is_not_live(home: House, chromium: Browser) -> None:
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        await home.session.run(lambda connection: connection.execute("DELETE FROM sessions"))
        home.feed.forget_rights()
        await home.say(news(4))
        await expect(visit.page.locator("[data-live-state=over]")).to_be_visible()
        await expect(visit.page.get_by_text("you are signed out, or your rights have changed")).to_be_visible()
        assert await visit.page.locator(f'[data-event="{an_id(0xE004)}"]').count() == 0


async def test_a_lost_connection_is_said_and_what_was_missed_comes_once(home: House, chromium: Browser) -> None:
    async with visiting(chromium, home.door.settings.public_url) as visit:
        async with reached(home):
            await enter(visit, home, PersonRole.COORDINATOR)
            await visit.go("/")
            await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
            await hear(visit, home, 5)
        await expect(visit.page.locator("[data-live-state=lost]")).to_be_visible()
        await home.say(news(6))
        async with reached(home):
            await come(visit, 6)
            await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
            shown = await visit.page.locator("[data-event]").evaluate_all("rows => rows.map(row => row.dataset.event)")
            await visit.page.goto("about:blank")
        visit.wrongs.clear()  # that the hub was away is in the console too
    assert len(shown) == len(set(shown))


async def test_that_nothing_was_said_yet_is_not_said_any_more_once_something_is(home: House, chromium: Browser) -> None:
    async with visit_of(home, chromium) as visit:
        await visit.go("/?type=Sighting&sector=health")
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        nothing = visit.page.get_by_text("Nothing that you may see was said yet")
        await expect(nothing).to_be_visible()
        await home.say(news(7, sector=Sector.HEALTH))
        await come(visit, 7)
        await expect(nothing).to_be_hidden()


async def test_a_page_that_is_open_all_day_holds_the_latest_rows_and_leads_to_those_before(
    home: House, chromium: Browser
) -> None:
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await hear(visit, home, *range(0x100, 0x100 + MOST))
        rows = await sequences(visit)
        await visit.page.get_by_role("link", name="Earlier").click()
        before = await sequences(visit)
    assert rows == list(range(rows[0], rows[0] - MOST, -1))
    assert before[0] == rows[-1] - 1


async def test_after_more_than_one_answer_holds_the_page_shows_no_rows_with_a_gap_between(
    home: House, chromium: Browser
) -> None:
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await visit.page.locator("[data-event]").last.scroll_into_view_if_needed()
        await hear(visit, home, *range(0x200, 0x210 + MOST))
        rows = await sequences(visit)
    assert rows == list(range(rows[0], rows[0] - MOST, -1))


async def test_a_row_that_the_reader_has_before_them_stays_until_they_have_gone_on(
    home: House, chromium: Browser
) -> None:
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await hear(visit, home, *range(0x300, 0x300 + MOST))
        read = (await sequences(visit))[-1]
        await visit.page.locator(f'[data-sequence="{read}"]').scroll_into_view_if_needed()
        await hear(visit, home, 0x400)
        assert (await sequences(visit))[-1] == read
        await visit.page.locator("h1").scroll_into_view_if_needed()
        await hear(visit, home, 0x401)
        assert (await sequences(visit))[-1] == read + 2


async def test_everything_is_reached_by_keyboard_alone(home: House, chromium: Browser) -> None:
    async with visit_of(home, chromium) as visit:
        await visit.go("/cases")
        await visit.page.keyboard.press("Tab")
        await expect(visit.page.get_by_text("Skip to main content")).to_be_focused()
        reached = set()
        for _ in range(40):
            await visit.page.keyboard.press("Tab")
            reached.add(await visit.page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
        things = await visit.page.locator("a[href]:visible, button:visible, select:visible, input:visible").count()
        assert len(reached) >= things - 1


async def test_at_four_hundred_percent_nothing_is_cut_off(home: House, chromium: Browser) -> None:
    """1,280 pixels at 400 per cent are 320."""
    async with visit_of(home, chromium) as visit:
        await visit.page.set_viewport_size({"width": 320, "height": 256})
        beyond = {}
        for path in PAGES:
            await visit.go(path.format(**FILLED))
            measured = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            beyond[path] = await visit.page.evaluate(measured)
    assert {path for path, pixels in beyond.items() if pixels > 0} == set()


async def test_a_case_is_printed_without_navigation_and_without_anything_to_press(
    home: House, chromium: Browser
) -> None:
    async with visit_of(home, chromium) as visit:
        await visit.go(f"/cases/{an_id(MISSING)}")
        pressed = visit.page.locator("nav, form, button, select, input, footer")
        on_screen = await pressed.evaluate_all(STANDING)
        await visit.page.emulate_media(media="print")
        on_paper = await pressed.evaluate_all(STANDING)
        heading = await visit.page.locator("h1").is_visible()
    assert (bool(on_screen), on_paper, heading) == (True, [], True)


def waiting() -> Waiting:
    """A search that waits for its second person."""
    now, missing = datetime.now(UTC), SubjectId(an_id(MISSING))
    about = missing, Purpose.SEARCH_FOR_CHILD, Sector.POLICE
    return Waiting(an_id(0xD1), "second_person", *about, now, now + timedelta(hours=1), now)


def news(*numbers: int, sector: Sector = Sector.POLICE) -> Update:
    """Something new about the missing child, an event a number."""
    said = [
        entry(Sighting(), event=0xE000 + number, subject=MISSING, occurred_at=day(5), sector=sector)
        for number in numbers
    ]
    missing = entry(ChildMissing(MissingKind.MISSING), event=1, subject=MISSING, occurred_at=day(1))
    return Update(MISSING, 10 + numbers[-1], day(5), timeline=[missing], new=said)


async def hear(visit: Visit, home: House, *numbers: int) -> None:
    """Say `news`, and stay until the last of it is on the feed's page."""
    await home.say(news(*numbers))
    await come(visit, numbers[-1])


async def come(visit: Visit, number: int) -> None:
    """Stay until one event of `news` is on the feed's page."""
    await expect(visit.page.locator(f'[data-event="{an_id(0xE000 + number)}"]')).to_have_count(1)


async def sequences(visit: Visit) -> list[int]:
    """The numbers of the rows of the feed's page, from the top."""
    rows = await visit.page.locator("[data-sequence]").evaluate_all("rows => rows.map(row => row.dataset.sequence)")
    return [int(row) for row in rows]
