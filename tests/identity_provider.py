"""The local edition's identity provider as a process of its own, and a browser that goes where it is sent."""

import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from services.runtime.local.files import ROOT
from services.runtime.local.ports import HOST, ports_from
from services.runtime.local.programs import PEOPLE
from services.runtime.local.provider import keys
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.free_ports import free_base

START_SECONDS = 60
STOP_SECONDS = 10


@dataclass
class RunningProvider:
    """One provider with its keys, which it keeps when it is started again."""

    keys: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        module = "services.runtime.local.provider"
        command = [sys.executable, "-m", module, str(PEOPLE), str(keys.private_path(self.keys)), str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT)
        assert until(self.answers, START_SECONDS)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.issuer}/jwks", trust_env=False, verify=trusted()).is_success
        except httpx.TransportError:
            return False

    def token(self, name: str, client_id: str = "lantern-cli") -> str:
        """An identity token of somebody, by the real way: their button, a code, its verifier."""
        verifier, back = secrets.token_urlsafe(32), f"http://{HOST}:9/back"
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": back,
            "scope": "openid profile",
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        with httpx.Client(base_url=self.issuer, trust_env=False, verify=trusted()) as browser:
            pressed = browser.post("/oauth2/authorize", params=asked, data={"sub": name})
            [code] = parse_qs(urlsplit(pressed.headers["location"]).query)["code"]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": client_id}
            return str(browser.post("/oauth2/token", data={**form, "code_verifier": verifier}).json()["id_token"])

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def running_provider(folder: Path) -> Iterator[RunningProvider]:
    """A provider that runs, and is gone afterwards whatever happened."""
    keys.make_missing(folder)
    made = RunningProvider(folder, ports_from(free_base())["provider"])
    made.start()
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.end(signal.SIGKILL)


async def press(browser: httpx.AsyncClient, page: httpx.Response, name: str) -> httpx.Response:
    """Press the button of somebody on the provider's page; gives the redirect back, which is not followed yet."""
    assert re.search(f'name="sub" value="{re.escape(name)}"', page.text), page.text
    return await browser.post(page.url, data={"sub": name}, follow_redirects=False)
