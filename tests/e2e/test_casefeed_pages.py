"""The pages of a running edition: people sign in, two watch side by side, and the scenario is as README shows it."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser import Visit, visiting
from tests.edition import LocalEdition

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOME = Path(__file__).resolve().parents[2]
PICTURES = HOME / "tests" / "e2e" / "pictures"
LARGEST_BYTES = 150_000
POLICE = ("--agency", "police", "--organisation", "INVENTED-FORCE", "--wait", "--json")
REPORT: dict[str, Any] = {
    "format": "lantern/1",
    "event": "ChildMissing",
    "source": {"system": "missing-persons", "child": "PAGES-1"},
    "key": "2026-11-22",
    "occurred_at": "2026-11-22T21:30:00Z",
    "recorded_at": "2026-11-22T22:05:00Z",
    "role": "police_officer",
    "subject": {"names": [{"text": "Givenname Familyname", "kind": "full", "status": "claimed"}]},
    "fact": {"kind": "missing"},
    "location": {"last_seen": "1 Example Street"},
    "narrative": "Her bed was empty at the evening check.",
}


@asynccontextmanager
async def signed_in(edition: LocalEdition, chromium: Browser, name: str) -> AsyncIterator[Visit]:
    """Somebody who came to the first page, was sent to sign in, and did so with one click."""
    casefeed, provider = (f"http://127.0.0.1:{edition.parts.ports[part]}" for part in ("casefeed", "provider"))
    async with visiting(chromium, casefeed, provider) as visit:
        await visit.go("/")
        async with visit.page.expect_response(re.compile("/feed/entries")) as asked:  # what the first bell asks for
            await visit.page.locator(f'button[value="{name}"]').click()
        await (await asked.value).finished()
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        yield visit
        await visit.page.goto("about:blank")


async def test_what_is_published_appears_by_itself_before_everybody_whom_it_concerns(
    edition: LocalEdition, chromium: Browser, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps([REPORT]), encoding="utf-8")
    async with (
        signed_in(edition, chromium, "coordinator") as coordinator,
        signed_in(edition, chromium, "police-duty-officer") as officer,
    ):
        told = json.loads(await asyncio.to_thread(edition.done, "publish", *POLICE, report))
        case = f'#entries a[href="/cases/{told["subjects"][0]}"]'
        for visit in (coordinator, officer):
            await expect(visit.page.locator(case).first).to_be_visible()
            assert "Example Street" not in await visit.page.content()
            kept = await visit.page.context.cookies(next(iter(visit.origins)))
            assert {(one["httpOnly"], one["sameSite"]) for one in kept if one["name"].startswith("lantern")} == {
                (True, "Lax")
            }


async def test_readme_shows_the_scenario_as_it_is(edition: LocalEdition, chromium: Browser, tmp_path: Path) -> None:
    """With LANTERN_PICTURES=1 the pictures of README are made anew."""
    await asyncio.to_thread(edition.done, "up", "--demo")
    folder = PICTURES if os.environ.get("LANTERN_PICTURES") == "1" else tmp_path
    subjects = json.loads((edition.data / "scenario.json").read_text("utf-8"))
    case = subjects["01-ukba-port.json"][0]
    async with signed_in(edition, chromium, "coordinator") as visit:
        for name, path, width in (
            ("feed", "/", 1280),
            ("case", f"/cases/{case}", 1280),
            ("telephone", "/missing", 390),
        ):
            await visit.page.set_viewport_size({"width": width, "height": 844})
            await visit.go(path)
            await visit.page.screenshot(path=folder / f"{name}.png")
        visit.wrongs.clear()  # what takes a picture hides the caret by a style of its own, which our policy refuses
    made = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    readme = (HOME / "README.md").read_text("utf-8")
    assert {name for name, size in made.items() if size > LARGEST_BYTES} == set()
    assert {name for name in made if f"tests/e2e/pictures/{name}" not in readme} == set()
    assert {path.name for path in PICTURES.glob("*.png")} == made.keys()
