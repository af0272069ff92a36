"""A child is missing, the officer on duty needs to know where she was last seen, and a coordinator seconds it."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.core import ids
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.e2e.test_enquiry import sign_in
from tests.e2e.vault_page import browser
from tests.edition import LocalEdition
from tests.formats.documents import example

SECONDS = 30
FORCE, SYSTEM, CHILD, PLACE = "INVENTED-FORCE", "missing-persons", "MP-4711", "Canary Street 4711"
REPORT = example("ChildMissing", source={"system": SYSTEM, "child": CHILD}, location={"last_seen": PLACE})


@pytest.fixture(scope="module")
def case_id(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The case of a child whom the police report missing."""
    file = tmp_path_factory.mktemp("report") / "report.json"
    file.write_text(json.dumps(REPORT))
    edition.done("publish", "--agency", "police", "--organisation", FORCE, "--wait", file)
    key = (edition.parts.keys / "police" / "edge.key").read_bytes()
    return ids.subject_id(key, FORCE, SYSTEM, CHILD)


def vault(edition: LocalEdition) -> str:
    url: str = edition.status()["services"]["vault"]["url"]
    return url


def location(edition: LocalEdition, command: str, *words: str) -> Any:
    """What `lantern location` answers whoever is signed in at the terminal."""
    spelt = ["location", command, "--json", "--data", str(edition.data), *words]
    done = CliRunner().invoke(commands(), spelt)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_officer_on_duty_sees_where_she_was_last_seen_once_a_coordinator_agrees(
    edition: LocalEdition, case_id: str
) -> None:
    sign_in(edition, "coordinator")
    url, officer = vault(edition), edition.person("police-duty-officer")
    wish = {"subject": case_id, "purpose": "search_for_child"}
    asked = httpx.post(f"{url}/api/decisions", json=wish, headers=officer, trust_env=False, verify=trusted()).json()
    number = asked["decision_id"]
    waits = [number, "second_person"]
    assert until(
        lambda: waits in [[one["decision_id"], one["waits_for"]] for one in location(edition, "waiting")], SECONDS
    )
    assert location(edition, "approve", number)["stands"] == "seconded"
    with browser(edition) as officers:
        officers.sign_in("police-duty-officer", number)
        assert PLACE in officers.look(number)
    assert until(lambda: "LocationDisclosed" in edition.done("case", "--json", case_id), SECONDS)
    assert PLACE not in edition.done("case", "--json", case_id)
