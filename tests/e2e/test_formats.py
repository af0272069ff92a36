"""The agencies' own formats on a real Kafka: what a file says reaches the shared topics, and no place in it does."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.core.codes import Sector
from services.core.statements import ProblemReason
from services.wire import topics
from tests.e2e.conftest import Hub
from tests.formats.agency_forms import form
from tests.formats.fhir.messages import real_message, resource, texts
from tests.formats.returns import a_return
from tests.formats.ssda903.as_xml import as_xml
from tests.runtime.agencies import everything, processor

CONCERN = {"resourceType": "Flag", "status": "active", "code": {"text": "Safeguarding concern"}}
PLACES = (
    "LS10",
    "LS1 6PT",
    "Brightside",
    "Headrow",
    "Briggate",
    "01138698975",
    "jjones",
    "Grayson",
    "Surgery",
    "BLAKE",
)


@pytest.fixture(scope="module")
def health(hub: Hub) -> Iterator[Hub]:
    with processor(Sector.HEALTH, hub.kafka, hub.data) as running:
        running.start_and_wait()
        yield replace(hub, processor=running, agency=Sector.HEALTH)


def written(path: Path, content: bytes | dict[str, Any]) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_a_return_is_the_same_as_csv_and_as_xml(hub: Hub, tmp_path: Path) -> None:
    files = a_return(
        header=["XML-1,2,01/01/2012,AOTH,U1,,"],
        episodes=["XML-1,05/01/2026,S,C2,N8,U1,PR1,,X1,,ZZ1 1AA,ZZ2 2BB,URN1"],
        missing=["XML-1,01/01/2012,M,03/02/2026,"],
        uasc=["XML-1,2,01/01/2012,01/01/2030"],
    )
    as_csv = hub.published(*(written(tmp_path / f"{number}.csv", file) for number, file in enumerate(files)))

    whole = hub.published(written(tmp_path / "return.xml", as_xml(files)))

    assert whole["events"] == as_csv["events"] == {"ChildMissing": 1, "ChildLookedAfter": 1, "PlacementStarted": 1}
    assert whole["subjects"] == as_csv["subjects"]


def test_a_referral_form_is_shared_and_a_faulty_one_refused_with_its_path(hub: Hub, tmp_path: Path) -> None:
    good = form("trafficked-child-referral")
    bad = form("trafficked-child-referral", setting="moon", source__child="PUPIL-2")

    answer = hub.published(written(tmp_path / "referrals.json", json.dumps([good, bad]).encode()), status=3)

    assert answer["events"] == {"ReferralMade": 1}
    assert [one["detail"] for one in answer["refused"]] == [
        f"{tmp_path / 'referrals.json'} row 2, column setting: This code is not on the list."
    ]


def test_an_adults_message_is_refused_and_a_childs_shared_without_a_place(health: Hub, tmp_path: Path) -> None:
    adults = real_message()
    childs = copy.deepcopy(adults)
    resource(childs, "Patient")["birthDate"] = "2010-05-04"
    childs["entry"].append({"fullUrl": "urn:uuid:concern", "resource": CONCERN})

    refused = health.published(written(tmp_path / "adult.json", adults), status=3)
    shared = health.published(written(tmp_path / "child.json", childs), status=3)  # its NHS number is none

    assert ProblemReason.ADULT_AT_DATE_OF_FACT in {one["reason"] for one in refused["refused"]}
    assert (refused["shared"], shared["events"]) == (0, {"HealthAttendance": 1})
    on_topics = b"\n".join(everything(health.kafka, *topics.SHARED))
    assert b"Julie Jones" in on_topics
    assert [place for place in PLACES if place.encode() in on_topics] == []
    assert all(any(place in text for text in texts(childs)) for place in PLACES)
