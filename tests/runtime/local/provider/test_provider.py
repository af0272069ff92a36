"""The local provider signs in whom it lists, keeps its key, asks for PKCE, and has no door besides."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from services.core.rights import PersonRole
from services.runtime.local.programs import PEOPLE
from services.runtime.local.provider import keys
from services.runtime.tls import trusted
from services.wire.identity import Identity, Trusted, load_keys, verify
from tests.identity_provider import RunningProvider, running_provider

VERIFIER = "v" * 50
BACK = "http://127.0.0.1:9/back"


@pytest.fixture
def browser(provider: RunningProvider) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=provider.issuer, trust_env=False, verify=trusted()) as client:
        yield client


def asked(**other: str | None) -> dict[str, str]:
    """What a client asks for; None leaves a parameter away."""
    usual: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "lantern",
        "redirect_uri": BACK,
        "scope": "openid profile",
        "state": "state-1",
        "nonce": datetime.now(UTC).isoformat(),
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **other,
    }
    return {name: value for name, value in usual.items() if value is not None}


def code_for(browser: httpx.Client, name: str = "coordinator", **other: str | None) -> str:
    answer = browser.post("/oauth2/authorize", params=asked(**other), data={"sub": name})
    assert answer.status_code == 302, answer.text
    [code] = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    return code


def exchanged(browser: httpx.Client, code: str, verifier: str | None = VERIFIER) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": "lantern"}
    return browser.post("/oauth2/token", data={**form, **({"code_verifier": verifier} if verifier else {})})


def identity(provider: RunningProvider, token: str) -> Identity:
    """Who a token is about, by the keys that were published when the provider was first made."""
    published = load_keys(keys.public_path(provider.keys).read_bytes())
    return verify(token, Trusted(provider.issuer, frozenset({"lantern"})), published, datetime.now(UTC))


@pytest.mark.parametrize("person", json.loads(PEOPLE.read_bytes()), ids=lambda person: person["sub"])
def test_everybody_who_is_listed_signs_in_as_what_they_are(
    provider: RunningProvider, browser: httpx.Client, person: dict[str, str]
) -> None:
    found = identity(provider, exchanged(browser, code_for(browser, person["sub"])).json()["id_token"])
    assert (found.subject, found.role, found.sector) == (
        person["sub"],
        person["lantern_role"],
        person["lantern_sector"],
    )


def test_every_role_is_somebodys() -> None:
    assert {person["lantern_role"] for person in json.loads(PEOPLE.read_bytes())} == {role.value for role in PersonRole}


def test_every_page_says_that_its_people_are_invented(browser: httpx.Client) -> None:
    for page in (browser.get("/"), browser.get("/oauth2/authorize", params=asked())):
        assert "Invented people" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "http" not in page.text


def test_a_code_is_worth_something_once(browser: httpx.Client) -> None:
    code = code_for(browser)
    assert exchanged(browser, code).is_success
    assert exchanged(browser, code).status_code == 400


@pytest.mark.parametrize("verifier", [None, "w" * 50, create_s256_code_challenge(VERIFIER), "ü" * 50])
def test_a_code_without_its_verifier_is_worth_nothing(browser: httpx.Client, verifier: str | None) -> None:
    assert exchanged(browser, code_for(browser), verifier).status_code == 400


@pytest.mark.parametrize(
    "other",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"redirect_uri": "https://elsewhere.example/back"},
        {"redirect_uri": None},
        {"redirect_uri": "http://127.0.0.1:99999999/back"},
    ],
)
def test_a_request_that_could_be_misused_is_refused(browser: httpx.Client, other: dict[str, str | None]) -> None:
    assert browser.post("/oauth2/authorize", params=asked(**other), data={"sub": "coordinator"}).status_code == 400


def test_nobody_who_is_not_listed_signs_in(browser: httpx.Client) -> None:
    assert browser.post("/oauth2/authorize", params=asked(), data={"sub": "somebody"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/users/coordinator"),
        ("POST", "/users/coordinator/revoke-tokens"),
        ("POST", "/oauth2/clients"),
        ("GET", "/userinfo"),
        ("GET", "/oidc/login"),
        ("GET", "/console"),
        ("GET", "/static/x"),
    ],
)
def test_nobody_can_say_who_somebody_is(browser: httpx.Client, method: str, path: str) -> None:
    assert browser.request(method, path, json={"lantern_role": "auditor"}).status_code == 404


def test_under_another_name_it_does_not_answer(browser: httpx.Client) -> None:
    assert browser.get("/jwks", headers={"host": "evil.example"}).status_code == 421


def test_who_signed_in_before_a_restart_stays_so(tmp_path: Path) -> None:
    with (
        running_provider(tmp_path) as provider,
        httpx.Client(base_url=provider.issuer, trust_env=False, verify=trusted()) as browser,
    ):
        token = exchanged(browser, code_for(browser)).json()["id_token"]
        published = browser.get("/jwks").json()["keys"][0]["n"]
        assert provider.end(signal.SIGTERM) == 0
        provider.start()
        assert browser.get("/jwks").json()["keys"][0]["n"] == published
        assert identity(provider, token).subject == "coordinator"


def test_the_key_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    keys.make_missing(tmp_path)
    made = keys.private_path(tmp_path).read_bytes()
    keys.make_missing(tmp_path)
    assert keys.private_path(tmp_path).read_bytes() == made
    assert keys.private_path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert json.loads(made)["d"] not in keys.public_path(tmp_path).read_text()
