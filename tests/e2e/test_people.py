"""People of a running edition: signed in at once, each shown what is theirs, and no more."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.cli import signed_in
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.edition import LocalEdition

SECONDS = 60
COUNCIL = ("--agency", "local_authority", "--organisation", "INVENTED-COUNCIL", "--wait", "--json")


def document(event: str, key: str, role: str, fact: dict[str, str]) -> dict[str, Any]:
    """What a council's system says of one plainly synthetic child."""
    return {
        "format": "lantern/1",
        "event": event,
        "source": {"system": "social-care", "child": "PEOPLE-1"},
        "key": key,
        "occurred_at": "2026-11-22T21:30:00Z",
        "recorded_at": "2026-11-22T22:05:00Z",
        "role": role,
        "fact": fact,
    }


@pytest.fixture(scope="module")
def case_id(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The case of a child of whom a threat was seen, and of whom a social worker was given the case."""
    file = tmp_path_factory.mktemp("people") / "said.json"
    said = [
        document("PlacementThreatSeen", "threat-1", "social_worker", {"kind": "vehicle_waiting"}),
        document("WorkerAllocated", "allocation-1", "manager", {"worker": "social-worker"}),
    ]
    file.write_text(json.dumps(said), encoding="utf-8")
    subjects: list[str] = json.loads(edition.done("publish", *COUNCIL, file))["subjects"]
    return subjects[0]


def asked(edition: LocalEdition, name: str) -> httpx.Client:
    """The case feed as an invented person asks it."""
    url = f"http://127.0.0.1:{edition.parts.ports['casefeed']}"
    return httpx.Client(base_url=url, headers=edition.person(name), timeout=SECONDS, trust_env=False, verify=trusted())


def test_who_starts_an_edition_is_signed_in_as_somebody_who_is_invented(edition: LocalEdition) -> None:
    who = json.loads(edition.done("whoami", "--json"))
    assert (who["role"], who["organisation"]) == ("coordinator", "INVENTED-COUNCIL")
    assert re.fullmatch("[0-9a-f]{32}", who["handle"])


def test_a_worker_sees_the_case_that_they_were_given(edition: LocalEdition, case_id: str) -> None:
    with asked(edition, "social-worker") as worker:
        assert until(lambda: worker.get(f"/api/cases/{case_id}").is_success, SECONDS)
        assert case_id in {case["case_id"] for case in worker.get("/api/cases").json()["cases"]}


@pytest.mark.parametrize("name", ["social-worker-elsewhere", "police-officer", "clinician", "auditor"])
def test_nobody_else_sees_it(edition: LocalEdition, case_id: str, name: str) -> None:
    with asked(edition, name) as other:
        hidden, unknown = other.get(f"/api/cases/{case_id}"), other.get(f"/api/cases/{'0' * 32}")
    assert (hidden.status_code, hidden.content) == (unknown.status_code, unknown.content) == (404, hidden.content)


def test_a_browser_gets_there_with_one_click(edition: LocalEdition, case_id: str) -> None:
    url = f"http://127.0.0.1:{edition.parts.ports['casefeed']}/api/cases/{case_id}"
    with httpx.Client(
        headers={"accept": "text/html"}, follow_redirects=True, trust_env=False, verify=trusted()
    ) as browser:
        page = browser.get(url)
        assert "Invented people" in page.text
        shown = browser.post(page.url, data={"sub": "coordinator"})
    assert (str(shown.url), shown.json()["case_id"]) == (url, case_id)


def test_the_operators_token_opens_no_case(edition: LocalEdition, case_id: str) -> None:
    token = (edition.data / "secrets" / "operator_token").read_text()
    url = f"http://127.0.0.1:{edition.parts.ports['casefeed']}/api/cases/{case_id}"
    assert (
        httpx.get(url, headers={"authorization": f"Bearer {token}"}, trust_env=False, verify=trusted()).status_code
        == 404
    )


def test_what_is_kept_of_who_is_signed_in_is_their_own_alone(edition: LocalEdition) -> None:
    path: Path = signed_in.path_in(edition.data)
    assert path.stat().st_mode & 0o777 == 0o600
