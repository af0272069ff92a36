"""The case feed's own process: what the correlator tells Kafka is served, live and later, to the operator alone."""

import json
import signal
from collections.abc import Callable

import httpx
import psycopg
import pytest

from services.core.facts import PlacementStarted
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.builders import an_id, day, entry
from tests.casefeed.told import NUMBERS, SECONDS, Told
from tests.casefeed.updates import Update
from tests.runtime.secured_postgres import SecuredPostgres

Spoil = Callable[[str], None]


@pytest.fixture
def spoil(postgres: SecuredPostgres) -> Spoil:
    """Does what nobody should do to the case feed's tables."""

    def execute(statements: str) -> None:
        with psycopg.connect(postgres.conninfo("casefeed"), options="-c search_path=casefeed") as connection:
            connection.execute(statements.encode())

    return execute


def test_a_case_that_was_told_is_shown(told: Told) -> None:
    case_id = told.missing_child()
    shown = told.wait_for(case_id)
    assert (shown["case_id"], shown["state"]["status"], shown["location"]) == (case_id, "missing", "held sealed")
    assert [one["type"] for one in shown["entries"]] == ["ChildMissing"]


def test_a_case_is_listed_under_its_status(told: Told) -> None:
    case_id = told.missing_child()
    told.wait_for(case_id)
    listed = told.get("/api/cases", params={"status": "missing", "at_most": 1000}).json()["cases"]
    assert case_id in {case["case_id"] for case in listed}


def test_a_case_that_was_not_known_then_is_not_found(told: Told) -> None:
    case_id = told.missing_child()
    told.wait_for(case_id)
    answer = told.get(f"/api/cases/{case_id}", params={"as_known_at": day(-1).isoformat()})
    assert answer.status_code == 404
    assert "error" in answer.json()


@pytest.mark.parametrize(
    "path", ["/api/cases", "/api/cases/00000000", "/api/enquiries", "/api/answer", "/api/feed", "/api/person"]
)
def test_nothing_is_shown_to_who_is_not_signed_in(told: Told, path: str) -> None:
    assert httpx.get(f"{told.service.url}{path}", trust_env=False, verify=trusted()).status_code == 401


@pytest.mark.parametrize("path", ["/digests", "/rebuild"])
def test_what_is_the_operators_is_nobodys_who_signs_in(told: Told, path: str) -> None:
    assert told.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/cases", "/api/cases/00000000", "/api/feed", "/openapi.json", "/docs"])
def test_what_is_peoples_is_not_the_operators(told: Told, path: str) -> None:
    with told.service.client() as operator:
        assert operator.get(path).status_code == 404


def test_a_worker_sees_their_own_case_alone(told: Told) -> None:
    mine, other = told.missing_child(), told.missing_child()
    told.allocate("social-worker", mine)
    told.wait_for(other)
    with told.person("social-worker") as worker:
        assert until(lambda: worker.get(f"/api/cases/{mine}").is_success, SECONDS)
        assert [case["case_id"] for case in worker.get("/api/cases").json()["cases"]] == [mine]
        unknown, hidden = worker.get(f"/api/cases/{an_id(404)}"), worker.get(f"/api/cases/{other}")
    assert (unknown.status_code, hidden.status_code) == (404, 404)
    assert (unknown.content, unknown.headers["content-length"]) == (hidden.content, hidden.headers["content-length"])


def test_a_worker_watches_their_own_case_alone(told: Told) -> None:
    mine, other = told.missing_child(), told.missing_child()
    told.wait_for(other)
    told.allocate("social-worker-2", mine)
    told.missing_child(behind=mine)
    with told.person("social-worker-2") as worker:
        assert until(lambda: worker.get(f"/api/cases/{mine}").is_success, SECONDS)
        with worker.stream("GET", "/api/feed", params={"after": 0}) as stream:
            seen = next(line for line in stream.iter_lines() if line.startswith("data: "))
    assert json.loads(seen.removeprefix("data: "))["case_id"] == mine


def test_an_adult_out_of_sight_an_unknown_one_and_no_handle_at_all_are_one_answer(told: Told) -> None:
    adult = "ad" * 16
    case_id = told.approach(adult)
    told.wait_for(case_id)
    assert told.get(f"/api/enquiries/{adult}").json()["enquirer"] == adult
    for nobody in ("clinician", "auditor"):
        with told.person(nobody) as stranger:
            asked = [stranger.get(f"/api/enquiries/{handle}") for handle in (adult, "b" * 32, "no handle", "a" * 99)]
            assert stranger.get("/api/enquiries").json() == {"enquiries": []}
        told_apart = {(one.status_code, one.content, one.headers["content-length"]) for one in asked}
        assert (len(told_apart), asked[0].status_code) == (1, 404)


def test_adults_who_ask_for_a_known_an_unknown_and_a_missing_child_are_answered_in_the_same_bytes(told: Told) -> None:
    """The child of the first is missing, the second's is in the hub's records only through the approach."""
    adults = ("ae" * 16, "af" * 16)
    cases = [told.approach(adults[0], missing=True), told.approach(adults[1])]
    for case_id in cases:
        told.wait_for(case_id)
    letters = [told.get(f"/api/enquiries/{adult}").json()["answers"] for adult in adults]
    assert letters[0] == letters[1] != []


def test_what_is_said_at_the_counter_is_the_same_for_everybody_who_signs_in(told: Told) -> None:
    said = [told.get("/api/answer").content]
    for name in ("clinician", "auditor", "social-worker"):
        with told.person(name) as person:
            said.append(person.get("/api/answer").content)
    assert len(set(said)) == 1


def test_an_auditor_is_shown_no_case(told: Told) -> None:
    case_id = told.missing_child()
    told.wait_for(case_id)
    with told.person("auditor") as auditor:
        assert auditor.get("/api/cases").json()["cases"] == []
        assert auditor.get(f"/api/cases/{case_id}").status_code == 404


@pytest.mark.parametrize("path", ["/api/cases", "/api/cases/00000000", "/api/cases/x", "/nowhere", "/signin/back"])
def test_no_answer_may_be_stored(told: Told, path: str) -> None:
    assert told.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/api/cases/abc", {}, 422),
        ("/api/cases/ABCDEF01", {}, 422),
        ("/api/cases/00000000", {"as_known_at": "2026-01-01T00:00:00"}, 422),
        ("/api/cases", {"status": "asleep"}, 422),
        ("/api/cases", {"cursor": "made up"}, 400),
        ("/api/cases", {"at_most": "0"}, 422),
        ("/api/feed", {"after": "-1"}, 422),
        ("/api/feed", {"after": "999999999"}, 409),
        ("/api/feed", {"since": "yesterday"}, 422),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(
    told: Told, path: str, asked: dict[str, str], status: int
) -> None:
    answer = told.get(path, params=asked)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_a_watcher_who_comes_back_gets_what_it_missed_and_nothing_twice(told: Told) -> None:
    everything = told.feed(*(told.missing_child() for _ in range(3)), params={"after": 0})
    seen, missed = everything[:-2], everything[-2:]
    again = told.feed(*(case for _, case in missed), headers={"Last-Event-ID": str(seen[-1][0])})
    assert [number for number, _ in everything] == list(range(1, len(everything) + 1))
    assert again == missed


def test_a_watch_begins_now_unless_it_is_asked_otherwise(told: Told) -> None:
    told.wait_for(told.missing_child())
    with told.person() as client, client.stream("GET", "/api/feed") as stream:
        lines = stream.iter_lines()
        next(lines)
        new = told.missing_child()
        data = next(line for line in lines if line.startswith("data: "))
    assert json.loads(data.removeprefix("data: "))["case_id"] == new


def test_watchers_are_counted_for_as_long_as_they_watch(told: Told) -> None:
    with told.person() as client, client.stream("GET", "/api/feed") as stream:
        lines = stream.iter_lines()
        next(lines)
        assert told.metric("lantern_watchers") == 1
    assert until(lambda: told.metric("lantern_watchers") == 0, SECONDS)


def test_an_update_that_is_told_again_changes_nothing(told: Told) -> None:
    number = next(NUMBERS) << 96
    update = Update(number, subjects=[(number, 1)], new=[entry(PlacementStarted(), event=number, subject=number)])
    told.send(an_id(number), update.frame(told.schemas))
    told.wait_for(an_id(number))
    digests = told.digests()
    for _ in range(3):
        told.send(an_id(number), update.frame(told.schemas))
    last = told.missing_child(behind=an_id(number))
    told.wait_for(last)
    again = told.digests()
    assert digests.items() <= again.items()
    assert [case for _, case in told.feed(last, params={"after": 0})].count(an_id(number)) == 1


def test_an_update_that_cannot_be_read_is_counted_and_the_others_go_on(told: Told) -> None:
    before = told.metric("lantern_dead_letters")
    told.send(an_id(1), b"\x00\x00\x00\x00\x14junk")
    told.wait_for(told.missing_child())
    assert until(lambda: told.metric("lantern_dead_letters") == before + 1, SECONDS)


def test_made_again_from_kafka_every_case_is_the_same(told: Told) -> None:
    told.wait_for(told.missing_child())
    ended = told.rebuilt(verify=True)
    assert (ended["phase"], ended["differing"]) == ("equal", 0)
    assert ended["cases"] == len(told.digests())


def test_a_rebuild_puts_right_what_was_spoilt_and_leaves_watchers_their_place(told: Told, spoil: Spoil) -> None:
    first = told.missing_child()
    last = told.missing_child(behind=first)
    told.wait_for(last)
    digests = told.digests()
    held = told.feed(last, params={"after": 0})
    spoil("UPDATE entries SET known_at = known_at - interval '1 day'; DELETE FROM said_again; DELETE FROM assignments")
    assert told.rebuilt(verify=True)["phase"] == "different"
    assert told.rebuilt(verify=False)["phase"] == "adopted"
    assert told.digests() == digests
    assert told.wait_for(first)["case_id"] == first
    assert told.feed(last, params={"after": 0}) == held


def test_a_rebuild_tells_watchers_what_they_were_never_told(told: Told, spoil: Spoil) -> None:
    case_id = told.missing_child()
    told.wait_for(case_id)
    spoil("DELETE FROM feed USING feed_head AS head WHERE feed.sequence = head.sequence")
    spoil("UPDATE feed_head SET sequence = sequence - 1")
    assert told.rebuilt(verify=False)["phase"] == "adopted"
    assert told.feed(case_id, params={"after": 0})[-1][1] == case_id


def test_a_killed_case_feed_goes_on_where_it_was(told: Told) -> None:
    first = told.missing_child()
    told.wait_for(first)
    told.service.end(signal.SIGKILL)
    second = told.missing_child(behind=first)
    told.service.start_and_wait()
    told.wait_for(second)
    cases = [case for _, case in told.feed(second, params={"after": 0})]
    assert (cases.count(first), cases.count(second)) == (1, 1)


def test_a_case_feed_that_is_asked_to_stop_lets_its_watchers_go(told: Told) -> None:
    with told.person() as client, client.stream("GET", "/api/feed") as stream:
        lines = stream.iter_lines()
        next(lines)
        assert told.service.end() == 0
        assert [line for line in lines if line.startswith("data")] == []
    told.service.start_and_wait()
