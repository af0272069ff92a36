"""Timelines made again from Kafka: equal to the live ones, put right where they are not, never less than they were."""

from collections.abc import Iterator

import pytest

from services.runtime.local.waiting import until
from tests.correlator.running import Correlator, correlator
from tests.faults.flow import PATIENCE_SECONDS, Flow, ask, assert_nothing_lost_or_twice, wait_until_all_is_told
from tests.runtime.secured_postgres import SecuredPostgres

UNDER_WAY = {"reading", "comparing", "adopting"}
LOSE_AN_ENTRY = "DELETE FROM correlator.entries WHERE event_id = (SELECT min(event_id) FROM correlator.entries)"
FORGET_THE_STATES = (
    "UPDATE correlator.cases SET state = replace(state, '\"missing_episodes\":', '\"missing_episodes\":9')"
)
ADD_AN_ENTRY = """
    INSERT INTO correlator.entries SELECT decode(repeat('f', 32), 'hex'), subject_id, fact_id, said_at, known_at, frame
    FROM correlator.entries LIMIT 1"""
FORGET_THE_ADDED = "DELETE FROM correlator.entries WHERE event_id = decode(repeat('f', 32), 'hex')"
SHADOW = "SELECT count(*) FROM pg_class WHERE relnamespace = 'correlator_shadow'::regnamespace"


@pytest.fixture(scope="module")
def started(flows: Flow, postgres: SecuredPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Correlator]:
    postgres.database("correlator")
    flows.heard_before = flows.ends()
    with correlator(flows.kafka, postgres, tmp_path_factory.mktemp("correlator")) as made:
        made.start()
        made.wait_until_ready()
        flows.send(1, 200)
        yield made


@pytest.fixture
def filled(flows: Flow, started: Correlator, postgres: SecuredPostgres) -> Iterator[Correlator]:
    """A correlator that has saved and told everything; what a test damages is mended after it."""
    assert until(lambda: started.digests() == flows.truth(), PATIENCE_SECONDS)
    wait_until_all_is_told(postgres)
    yield started
    ask(postgres, FORGET_THE_ADDED)
    if started.digests() != flows.truth():
        begin(started, verify=False)
        assert end(started)["phase"] == "adopted"


def begin(rebuilt: Correlator, *, verify: bool) -> None:
    with rebuilt.client() as client:
        assert client.post("/rebuild", json={"verify": verify}).status_code == 202


def end(rebuilt: Correlator) -> dict[str, object]:
    """How the rebuild ended."""
    with rebuilt.client() as client:
        assert until(lambda: client.get("/rebuild").json()["phase"] not in UNDER_WAY, PATIENCE_SECONDS)
        return dict(client.get("/rebuild").json())


def test_what_is_made_again_equals_what_is_live(filled: Correlator, flows: Flow) -> None:
    begin(filled, verify=True)
    found = end(filled)
    assert (found["phase"], found["differing"], found["cases"]) == ("equal", 0, len(flows.truth()))


@pytest.mark.parametrize("damage", [LOSE_AN_ENTRY, FORGET_THE_STATES])
def test_a_case_that_is_not_what_kafka_says_is_found(
    filled: Correlator, postgres: SecuredPostgres, damage: str
) -> None:
    damaged = ask(postgres, damage)
    before = filled.digests()
    begin(filled, verify=True)
    found = end(filled)
    assert (found["phase"], found["differing"]) == ("different", damaged)
    assert filled.digests() == before


def test_a_rebuild_puts_right_what_was_wrong_and_tells_it(
    filled: Correlator, flows: Flow, postgres: SecuredPostgres
) -> None:
    ask(postgres, LOSE_AN_ENTRY)
    before = flows.ends()
    begin(filled, verify=False)
    found = end(filled)
    assert (found["phase"], found["differing"]) == ("adopted", 1)
    assert filled.digests() == flows.truth()
    wait_until_all_is_told(postgres)
    assert len(flows.told(since=before)) == 1


def test_events_that_flow_during_a_rebuild_are_neither_lost_nor_twice(
    filled: Correlator, flows: Flow, postgres: SecuredPostgres
) -> None:
    for seed in range(60, 65):
        begin(filled, verify=False)
        flows.send(seed, 60)
        assert end(filled)["phase"] == "adopted"
    assert_nothing_lost_or_twice(flows, filled, postgres)


def test_tables_that_hold_more_than_kafka_are_left_as_they_are(filled: Correlator, postgres: SecuredPostgres) -> None:
    ask(postgres, ADD_AN_ENTRY)
    before = filled.digests()
    begin(filled, verify=False)
    assert end(filled)["phase"] == "refused"
    assert filled.digests() == before


def test_a_rebuild_that_was_killed_is_begun_anew(filled: Correlator, flows: Flow, postgres: SecuredPostgres) -> None:
    begin(filled, verify=False)
    filled.kill()
    filled.start()
    filled.wait_until_ready()
    begin(filled, verify=False)
    assert end(filled)["phase"] == "adopted"
    assert_nothing_lost_or_twice(flows, filled, postgres)


def test_a_rebuild_leaves_nothing_beside_the_live_tables(filled: Correlator, postgres: SecuredPostgres) -> None:
    begin(filled, verify=True)
    end(filled)
    assert until(lambda: ask(postgres, SHADOW) == 0, PATIENCE_SECONDS)


def test_only_one_rebuild_is_under_way(filled: Correlator) -> None:
    begin(filled, verify=True)
    with filled.client() as client:
        assert client.post("/rebuild", json={"verify": True}).status_code == 409
    assert end(filled)["phase"] == "equal"


def test_a_question_that_is_not_understood_begins_nothing(filled: Correlator) -> None:
    with filled.client() as client:
        assert client.post("/rebuild", json={"verfy": True}).status_code == 422
        assert client.get("/rebuild").json()["phase"] not in UNDER_WAY
