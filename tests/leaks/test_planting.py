"""What four agencies send, canaries in every place, through every pure step of the hub: none comes out in clear."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from services.core.statements import LocationKey
from services.wire.avro import Schemas
from services.wire.opening import Opener
from services.wire.sealed_facts import PURPOSE, envelope_of, reference_of
from tests.formats.documents import EVENTS
from tests.leaks.canaries import Canaries, Leak
from tests.leaks.hub import Hub
from tests.leaks.planting import Planter, submissions
from tests.runtime.logged import Log, logging_to

THOUSAND = 1_000


@dataclass(frozen=True)
class Planted:
    """A hub after everything was planted in it, and what it logged meanwhile."""

    hub: Hub
    planter: Planter
    log: Log


@pytest.fixture(scope="module")
def planted(schemas: Schemas) -> Iterator[Planted]:
    planter, hub = Planter(), Hub(schemas)
    with logging_to() as log:
        for files in submissions(planter, times=2):
            hub.publish(*files)
        yield Planted(hub, planter, log)


def leaks(planted: Planted) -> list[Leak]:
    canaries = Canaries(planted.planter.marks)
    return [leak for sink, content in planted.hub.sinks() for leak in canaries.found_in(sink, content)]


def test_a_thousand_canaries_are_planted(planted: Planted) -> None:
    assert len(planted.planter.planted) >= THOUSAND
    assert len({canary.text for canary in planted.planter.planted}) == len(planted.planter.planted)


def test_no_canary_comes_out_in_clear_anywhere(planted: Planted) -> None:
    assert leaks(planted) == []


def test_no_canary_is_logged(planted: Planted) -> None:
    assert Canaries(planted.planter.marks).found_in("the log", planted.log.text.encode()) == []


def test_what_was_planted_went_all_the_way(planted: Planted) -> None:
    outcomes = Counter(
        record["outcome"]
        for message in planted.hub.messages
        for name, record in [planted.hub.schemas.decode(message.value)]
        if name == "Receipt"
    )
    assert min(outcomes[outcome] for outcome in ("shared", "held_back", "refused")) > 0
    assert {view.entries[0].type for view in planted.hub.views()} <= set(EVENTS)
    assert {entry.type for view in planted.hub.views() for entry in view.entries} == set(EVENTS)


def test_every_kind_of_location_is_in_the_vaults_hands(planted: Planted) -> None:
    opener, schemas = Opener(planted.hub.vault), planted.hub.schemas
    sealed = [schemas.decode(one.value)[1] for one in planted.hub.messages if one.topic == "sealed-facts.v1"]
    opened = b"".join(opener.open(envelope_of(one), PURPOSE, reference_of(one)) for one in sealed)
    assert [key for key in LocationKey if f'"{key.value}":'.encode() not in opened] == []
    found = {leak.canary for leak in Canaries(planted.planter.marks).found_in("the vault", opened)}
    assert len(found) >= THOUSAND
