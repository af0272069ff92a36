"""Signing in from a terminal, at the local edition's own provider: in one step, as who is named, or not at all."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from typer.testing import CliRunner, Result

from services.cli import client, signed_in
from services.cli.__main__ import commands
from services.cli.login import USUAL, ensure_somebody
from services.cli.signing_in import NotTaken, flow, provider_of
from services.core.errors import Unavailable
from services.runtime.local.ports import ports_from
from services.runtime.tls import trusted
from tests.cli.terminal import somebody
from tests.free_ports import free_base
from tests.identity_provider import RunningProvider, press

EARLIER = timedelta(seconds=-1)


@pytest.fixture
def data(tmp_path: Path, provider: RunningProvider) -> Path:
    """The data folder of an edition of which the identity provider runs."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "edition.json").write_text(json.dumps({"ports": {"provider": provider.port}}))
    return tmp_path


@pytest.fixture
def without_provider(tmp_path: Path) -> Path:
    (tmp_path / "edition.json").write_text(json.dumps({"ports": {"provider": ports_from(free_base())["provider"]}}))
    return tmp_path


def lantern(data: Path, *words: str) -> Result:
    return CliRunner().invoke(commands(), [*words, "--data", str(data)])


def signed_in_at(data: Path) -> str:
    return str(signed_in.current(data).claims["sub"])


def test_an_invented_person_is_signed_in_in_one_step(data: Path) -> None:
    done = lantern(data, "login", "--as", "social-worker")
    assert (done.exit_code, signed_in_at(data)) == (0, "social-worker")
    assert "an invented person" in done.stdout


def test_nobody_is_told_that_they_are_signed_out_where_nobody_was_signed_in(tmp_path: Path) -> None:
    done = lantern(tmp_path, "logout")
    assert (done.exit_code, done.stdout) == (0, f"Nobody is signed in in {tmp_path}: nothing was done.\n")


def test_a_token_is_never_printed(data: Path) -> None:
    done = lantern(data, "login", "--as", "clinician")
    assert signed_in.current(data).token not in done.output
    assert "eyJ" not in done.output


def test_who_signs_out_is_signed_out(data: Path) -> None:
    lantern(data, "login", "--as", "social-worker")
    assert lantern(data, "logout").exit_code == 0
    assert not signed_in.path_in(data).exists()


def test_nobody_who_was_not_invented_is_signed_in(data: Path) -> None:
    done = lantern(data, "login", "--as", "somebody")
    assert (done.exit_code, signed_in.read(data)) == (2, None)
    assert "social-worker" in done.output


def test_nobody_is_invented_where_people_are_real(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERN_OIDC_ISSUER", "https://identity.example")
    assert lantern(data, "login", "--as", "social-worker").exit_code == 2


def test_the_first_who_is_signed_in_is_the_usual_person(data: Path) -> None:
    ensure_somebody(data)
    assert signed_in_at(data) == USUAL


def test_who_is_signed_in_stays_so(data: Path) -> None:
    lantern(data, "login", "--as", "clinician")
    ensure_somebody(data)
    assert signed_in_at(data) == "clinician"


def test_an_invented_person_whose_time_is_over_is_signed_in_again(data: Path) -> None:
    somebody(data, EARLIER, invented="police-officer")
    assert signed_in_at(data) == "police-officer"
    assert signed_in.current(data).lasts(datetime.now(UTC))


def test_a_provider_that_does_not_run_is_told_in_a_sentence(without_provider: Path) -> None:
    assert isinstance(lantern(without_provider, "login", "--as", "manager").exception, Unavailable)


async def test_an_answer_to_somebody_elses_request_is_not_taken(data: Path) -> None:
    refused: list[int] = []

    async def visit(url: str) -> None:
        back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        async with httpx.AsyncClient(trust_env=False, verify=trusted()) as browser:
            refused.append((await browser.get(back, params={"code": "planted", "state": "x"})).status_code)
            answer = await press(browser, await browser.get(url), "manager")
            await browser.get(answer.headers["location"])
            refused.append((await browser.get(answer.headers["location"])).status_code)

    token = await flow(provider_of(client.read_edition(data)), visit)
    assert signed_in.SignedIn(token).claims["sub"] == "manager"
    assert refused == [400, 400]


@pytest.mark.parametrize("code", ["", "made-up"])
async def test_an_answer_without_a_good_code_signs_nobody_in(data: Path, code: str) -> None:
    async def visit(url: str) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        async with httpx.AsyncClient(trust_env=False, verify=trusted()) as browser:
            await browser.get(asked["redirect_uri"], params={"code": code, "state": asked["state"]})

    with pytest.raises(NotTaken):
        await asyncio.wait_for(flow(provider_of(client.read_edition(data)), visit), 30)
