"""Every process is killed and frozen at random moments while events flow: nothing is lost, and nothing is there twice.

LANTERN_PROVE=1 does it at the size that is promised: 100,000 events, 100 kills, 50 freezes.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from services.runtime.local.waiting import until
from services.wire.avro import Schemas
from tests.edition import LocalEdition, local_edition
from tests.faults.harm import harms, publish, publish_under
from tests.faults.survivor import Survivor, edge_keys
from tests.generated import files

PROVE = bool(os.environ.get("LANTERN_PROVE"))
CHILDREN, FILES, KILLS, FREEZES = (range(10_000), 400, 100, 50) if PROVE else (range(500), 24, 20, 5)
PATIENCE_SECONDS = 1800 if PROVE else 180
SEED = 3


def say(measured: str) -> None:
    print(measured)  # noqa: T201 - pytest shows it on request (-rP)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEdition]:
    """An edition of its own: it is mostly waited for, and the others need not be as full as it is."""
    with local_edition(tmp_path_factory.mktemp("edition") / "data") as own:
        own.up()
        yield own


@pytest.fixture(scope="module")
def survivor(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> Survivor:
    """An edition that lived through it and came to rest."""
    random = Random(SEED)
    lived = Survivor(edition, files(random, CHILDREN, FILES, edge_keys(edition)))
    again = publish_under(harms(random, KILLS, FREEZES), edition, lived.files, tmp_path_factory.mktemp("files"))
    say(f"{KILLS} kills, {FREEZES} freezes, {len(lived.truth.event_ids)} events; sent again: {again}")
    edition.up()
    until(lambda: lived.events_in("casefeed", "feed").total() == len(lived.truth.event_ids), PATIENCE_SECONDS)
    return lived


def test_every_case_is_as_if_nothing_had_happened(survivor: Survivor) -> None:
    assert survivor.digests() == survivor.true_digests


@pytest.mark.parametrize(
    ("schema", "table"), [("correlator", "entries"), ("casefeed", "entries"), ("casefeed", "feed")]
)
def test_every_event_is_there_once(survivor: Survivor, schema: str, table: str) -> None:
    assert survivor.events_in(schema, table) == Counter(survivor.truth.event_ids)


def test_every_event_is_on_its_topic_and_no_other(survivor: Survivor, schemas: Schemas) -> None:
    found = survivor.shared(schemas)
    say(f"{found.total() - len(survivor.truth.said)} events stand there again after a kill")

    assert found.keys() == survivor.truth.event_ids


@pytest.mark.parametrize("service", ["correlator", "vault", "casefeed"])
@pytest.mark.parametrize("table", ["holes", "dead_letters"])
def test_nothing_was_passed_over_and_nothing_was_unreadable(survivor: Survivor, service: str, table: str) -> None:
    assert survivor.rows("SELECT * FROM {}", service, table) == []


def plain(content: Mapping[str, str]) -> str:
    return json.dumps(dict(content), sort_keys=True, separators=(",", ":"))


def test_the_vault_holds_every_version_of_every_sealed_fact_once(survivor: Survivor) -> None:
    sealed = survivor.truth.sealed

    assert survivor.sealed() == {(fact.fact_id, fact.field.value, plain(fact.content)) for fact in sealed}
    assert survivor.sayings() == {(fact.fact_id, fact.field.value, fact.recorded_at) for fact in sealed}


def test_the_same_files_again_change_nothing(survivor: Survivor, tmp_path: Path) -> None:
    for file in survivor.files[::8]:
        assert publish(survivor.edition, file, tmp_path / "again.json") == []

    assert survivor.digests() == survivor.true_digests
    assert survivor.events_in("correlator", "entries") == Counter(survivor.truth.event_ids)


def test_made_again_from_kafka_everything_is_equal(survivor: Survivor) -> None:
    ends = json.loads(survivor.edition.done("rebuild", "--verify", "--json"))

    assert {service: (end["phase"], end["differing"]) for service, end in ends.items()} == {
        "correlator": ("equal", 0),
        "casefeed": ("equal", 0),
    }
