"""At three in the morning a search opens for one officer alone, on a whole hub and by the real clock."""

import json
import time

import httpx
import pytest

from services.core import ids
from services.core.gates import ANSWER_WITHIN
from services.runtime.tls import trusted
from tests.e2e.test_enquiry import done, sign_in
from tests.e2e.vault_page import browser
from tests.edition import LocalEdition
from tests.formats.documents import example

FORCE, SYSTEM, CHILD, PLACE = "INVENTED-FORCE", "missing-persons", "MP-4715", "Canary Street 4715"
OFFICER = "police-duty-officer"
REPORT = example("ChildMissing", source={"system": SYSTEM, "child": CHILD}, location={"last_seen": PLACE})
WHAT_HAPPENED = ["location_asked", "location_open", "location_show"]
# The pages wait for whoever looks, and a page is read some seconds before the two minutes are over.
LEEWAY_SECONDS = 30


@pytest.fixture(scope="module")
def number(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The decision that an officer asked for on a missing child, and that nobody answers."""
    file = tmp_path_factory.mktemp("night") / "report.json"
    file.write_text(json.dumps(REPORT))
    done(edition, "publish", "--agency", "police", "--organisation", FORCE, "--wait", str(file))
    case = ids.subject_id((edition.parts.keys / "police" / "edge.key").read_bytes(), FORCE, SYSTEM, CHILD)
    url = f"http://127.0.0.1:{edition.parts.ports['vault']}"
    wish = {"subject": case, "purpose": "search_for_child"}
    answer = httpx.post(
        f"{url}/api/decisions", json=wish, headers=edition.person(OFFICER), trust_env=False, verify=trusted()
    )
    return str(answer.json()["decision_id"])


@pytest.mark.prove
def test_a_search_that_nobody_seconds_opens_alone_after_two_minutes_and_not_before(
    edition: LocalEdition, number: str
) -> None:
    with browser(edition) as officers:
        officers.sign_in(OFFICER, number)
        before = officers.look(number)
        time.sleep(ANSWER_WITHIN.total_seconds() + LEEWAY_SECONDS)  # the real clock is what is tried here
        after = officers.look(number)
    assert PLACE not in before
    assert PLACE in after
    sign_in(edition, "auditor")
    told = json.loads(done(edition, "audit", "show", "--json", "--service", "vault", "--about", f"decision:{number}"))
    sign_in(edition, "coordinator")
    done_to_it = [entry["action"] for entry in told if entry["outcome"] != "denied"]
    assert [action for action in done_to_it if action.startswith("location_")] == WHAT_HAPPENED
