"""What four agencies send, canaries in every place, through every pure step of the hub: none comes out in clear."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from services.core.statements import LocationKey
from services.wire.avro import Schemas
from services.wire.opening import Opener
from services.wire.sealed_facts import PURPOSE, envelope_of, reference_of
from tests.formats.documents import EVENTS
from tests.leaks.canaries import Canaries
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
    printed: str
    written: list[str]


@pytest.fixture(scope="module")
def planted(schemas: Schemas) -> Planted:
    planter, hub, printed = Planter(), Hub(schemas), StringIO()
    with logging_to() as log, redirect_stdout(printed), redirect_stderr(printed), watching_files() as written:
        for files in submissions(planter, times=1):
            hub.publish(*files)
    return Planted(hub, planter, log, printed.getvalue(), written)


@contextmanager
def watching_files() -> Iterator[list[str]]:
    """The files that this process opens to write in."""
    written: list[str] = []
    watching = True

    def heard(event: str, said: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(said[2], int) and said[2] & (os.O_WRONLY | os.O_RDWR):
            written.append(str(said[0]))

    sys.addaudithook(heard)  # it cannot be taken away again; it only stops listening
    yield written
    watching = False


@pytest.fixture(scope="module")
def canaries(planted: Planted) -> Canaries:
    return Canaries(planted.planter.marks)


def test_a_thousand_canaries_are_planted(planted: Planted) -> None:
    assert len(planted.planter.planted) >= THOUSAND
    assert len({canary.text for canary in planted.planter.planted}) == len(planted.planter.planted)


def test_no_canary_comes_out_in_clear_anywhere(planted: Planted, canaries: Canaries) -> None:
    assert [leak for sink, content in planted.hub.sinks() for leak in canaries.found_in(sink, content)] == []


def test_no_canary_is_logged(planted: Planted, canaries: Canaries) -> None:
    assert canaries.found_in("the log", planted.log.text.encode()) == []


def test_nothing_is_printed_and_no_file_is_written(planted: Planted) -> None:
    assert (planted.printed, planted.written) == ("", [])


def test_a_file_that_was_written_would_be_noticed(tmp_path: Path) -> None:
    with watching_files() as written:
        (tmp_path / "dump").write_bytes(b"at a place")
    assert written == [str(tmp_path / "dump")]


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


def test_every_kind_of_location_is_in_the_vaults_hands(planted: Planted, canaries: Canaries) -> None:
    opener, schemas = Opener(planted.hub.vault), planted.hub.schemas
    sealed = [schemas.decode(one.value)[1] for one in planted.hub.messages if one.topic == "sealed-facts.v1"]
    opened = b"".join(opener.open(envelope_of(one), PURPOSE, reference_of(one)) for one in sealed)
    assert [key for key in LocationKey if f'"{key.value}":'.encode() not in opened] == []
    found = {leak.canary for leak in canaries.found_in("the vault", opened)}
    assert len(found) >= THOUSAND
