"""The generated input is repeatable, as long as was asked for, and taken whole by the connectors and rules."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from services.cli.bench.decided import contents
from services.cli.bench.generating import Telling, files, sightings, tellings
from services.core.codes import Sector
from services.core.sharing import Decision, Edge, EdgeKeys, Outcome, share
from services.core.statements import Opened
from services.formats.catalogue import read

EVENTS = 300
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def outcomes(telling: Telling) -> list[Outcome]:
    return [
        share(
            read(telling.agency, Opened(one.format, one.organisation, one.organisation_kind, NOW, one.record)),
            Edge(EdgeKeys(bytes(32), bytes(32)), telling.agency, NOW),
        )
        for one in contents(telling)
    ]


def test_a_seed_always_gives_the_same_files() -> None:
    assert files(tellings(1, "A", EVENTS)) == files(tellings(1, "A", EVENTS))


def test_another_run_is_about_other_children() -> None:
    children = [
        {document["source"]["child"] for one in tellings(1, run, EVENTS) for document in one.documents}
        for run in ("A", "B")
    ]
    assert children[0].isdisjoint(children[1])


@pytest.mark.parametrize("kind", [tellings, sightings])
def test_as_many_events_are_shared_as_were_asked_for_and_nothing_is_refused(
    kind: Callable[[int, str, int], Iterator[Telling]],
) -> None:
    made = [outcome for one in kind(1, "RUN45678A", EVENTS) for outcome in outcomes(one)]
    assert {outcome.decision for outcome in made} == {Decision.SHARED}
    assert not any(outcome.problems for outcome in made)
    assert sum(len(outcome.events) for outcome in made) == EVENTS


def test_every_agency_speaks_and_they_share_numbers() -> None:
    knowing: dict[str, set[Sector]] = defaultdict(set)
    for one in tellings(1, "A", EVENTS):
        for identifier in one.documents[0]["subject"]["identifiers"]:
            knowing[identifier["value"]].add(one.agency)
    assert set().union(*knowing.values()) == set(Sector)
    assert any(len(agencies) > 1 for agencies in knowing.values())
