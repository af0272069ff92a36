"""An adult asks for a child, and each rung of the ladder is said by whoever is signed in, through their own agency."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.__main__ import commands
from services.runtime.local.waiting import until
from tests.edition import LocalEdition

REFERENCE, CHILD = "adult-of-the-test", {"system": "enquiries", "child": "adult-of-the-test"}
SECONDS = 30
WORKERS = ("social-worker", "police-officer", "port-officer")
NAME, ADDRESS, ACCOUNT = "Uncle Ofthetest", "4713 Enquiry Street", "He says that he is her uncle."


def documents() -> list[dict[str, Any]]:
    """The council looks after a child, and gives her case to a worker of each agency."""
    common = {"format": "lantern/1", "source": CHILD, "recorded_at": "2026-03-01T12:00:00Z"}
    looked_after = {"event": "ChildLookedAfter", "key": "1", "occurred_at": "2026-02-01", "role": "social_worker"}
    allocated = {"event": "WorkerAllocated", "occurred_at": "2026-02-01", "role": "manager"}
    return [
        {**common, **looked_after, "fact": {"unaccompanied": "yes"}},
        *({**common, **allocated, "key": worker, "fact": {"worker": worker}} for worker in WORKERS),
    ]


def lantern(edition: LocalEdition, *words: str) -> Result:
    """A command in this process, on that edition."""
    return CliRunner().invoke(commands(), [*words, "--data", str(edition.data)])


def done(edition: LocalEdition, *words: str) -> str:
    result = lantern(edition, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def sign_in(edition: LocalEdition, person: str) -> None:
    done(edition, "login", "--as", person)


def shown(edition: LocalEdition, adult: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(edition, "enquiry", "show", adult, "--json"))
    return found


def standing(edition: LocalEdition, adult: str) -> set[str]:
    """Which rungs stand in the only case."""
    (ladder,) = shown(edition, adult)["ladders"]
    return {rung["rung"] for rung in ladder["rungs"] if rung["stands"]}


def adults(edition: LocalEdition) -> set[str]:
    """Whoever is known to the person who is signed in."""
    return {one["enquirer"] for one in json.loads(done(edition, "enquiry", "list", "--json"))}


@pytest.fixture(scope="module")
def adult(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An adult who approached the council, as the hub names them."""
    folder = tmp_path_factory.mktemp("enquiry")
    case, details = folder / "case.json", folder / "details.json"
    case.write_text(json.dumps(documents()))
    details.write_text(
        json.dumps({"location": {"enquirer_name": NAME, "enquirer_address": ADDRESS}, "narrative": ACCOUNT})
    )
    agency = ("--agency", "local_authority", "--organisation", "INVENTED-COUNCIL")
    done(edition, "publish", *agency, "--wait", str(case))
    sign_in(edition, "social-worker")
    opened = ("--connection", "aunt_or_uncle", "--asked", "location", "--details", str(details))
    before = adults(edition)
    done(edition, "enquiry", "open", "--reference", REFERENCE, *opened)
    (found,) = adults(edition) - before
    return found


def test_each_rung_stands_when_whoever_may_say_it_has_said_it(edition: LocalEdition, adult: str) -> None:
    sign_in(edition, "social-worker")
    interviewed = ("--interpreter", "not_needed", "--apart", "yes", "--completed", "yes")
    done(edition, "enquiry", "interview", adult, *interviewed)
    done(edition, "enquiry", "identity", adult, "established", "--evidence", "passport")
    done(edition, "enquiry", "check", adult, "clear")
    for officer in ("police-officer", "port-officer"):
        sign_in(edition, officer)
        done(edition, "enquiry", "check", adult, "clear")

    sign_in(edition, "coordinator")
    checks = {f"{agency}_check" for agency in ("local_authority", "police", "ukba")}
    assert standing(edition, adult) >= {"interview", "identity"} | checks


def test_a_rung_that_is_not_theirs_to_say_is_refused_and_changes_nothing(edition: LocalEdition, adult: str) -> None:
    sign_in(edition, "police-officer")
    before = len(shown(edition, adult)["entries"])
    refused = lantern(edition, "enquiry", "assess", adult, "release")
    assert refused.exit_code == 3
    assert len(shown(edition, adult)["entries"]) == before


def test_an_adult_is_unknown_to_whoever_does_not_see_the_case(edition: LocalEdition, adult: str) -> None:
    sign_in(edition, "clinician")
    known, unknown = (lantern(edition, "enquiry", "show", digits) for digits in (adult, "b" * 32))
    assert known.exit_code == unknown.exit_code != 0
    assert str(known.exception) == str(unknown.exception)
    assert json.loads(done(edition, "enquiry", "list", "--json")) == []


def test_what_is_said_at_the_counter_needs_nobody_to_be_known(edition: LocalEdition, adult: str) -> None:
    sign_in(edition, "social-worker")
    stranger = json.loads(done(edition, "enquiry", "answer", "--json"))
    assert shown(edition, adult)["answers"][0]["letter"] == stranger["letter"]


def test_who_the_adult_is_stands_nowhere_on_the_page(edition: LocalEdition, adult: str) -> None:
    sign_in(edition, "coordinator")
    page = done(edition, "enquiry", "show", adult) + json.dumps(shown(edition, adult))
    assert [secret for secret in (NAME, ADDRESS, ACCOUNT, REFERENCE, "INVENTED-COUNCIL") if secret in page] == []


def test_a_revocation_by_any_professional_takes_every_rung_down(edition: LocalEdition, adult: str) -> None:
    sign_in(edition, "port-officer")
    done(edition, "enquiry", "revoke", adult, "false_documents")
    # The command waits for the correlator; the case feed, which is asked here, hears of it from there.
    assert until(lambda: not standing(edition, adult) & {"interview", "identity", "police_check"}, SECONDS)


def test_details_that_are_none_are_refused_without_being_repeated(edition: LocalEdition, tmp_path: Path) -> None:
    wrong = tmp_path / "details.json"
    wrong.write_text(json.dumps({"address": ADDRESS}))
    refused = lantern(edition, "enquiry", "open", "--details", str(wrong))
    assert refused.exit_code == 2
    assert ADDRESS not in refused.output
