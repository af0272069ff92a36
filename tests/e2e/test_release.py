"""A lawful release, from an adult's approach to the page that shows where the child lives, and what ends it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.core import ids
from tests.e2e.test_enquiry import done, sign_in
from tests.e2e.vault_page import browser
from tests.edition import LocalEdition

REFERENCE, COUNCIL, ADDRESS = "adult-of-the-release", "INVENTED-COUNCIL", "4714 Canary Street"
SOURCE = {"system": "enquiries", "child": REFERENCE}
WORKERS = ("social-worker", "social-worker-3", "police-officer", "port-officer")


def told(event: str, key: str, role: str, fact: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "format": "lantern/1",
        "source": SOURCE,
        "event": event,
        "key": key,
        "role": role,
        "fact": fact,
        "occurred_at": "2026-03-01T10:00:00Z",
        "recorded_at": "2026-03-01T12:00:00Z",
        **more,
    }


DOCUMENTS = [
    told("ChildLookedAfter", "1", "social_worker", {"unaccompanied": "yes"}),
    told("PlacementStarted", "1", "social_worker", {}, location={"placement_address": ADDRESS, "carer": "Carer 4714"}),
    told(
        "InterviewHeld",
        "1",
        "social_worker",
        {
            "officer": "social-worker-2",
            "interpreter": "not_needed",
            "apart_from_carers": "yes",
            "wishes_and_feelings_known": "yes",
        },
    ),
    *(told("WorkerAllocated", worker, "manager", {"worker": worker}) for worker in WORKERS),
]


@pytest.fixture(scope="module")
def adult(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An adult on whose ladder every rung stands, each said by whoever may."""
    file = tmp_path_factory.mktemp("release") / "case.json"
    file.write_text(json.dumps(DOCUMENTS))
    done(edition, "publish", "--agency", "local_authority", "--organisation", COUNCIL, "--wait", str(file))
    sign_in(edition, "social-worker")
    done(edition, "enquiry", "open", "--reference", REFERENCE, "--connection", "parent", "--asked", "location")
    adult = enquirer(edition)
    done(edition, "enquiry", "interview", adult, "--interpreter", "not_needed", "--apart", "yes", "--completed", "yes")
    done(edition, "enquiry", "identity", adult, "established", "--evidence", "passport")
    for officer in ("social-worker", "police-officer", "port-officer"):
        sign_in(edition, officer)
        done(edition, "enquiry", "check", adult, "clear")
    sign_in(edition, "social-worker-3")
    compared = ("--evidence", "accounts_compared", "--evidence", "dna", "--matching", "family_composition")
    done(edition, "enquiry", "relationship", adult, "established", *compared)
    done(
        edition,
        "enquiry",
        "assess",
        adult,
        "release",
        *("--keeps-safe", "yes", "--responsible", "yes", "--welfare", "yes"),
    )
    yield adult
    sign_in(edition, "coordinator")  # as others find the edition


def enquirer(edition: LocalEdition) -> str:
    """The handle of the adult, as the council's own reference gives it."""
    key = (edition.parts.keys / "local_authority" / "edge.key").read_bytes()
    return ids.enquirer_handle(key, COUNCIL, "enquiries", REFERENCE)


def location(edition: LocalEdition, *words: str) -> dict[str, Any]:
    answered: dict[str, Any] = json.loads(done(edition, "location", *words, "--json"))
    return answered


def test_two_approve_one_opens_and_a_revocation_ends_it(edition: LocalEdition, adult: str) -> None:
    key = (edition.parts.keys / "local_authority" / "edge.key").read_bytes()
    case = ids.subject_id(key, COUNCIL, SOURCE["system"], SOURCE["child"])
    sign_in(edition, "manager")
    wish = ("--purpose", "release_to_enquirer", "--enquirer", adult)
    number = location(edition, "request", case, *wish)["decision_id"]
    with browser(edition) as managers:
        managers.sign_in("manager", number)
        assert "Two people must approve it first" in managers.look(number)
        for approver in ("manager-2", "social-worker-2"):
            sign_in(edition, approver)
            location(edition, "approve", number)
        page = managers.look(number)
        sign_in(edition, "port-officer")
        done(edition, "enquiry", "revoke", adult, "false_documents")
        revoked = managers.look(number)
    assert ADDRESS in page
    assert "Carer 4714" not in page
    assert "void" in revoked
    assert ADDRESS not in revoked
