"""The correlator is killed, frozen and cut off while events flow: nothing is lost, and nothing is there twice."""

import signal
from pathlib import Path
from random import Random

import psycopg

from services.runtime import topics_admin
from services.runtime.local.principals import ADMIN
from services.runtime.local.waiting import until
from services.wire.topics import CONTACTS, Topic
from tests.correlator.running import Correlator, correlator
from tests.faults.flow import PATIENCE_SECONDS, Flow, ask, assert_nothing_lost_or_twice, wait
from tests.runtime.secured_postgres import SecuredPostgres

CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'correlator'"


def test_a_correlator_killed_at_any_moment_loses_and_repeats_nothing(
    flow: Flow, running: Correlator, postgres: SecuredPostgres
) -> None:
    random = Random(1)
    for seed in range(8):
        flow.send(seed, 150)
        wait(random.uniform(0, 2.5))
        running.kill()
        running.start()
    running.wait_until_ready()
    assert_nothing_lost_or_twice(flow, running, postgres)


def test_a_correlator_cut_off_from_its_database_loses_and_repeats_nothing(
    flow: Flow, running: Correlator, postgres: SecuredPostgres
) -> None:
    random = Random(2)
    with psycopg.connect(postgres.conninfo(ADMIN), autocommit=True) as admin:
        for seed in range(10, 20):
            flow.send(seed, 100)
            wait(random.uniform(0, 0.3))
            admin.execute(CUT_OFF)
    assert_nothing_lost_or_twice(flow, running, postgres)


def test_a_frozen_worker_that_wakes_late_is_refused_by_the_fence(
    flow: Flow, running: Correlator, postgres: SecuredPostgres, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with correlator(flow.kafka, postgres, tmp_path / "other", instance=1) as other:
        flow.send(30, 400)
        running.signal(signal.SIGSTOP)
        other.start()
        flow.send(31, 100)
        other.wait_until_committed(flow.ids())
        running.signal(signal.SIGCONT)
        flow.send(32, 100)
        assert_nothing_lost_or_twice(flow, other, postgres)


def test_a_correlator_that_is_asked_to_stop_finishes_what_it_has_in_hand(
    flow: Flow, running: Correlator, postgres: SecuredPostgres
) -> None:
    flow.send(40, 300)
    running.signal(signal.SIGTERM)
    assert running.wait() == 0
    assert ask(postgres, "SELECT count(*) FROM correlator.outbox") == 0
    running.start()
    running.wait_until_ready()
    assert_nothing_lost_or_twice(flow, running, postgres)


def test_a_topic_that_was_made_again_is_not_taken_for_a_replay(
    flow: Flow, running: Correlator, postgres: SecuredPostgres, topics: tuple[Topic, ...]
) -> None:
    """This test comes last: what was on the topic is nowhere but in the tables afterwards."""
    flow.send(50, 50)
    assert_nothing_lost_or_twice(flow, running, postgres)
    admin = flow.kafka.admin()
    for deleted in admin.delete_topics([CONTACTS]).values():
        deleted.result()
    assert until(lambda: CONTACTS not in admin.list_topics().topics, PATIENCE_SECONDS)
    topics_admin.apply(admin, topics)
    flow.send(51, 50)
    assert_nothing_lost_or_twice(flow, running, postgres)
