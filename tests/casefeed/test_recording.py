"""What people read and search is recorded, with who they are and in which role, and so is who was not let in."""

import httpx
import pytest

from services.core.ids import person_handle
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.wire.topics import AUDIT_CHECKPOINTS
from tests.casefeed.told import PEOPLE_KEY, SECONDS, Told
from tests.runtime.agencies import everything
from tests.runtime.secured_kafka import SecuredKafka

COORDINATOR = person_handle(PEOPLE_KEY, "coordinator")


def test_who_reads_a_case_is_recorded_with_what_they_were_shown(told: Told) -> None:
    case_id = told.missing_child()
    told.wait_for(case_id)
    last = told.recorded(about=f"case:{case_id}", action="case_read")[-1]
    assert (last["who"], last["outcome"], last["about"]) == (
        COORDINATOR,
        "allowed",
        [f"case:{case_id}", f"record:{case_id}"],
    )


@pytest.mark.parametrize("digits", ["fedcba98", "f" * 32])
def test_who_asks_for_a_case_that_is_none_is_recorded_with_what_they_asked_for(told: Told, digits: str) -> None:
    assert told.get(f"/api/cases/{digits}").status_code == 404
    last = told.recorded(about=f"asked:{digits}")[-1]
    assert (last["outcome"], last["reasons"], last["count"]) == ("denied", ["not_known"], 0)


def test_every_case_that_a_search_showed_is_recorded(told: Told) -> None:
    case_id = told.missing_child()
    told.wait_for(case_id)
    shown = {f"case:{case['case_id']}" for case in told.get("/api/cases", params={"at_most": 1000}).json()["cases"]}
    assert set(told.recorded(action="cases_listed")[-1]["about"]) == shown


def test_whoever_is_refused_at_the_door_is_recorded(told: Told) -> None:
    before = sum(entry["count"] for entry in told.recorded(action="door_tried"))
    for _ in range(3):
        httpx.get(f"{told.service.url}/api/cases", trust_env=False, verify=trusted())
    assert until(lambda: sum(one["count"] for one in told.recorded(action="door_tried")) == before + 3, SECONDS)


def test_who_follows_the_feed_is_recorded_with_the_places_between_which_they_did(told: Told) -> None:
    before = len(told.recorded(action="feed_left"))
    everything = told.feed(told.missing_child(), params={"after": 0})
    assert told.recorded(action="feed_followed")[-1]["about"] == ["feed:0"]
    assert until(lambda: len(told.recorded(action="feed_left")) == before + 1, SECONDS)
    assert told.recorded(action="feed_left")[-1]["about"] == [f"feed:{everything[-1][0]}"]


def test_who_reads_the_audit_is_recorded_too(told: Told) -> None:
    before = len(told.recorded(action="audit_read"))
    assert len(told.recorded(action="audit_read")) == before + 1


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/audit/links", {}),
        ("/audit/links", {"after": "-1", "before": "100000"}),
        ("/audit/entries", {"who": "A Person"}),
        ("/audit/entries", {"since": "yesterday"}),
        ("/audit/entries", {"about": "1 Test Street"}),
        ("/audit/entries", {"more": "1"}),
    ],
)
def test_a_question_to_the_audit_that_is_not_understood_is_not_repeated(
    told: Told, path: str, asked: dict[str, str]
) -> None:
    answer = told.audit(path, **asked)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert "Test" not in answer.text


def test_where_the_audit_stands_is_on_kafka_as_soon_as_the_service_works(told: Told, kafka: SecuredKafka) -> None:
    chain = told.audit("/audit").json()["chain"]

    def told_of() -> set[str]:
        frames = everything(kafka, AUDIT_CHECKPOINTS)
        return {told.schemas.decode(frame)[1]["chain"] for frame in frames}

    assert until(lambda: chain in told_of(), SECONDS)
    assert told.metric("lantern_audit_unwitnessed_seconds") == 0
