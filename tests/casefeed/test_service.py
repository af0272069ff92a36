"""The case feed's own process: what the correlator tells Kafka is served, live and later, to the operator alone."""

import itertools
import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from confluent_kafka import Producer

from services.core.codes import MissingKind
from services.core.facts import ChildMissing, PlacementStarted
from services.runtime.local.waiting import until
from services.wire.avro import Schemas
from services.wire.topics import CASE_UPDATES
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update
from tests.runtime.running import Service, service
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres

SECONDS = 30
UNDER_WAY = {"reading", "comparing", "adopting"}
Spoil = Callable[[str], None]
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Told:
    """A running case feed, and the correlator's pen."""

    service: Service
    producer: Producer
    schemas: Schemas

    def missing_child(self, behind: str | None = None) -> str:
        """Tell of a new case of a missing child, behind everything that was told of another case; gives its id."""
        number = next(NUMBERS) << 96
        report = entry(ChildMissing(MissingKind.MISSING), event=number, subject=number, recorded_at=day(1))
        self.send(behind or an_id(number), Update(number, subjects=[(number, 1)], new=[report]).frame(self.schemas))
        return an_id(number)

    def send(self, key: str, frame: bytes) -> None:
        self.producer.produce(CASE_UPDATES, key=key, value=frame)
        assert self.producer.flush(SECONDS) == 0

    def get(self, path: str, **asked: Any) -> httpx.Response:
        with self.service.client() as client:
            return client.get(path, **asked)

    def wait_for(self, case_id: str) -> dict[str, Any]:
        assert until(lambda: self.get(f"/api/cases/{case_id}").is_success, SECONDS), self.service.log.read_text()
        found: dict[str, Any] = self.get(f"/api/cases/{case_id}").json()
        return found

    def feed(self, *until_cases: str, **asked: Any) -> list[tuple[int, str]]:
        """The numbers and cases that a watcher is told, until all of these cases were among them."""
        told: list[tuple[int, str]] = []
        number = 0
        missing, deadline = set(until_cases), time.monotonic() + SECONDS
        with self.service.client() as client, client.stream("GET", "/api/feed", timeout=SECONDS, **asked) as stream:
            lines = stream.iter_lines()
            while missing:
                name, _, value = next(lines).partition(": ")
                assert time.monotonic() < deadline, (missing, told)
                if name == "id":
                    number = int(value)
                if name == "data":
                    told.append((number, json.loads(value)["case_id"]))
                    missing.discard(told[-1][1])
        return told

    def metric(self, name: str) -> float:
        lines = self.get("/metrics").text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))

    def rebuilt(self, *, verify: bool) -> dict[str, Any]:
        """How a rebuild ended."""
        with self.service.client() as client:
            assert client.post("/rebuild", json={"verify": verify}).status_code == 202
            assert until(lambda: client.get("/rebuild").json()["phase"] not in UNDER_WAY, SECONDS)
            ended: dict[str, Any] = client.get("/rebuild").json()
            return ended


@pytest.fixture(scope="module")
def told(
    kafka: SecuredKafka,
    postgres: SecuredPostgres,
    schemas: Schemas,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Told]:
    postgres.database("casefeed")
    with service("casefeed", kafka, postgres, tmp_path_factory.mktemp("casefeed")) as running:
        running.start_and_wait()
        yield Told(running, Producer(kafka.properties("correlator")), schemas)


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
    "path", ["/api/cases", "/api/cases/00000000", "/api/feed", "/digests", "/rebuild", "/openapi.json"]
)
def test_nothing_is_shown_without_the_operators_token(told: Told, path: str) -> None:
    assert httpx.get(f"{told.service.url}{path}", trust_env=False).status_code == 401


@pytest.mark.parametrize("path", ["/api/cases", "/api/cases/00000000", "/api/cases/x", "/nowhere"])
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
    with told.service.client() as client, client.stream("GET", "/api/feed", timeout=SECONDS) as stream:
        lines = stream.iter_lines()
        next(lines)
        new = told.missing_child()
        data = next(line for line in lines if line.startswith("data: "))
    assert json.loads(data.removeprefix("data: "))["case_id"] == new


def test_watchers_are_counted_for_as_long_as_they_watch(told: Told) -> None:
    with told.service.client() as client, client.stream("GET", "/api/feed", timeout=SECONDS) as stream:
        lines = stream.iter_lines()
        next(lines)
        assert told.metric("lantern_watchers") == 1
    assert until(lambda: told.metric("lantern_watchers") == 0, SECONDS)


def test_an_update_that_is_told_again_changes_nothing(told: Told) -> None:
    number = next(NUMBERS) << 96
    update = Update(number, subjects=[(number, 1)], new=[entry(PlacementStarted(), event=number, subject=number)])
    told.send(an_id(number), update.frame(told.schemas))
    told.wait_for(an_id(number))
    digests = told.get("/digests").json()["digests"]
    for _ in range(3):
        told.send(an_id(number), update.frame(told.schemas))
    last = told.missing_child(behind=an_id(number))
    told.wait_for(last)
    again = told.get("/digests").json()["digests"]
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
    assert ended["cases"] == len(told.get("/digests").json()["digests"])


def test_a_rebuild_puts_right_what_was_spoilt_and_leaves_watchers_their_place(told: Told, spoil: Spoil) -> None:
    first = told.missing_child()
    last = told.missing_child(behind=first)
    told.wait_for(last)
    digests = told.get("/digests").json()["digests"]
    held = told.feed(last, params={"after": 0})
    spoil("UPDATE entries SET known_at = known_at - interval '1 day'; DELETE FROM said_again; DELETE FROM assignments")
    assert told.rebuilt(verify=True)["phase"] == "different"
    assert told.rebuilt(verify=False)["phase"] == "adopted"
    assert told.get("/digests").json()["digests"] == digests
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
    with told.service.client() as client, client.stream("GET", "/api/feed", timeout=SECONDS) as stream:
        lines = stream.iter_lines()
        next(lines)
        assert told.service.end() == 0
        assert [line for line in lines if line.startswith("data")] == []
    told.service.start_and_wait()
