"""What topics/*.yaml must say of this hub, whoever edits it."""

from collections.abc import Callable

import pytest

from services.core.codes import Sector
from services.core.weeks import RETENTION
from services.runtime.local.principals import DATABASE_ROLES
from services.wire.topics import (
    AUDIT_CHECKPOINTS,
    CASE_UPDATES,
    LINK_CANDIDATES,
    PATTERNS,
    SEALED_FACTS,
    SHARED,
    VAULT_DECISIONS,
    Kind,
    Timestamp,
    Topic,
    acls,
    disclosed,
    intake,
    out,
    spoken,
)

AGENCIES = tuple(sector.value for sector in Sector)


@pytest.fixture
def named(topics: tuple[Topic, ...]) -> dict[str, Topic]:
    return {topic.topic: topic for topic in topics}


def test_only_the_vault_reads_sealed_facts(named: dict[str, Topic]) -> None:
    assert named[SEALED_FACTS].readers == ("vault",)


@pytest.mark.parametrize("kind", [Kind.INTAKE, Kind.SEALED, Kind.QUARANTINE])
def test_what_is_sealed_to_a_week_s_key_is_forgotten_before_that_key_is_destroyed(
    topics: tuple[Topic, ...], kind: Kind
) -> None:
    kept_ms = {topic.retention_ms for topic in topics if topic.kind is kind}
    assert kept_ms
    assert all(0 < kept <= RETENTION.total_seconds() * 1000 for kept in kept_ms)


@pytest.mark.parametrize("agency", AGENCIES)
def test_an_agency_s_intake_is_read_by_its_own_processor_alone(named: dict[str, Topic], agency: str) -> None:
    assert named[intake(agency)].readers == (agency,)
    assert named[intake(agency)].writers == (f"publisher.{agency}",)


@pytest.mark.parametrize("agency", AGENCIES)
@pytest.mark.parametrize(("page", "shown_by"), [(spoken, "casefeed"), (disclosed, "vault")])
def test_what_people_say_on_pages_is_written_by_the_service_that_shows_them_and_read_by_their_processor_alone(
    named: dict[str, Topic], agency: str, page: Callable[[str], str], shown_by: str
) -> None:
    assert (named[page(agency)].writers, named[page(agency)].readers) == ((shown_by,), (agency,))


def test_the_case_feed_writes_what_people_say_and_where_its_audit_stands_and_nothing_else(
    topics: tuple[Topic, ...],
) -> None:
    writable = {topic.topic for topic in topics if "casefeed" in topic.writers}
    assert writable == {AUDIT_CHECKPOINTS, *map(spoken, AGENCIES)}


@pytest.mark.parametrize("agency", AGENCIES)
def test_answers_to_an_agency_come_from_its_own_processor(named: dict[str, Topic], agency: str) -> None:
    assert named[out(agency)].writers == (agency,)
    assert set(named[out(agency)].readers) == {f"publisher.{agency}", "operator"}


@pytest.mark.parametrize("name", SHARED)
def test_shared_facts_are_kept_for_ever_and_dated_by_the_broker(named: dict[str, Topic], name: str) -> None:
    topic = named[name]
    assert (topic.retention, topic.timestamp, topic.key) == ("forever", Timestamp.LOG_APPEND_TIME, "subject_id")


@pytest.mark.parametrize("name", SHARED)
def test_only_the_four_processors_say_anything_on_a_shared_topic(named: dict[str, Topic], name: str) -> None:
    assert set(named[name].writers) == set(AGENCIES)


def test_what_is_sealed_is_kept_for_a_week(topics: tuple[Topic, ...]) -> None:
    sealed = {topic.retention for topic in topics if topic.kind in {Kind.INTAKE, Kind.SEALED, Kind.QUARANTINE}}
    assert sealed == {"7d"}


def test_a_case_comes_from_the_correlator_alone(named: dict[str, Topic]) -> None:
    assert named[CASE_UPDATES].writers == ("correlator",)


def test_casefeed_reads_cases_patterns_and_what_waits_for_a_person_and_nothing_else(
    topics: tuple[Topic, ...],
) -> None:
    readable = {topic.topic for topic in topics if "casefeed" in topic.readers}
    assert readable == {CASE_UPDATES, PATTERNS, VAULT_DECISIONS, LINK_CANDIDATES}


def test_patterns_come_from_the_vault_and_nobody_but_the_coordinators_app_reads_them(named: dict[str, Topic]) -> None:
    assert (named[PATTERNS].writers, named[PATTERNS].readers) == (("vault",), ("casefeed",))


def test_whoever_publishes_reads_no_shared_topic(topics: tuple[Topic, ...]) -> None:
    readers = {reader for topic in topics if topic.kind is Kind.SHARED for reader in topic.readers}
    assert readers == {"correlator", "vault", "oncall", "operator"}


def test_where_an_audit_stands_is_said_by_whoever_has_one_and_held_by_all_four_agencies(
    named: dict[str, Topic],
) -> None:
    topic = named[AUDIT_CHECKPOINTS]
    assert set(topic.writers) == set(DATABASE_ROLES)
    assert set(topic.readers) == {*AGENCIES, *(f"publisher.{agency}" for agency in AGENCIES), "operator"}
    assert (topic.retention, topic.timestamp) == ("forever", Timestamp.LOG_APPEND_TIME)


def test_nobody_uses_the_consumer_group_of_another(topics: tuple[Topic, ...]) -> None:
    users: dict[str, set[str]] = {}
    for acl in acls(topics):
        if acl.resource == "GROUP":
            users.setdefault(acl.name, set()).add(acl.principal)
    assert all(len(principals) == 1 for principals in users.values())


def test_nobody_is_given_more_than_reading_and_writing_by_name(topics: tuple[Topic, ...]) -> None:
    permissions = acls(topics)
    assert {acl.operation for acl in permissions} == {"READ", "WRITE"}
    assert {(acl.pattern, acl.permission) for acl in permissions} == {("LITERAL", "ALLOW")}
    assert not any("*" in acl.name for acl in permissions)
