"""Kafka is away for ten minutes and PostgreSQL for one, by the real clock: no page is lost, and the light is red."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from services.runtime.local.principals import ADMIN
from services.runtime.local.supervisor import Supervisor
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.edition import LocalEdition, local_edition
from tests.formats.documents import example

pytestmark = pytest.mark.prove

POSTGRES_SECONDS, KAFKA_SECONDS = 60, 630
RESUMED_WITHIN_SECONDS = 5
PATIENCE_SECONDS = 120
AGENCIES_OF_A_MISSING_CHILD = 2


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEdition]:
    """An edition in which somebody is on duty everywhere, and the scenario's pages have gone out."""
    with local_edition(tmp_path_factory.mktemp("outages") / "data") as edition:
        edition.done("up", "--demo", "--port-base", str(edition.port_base))
        assert until(lambda: len(pages(edition)) >= AGENCIES_OF_A_MISSING_CHILD, PATIENCE_SECONDS, 1)
        yield edition


def pages(edition: LocalEdition) -> list[Path]:
    """The e-mails that left so far."""
    return list((edition.data / "mail").glob("*.eml"))


def goes_missing(edition: LocalEdition, folder: Path, child: str) -> None:
    """The police report a child missing."""
    report = example("ChildMissing", source={"system": "outages", "child": child})
    (folder / "report.json").write_text(json.dumps(report))
    edition.done("publish", "--agency", "police", "--organisation", "INVENTED-FORCE", folder / "report.json")


def light(edition: LocalEdition) -> list[str]:
    """For what reasons on-call's light is red."""
    url = f"http://127.0.0.1:{edition.parts.ports['oncall']}/healthz"
    return list(httpx.get(url, trust_env=False, verify=trusted(), timeout=30).json()["reasons"])


def missed(edition: LocalEdition) -> float:
    """How many steps on-call's own auditor misses."""
    url = f"http://127.0.0.1:{edition.parts.ports['oncall']}/metrics"
    lines = httpx.get(url, trust_env=False, verify=trusted(), timeout=30).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith("lantern_steps_missed "))


def answers(edition: LocalEdition) -> bool:
    server = edition.parts.postgres
    try:
        psycopg.connect(server.conninfo(ADMIN, server.password, "lantern"), connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def test_what_was_owed_while_postgresql_was_away_is_sent_within_five_seconds_of_its_return(
    played: LocalEdition, tmp_path: Path
) -> None:
    supervisor = Supervisor(played.parts.run)
    supervisor.halt("postgres")
    goes_missing(played, tmp_path, "while PostgreSQL is away")
    before = len(pages(played))
    time.sleep(POSTGRES_SECONDS)
    red, after = light(played), len(pages(played))
    supervisor.run("postgres")
    assert until(lambda: answers(played), PATIENCE_SECONDS, 0.1)
    returned = time.monotonic()
    assert until(lambda: len(pages(played)) >= before + AGENCIES_OF_A_MISSING_CHILD, PATIENCE_SECONDS, 0.1)
    late = time.monotonic() - returned
    print(f"{late:.1f} s after PostgreSQL came back both were paged; red: {red}")  # noqa: T201 - a figure for a person
    assert (before, bool(red)) == (after, True)
    assert late < RESUMED_WITHIN_SECONDS


def test_while_kafka_is_away_for_ten_minutes_the_next_step_is_taken_in_time(
    played: LocalEdition, tmp_path: Path
) -> None:
    before = len(pages(played))
    goes_missing(played, tmp_path, "before Kafka is away")
    assert until(lambda: len(pages(played)) >= before + AGENCIES_OF_A_MISSING_CHILD, PATIENCE_SECONDS, 0.1)
    supervisor, first = Supervisor(played.parts.run), len(pages(played))
    supervisor.halt("kafka")
    try:
        time.sleep(KAFKA_SECONDS)
        red, again, late = light(played), len(pages(played)) - first, missed(played)
    finally:
        supervisor.run("kafka")
    assert until(lambda: not light(played), PATIENCE_SECONDS, 1)
    print(f"{again} pages while Kafka was away for {KAFKA_SECONDS} s; red: {red}")  # noqa: T201 - a figure for a person
    assert (bool(red), late) == (True, 0)
    assert again >= AGENCIES_OF_A_MISSING_CHILD
