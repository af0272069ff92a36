"""Signing in at a real provider, staying so, going out: and everything that somebody else might try."""

import signal
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from services.core.ids import person_handle
from services.runtime.audit import Trail
from services.runtime.database import Database, Session
from services.runtime.settings import SignInSettings
from services.runtime.signin.doorkeeper import STEP_UP, Doorkeeper, csrf_of
from services.runtime.signin.routes import mounted, own_path
from services.runtime.signin.sessions import ABSOLUTE, IDLE, PENDING
from tests.identity_provider import RunningProvider, press, running_provider
from tests.runtime.signin.conftest import PEOPLE_KEY, Clock, Site, served
from tests.runtime.signin.visiting import JSON, kept_token, secret_of, seen, signed_in, way_back

NOT_LET_IN = "could not be used"


async def change(site: Site, browser: httpx.AsyncClient, csrf: str | None = None, **more: str) -> httpx.Response:
    """Send the site's form; with the right token unless another is given."""
    form = {"csrf": csrf_of(secret_of(site, browser)) if csrf is None else csrf, "field": "text"}
    return await browser.post("/change", data=form, headers={**JSON, **more})


async def test_one_click_signs_a_person_in_and_leads_to_where_they_were_going(site: Site) -> None:
    async with site.browser() as browser:
        page = await browser.get("/?of=interest")
        answer = await browser.get((await press(browser, page, "social-worker")).headers["location"])
        assert answer.json() == {"person": person_handle(PEOPLE_KEY, "social-worker"), "role": "social_worker"}
        assert urlsplit(str(answer.url)).path == "/"


async def test_a_program_that_is_not_signed_in_is_told_so(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get("/", headers=JSON)
        assert answer.status_code == 401
        assert answer.json()["error"].endswith("sign in.")


async def test_the_browser_holds_one_cookie_that_no_script_can_read_and_no_token(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get(await way_back(site, browser), follow_redirects=False)
        cookies = answer.headers.get_list("set-cookie")
        (given,) = [cookie for cookie in cookies if cookie.startswith(f"{site.door.cookie}=")]
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(given.split("; "))
        assert "Domain" not in given
        assert "eyJ" not in str(answer.headers)
        assert list(browser.cookies) == [site.door.cookie]


def test_with_tls_the_cookie_is_bound_to_the_host_and_to_tls(session: Session) -> None:
    settings = SignInSettings(public_url="https://lantern.example", oidc_issuer="https://identity.example")
    door = Doorkeeper(settings, session, PEOPLE_KEY, Trail(session.where), Clock().now)
    assert (door.cookie, door.is_tls, door.invented) == ("__Host-lantern", True, False)


async def test_with_tls_no_cookie_is_given_or_taken_without_secure(site: Site, session: Session) -> None:
    settings = SignInSettings(public_url="https://lantern.example", oidc_issuer=site.door.settings.oidc_issuer)
    door = Doorkeeper(settings, session, PEOPLE_KEY, Trail(session.where), site.clock.now)
    async with site.browser() as browser:
        await signed_in(site, browser)
        secret = secret_of(site, browser)
    headers = {"cookie": f"{door.cookie}={secret}", "origin": settings.public_url}
    app = httpx.ASGITransport(mounted(Starlette(), door))
    async with httpx.AsyncClient(transport=app, base_url=settings.public_url, headers=headers) as behind_tls:
        answers = await behind_tls.get("/signin"), await behind_tls.post("/signout", data={"csrf": csrf_of(secret)})
    cookies = [set(one.split("; ")) for answer in answers for one in answer.headers.get_list("set-cookie")]
    assert {one >= {"Secure", "HttpOnly", "SameSite=lax"} for one in cookies} == {True}


async def test_who_signs_out_is_signed_out_everywhere_that_the_cookie_went(site: Site) -> None:
    async with site.browser() as browser, site.browser() as thief:
        await signed_in(site, browser)
        thief.cookies.set(site.door.cookie, secret_of(site, browser))
        assert await seen(thief) == 200
        form = {"csrf": csrf_of(secret_of(site, browser))}
        assert "signed out" in (await browser.post("/signout", data=form)).text
        assert (await seen(browser), await seen(thief)) == (401, 401)


@pytest.mark.parametrize("after", [IDLE, ABSOLUTE])
async def test_a_session_ends_by_itself(site: Site, after: timedelta) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        assert await seen(browser) == 200
        site.clock.ahead = after
        assert await seen(browser) == 401


async def test_a_session_that_was_given_to_a_browser_is_not_the_one_that_it_signs_in_with(site: Site) -> None:
    async with site.browser() as victim, site.browser() as attacker:
        await signed_in(site, attacker, "clinician")
        fixed = secret_of(site, attacker)
        victim.cookies.set(site.door.cookie, fixed, domain=urlsplit(site.url).hostname or "")
        await signed_in(site, victim)
        assert secret_of(site, victim) != fixed
        assert await seen(attacker) == 401


async def test_another_browsers_answer_signs_nobody_in(site: Site) -> None:
    async with site.browser() as victim, site.browser() as attacker:
        planted = await way_back(site, attacker)
        assert NOT_LET_IN in (await victim.get(planted)).text
        await victim.get("/signin")
        assert NOT_LET_IN in (await victim.get(planted)).text
        assert await seen(victim) == 401


async def test_an_answer_is_good_once(site: Site) -> None:
    async with site.browser() as browser:
        back = await way_back(site, browser)
        pending = dict(browser.cookies)
        await browser.get(back)
        await browser.post("/signout", data={"csrf": csrf_of(secret_of(site, browser))})
        browser.cookies.update(pending)
        assert NOT_LET_IN in (await browser.get(back)).text
        assert await seen(browser) == 401


@pytest.mark.parametrize("spoilt", ["state", "code"])
@pytest.mark.parametrize("other", [None, "", "x" * 43])
async def test_an_answer_without_its_own_state_and_code_is_none(site: Site, spoilt: str, other: str | None) -> None:
    async with site.browser() as browser:
        said = {name: values[0] for name, values in parse_qs(urlsplit(await way_back(site, browser)).query).items()}
        said.pop(spoilt)
        answer = await browser.get("/signin/back", params={**said, **({} if other is None else {spoilt: other})})
        assert (answer.status_code, NOT_LET_IN in answer.text) == (400, True)
        assert await seen(browser) == 401


async def test_an_answer_that_comes_too_late_is_none(site: Site) -> None:
    async with site.browser() as browser:
        back = await way_back(site, browser)
        site.clock.ahead = PENDING
        assert NOT_LET_IN in (await browser.get(back)).text


async def test_a_refusal_by_the_provider_is_told_without_its_words(site: Site) -> None:
    async with site.browser() as browser:
        await browser.get("/signin")
        answer = await browser.get("/signin/back?error=access_denied&error_description=%3Cb%3Ewords%3C/b%3E&state=x")
        assert (answer.status_code, "words" in answer.text, NOT_LET_IN in answer.text) == (400, False, True)


async def test_a_form_of_ours_is_taken(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        assert (await change(site, browser)).json() == {"field": "text"}


@pytest.mark.parametrize("csrf", ["", "0" * 64, "\u00fc"])
async def test_a_form_without_its_token_is_not_taken(site: Site, csrf: str) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        assert (await change(site, browser, csrf)).status_code == 403


async def test_a_form_of_somebody_elses_session_is_not_taken(site: Site) -> None:
    async with site.browser() as browser, site.browser() as other:
        await signed_in(site, browser)
        await signed_in(site, other, "clinician")
        assert (await change(site, browser, csrf_of(secret_of(site, other)))).status_code == 403


async def test_a_form_from_another_site_is_not_taken(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        assert (await change(site, browser, origin="https://evil.example")).status_code == 403


async def test_a_form_that_is_too_large_is_not_read(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        assert (await browser.post("/change", data={"field": "x" * 100_000})).status_code == 413


async def test_what_matters_is_done_only_by_who_has_just_shown_who_they_are(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        site.clock.ahead = STEP_UP + timedelta(seconds=60)
        assert (await change(site, browser)).status_code == 401
        assert await seen(browser) == 200


async def test_who_shows_it_again_goes_on_in_a_session_of_its_own(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        before = secret_of(site, browser)
        asked = await browser.get("/signin?anew", follow_redirects=False)
        sent = parse_qs(urlsplit(asked.headers["location"]).query)
        assert (sent["prompt"], sent["max_age"]) == (["login"], ["0"])
        await signed_in(site, browser, anew="")
        assert secret_of(site, browser) != before
        assert (await change(site, browser)).is_success


async def test_a_provider_that_does_not_ask_again_does_not_count_as_shown_again(site: Site) -> None:
    async with site.browser() as browser:
        site.clock.ahead = timedelta(minutes=3)  # what the provider says lies before what was asked
        assert NOT_LET_IN in (await signed_in(site, browser, anew="")).text
        assert await seen(browser) == 401


async def test_a_command_shows_its_token(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser, "police-officer")
        who = await site.door.run(lambda connection: kept_token(connection, secret_of(site, browser), site))
    headers = {**JSON, "authorization": f"Bearer {who}"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers, trust_env=False) as command:
        assert (await command.get("/")).json()["role"] == "police_officer"
        site.clock.ahead = timedelta(hours=1, minutes=1)
        assert (await command.get("/")).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x.y.z", "bearer x", "Basic eDp4", "Bearer a b", "Bearer \u00fc"])
async def test_what_is_no_token_of_the_provider_lets_nobody_in(site: Site, header: str) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)  # nor does the cookie beside it
        answer = await browser.get("/", headers=[(b"accept", b"*/*"), (b"authorization", header.encode("latin-1"))])
        assert answer.status_code == 401


async def test_a_command_has_no_form_to_send(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(site, browser)
        token = await site.door.run(lambda connection: kept_token(connection, secret_of(site, browser), site))
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as command:
        answer = await command.post("/change", headers={"authorization": f"Bearer {token}"}, data={"csrf": ""})
        assert answer.status_code == 403


async def test_while_the_provider_is_down_nobody_new_gets_in_and_who_is_in_stays(
    session: Session, tables: Database, tmp_path: Path
) -> None:
    with running_provider(tmp_path) as provider:
        async with served(session, tables, provider.issuer) as site, site.browser() as browser, site.browser() as new:
            await signed_in(site, browser)
            back = await way_back(site, new)
            provider.end(signal.SIGKILL)
            assert await seen(browser) == 200
            answer = await new.get(back)
            assert (answer.status_code, "Nobody new can sign in now" in answer.text) == (503, True)
            provider.start()
            assert (await signed_in(site, new)).is_success


async def test_a_provider_that_was_never_reached_is_told_in_a_sentence(session: Session, tables: Database) -> None:
    async with served(session, tables, "http://127.0.0.1:9") as site, site.browser() as browser:
        answer = await browser.get("/signin")
        assert (answer.status_code, "Nobody new can sign in now" in answer.text) == (503, True)
        command = await browser.get("/", headers={**JSON, "authorization": "Bearer x.y.z"})
        assert command.status_code == 503


async def test_without_a_provider_nobody_signs_in(session: Session, tables: Database) -> None:
    async with served(session, tables, None) as site, site.browser() as browser:
        assert "not set up" in (await browser.get("/signin")).text
        assert (await browser.get("/", headers={**JSON, "authorization": "Bearer x.y.z"})).status_code == 401


async def test_a_provider_that_speaks_for_another_is_none(
    session: Session, tables: Database, provider: RunningProvider
) -> None:
    other = provider.issuer.replace("127.0.0.1", "localhost")
    async with served(session, tables, other) as site, site.browser() as browser:
        assert (await browser.get("/signin")).status_code == 503


async def test_every_page_of_the_way_in_says_that_its_people_are_invented(site: Site) -> None:
    async with site.browser() as browser:
        assert "Invented people" in (await browser.get("/signin/back")).text


OWN = ["/", "/cases/1?at=2", "/~x"]
ELSEWHERE = ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\r\nx: y", "/" + "x" * 600]


@pytest.mark.parametrize("path", OWN)
def test_after_signing_in_a_person_goes_where_they_were_going(path: str) -> None:
    assert own_path({"next": path}) == path


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(path: str) -> None:
    assert own_path({"next": path}) == "/"


@given(st.text(max_size=40))
def test_whatever_is_asked_the_way_leads_to_this_site(path: str) -> None:
    found = urlsplit(own_path({"next": path}))
    assert (found.scheme, found.netloc) == ("", "")
