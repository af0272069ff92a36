"""Twin worlds through every pure step of the hub: whatever comes out is the same, but for ids and ciphertexts."""

import json
from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest

from services.runtime.kafka import Message
from services.wire.avro import Schemas
from tests.conftest import full_size
from tests.leaks.alike import differences
from tests.leaks.hub import Hub, page
from tests.leaks.told import called, headers_of, of_case, of_feed, of_message, of_page, text_of
from tests.leaks.worlds import World, submissions
from tests.runtime.logged import logging_to

CHILDREN = 24
MANY = 10_000 if full_size() else 1_000


def told(schemas: Schemas, world: World, *, drawn: bool = True) -> list[str]:
    """Everything that the hub says of a world; pages too, if they are to be `drawn`."""
    hub = Hub(schemas)
    with logging_to() as log:
        for files in submissions(world):
            hub.publish(*files)
    pages = _pages(hub) if drawn else ()
    return [*_of_messages(hub), *_of_views(hub), *pages, *log.text.splitlines(), *_metrics(hub)]


def _of_messages(hub: Hub) -> Iterator[str]:
    for message in (*hub.taken_in, *hub.messages):
        headers = headers_of(message.headers)
        yield from of_message(hub.schemas, message.topic, message.key, message.value, headers)
    for answers in hub.answers:
        yield text_of("order", [[message.topic, _kind(hub, message)] for message in answers.said])
    for update in hub.updates:
        yield from of_message(hub.schemas, "case-updates.v1", b"", update, {})


def _kind(hub: Hub, message: Message) -> tuple[str, str | None]:
    """What a message is about, for a telling order."""
    name, record = hub.schemas.decode(message.value)
    return name, record.get("field")


def _of_views(hub: Hub) -> Iterator[str]:
    shown = [view.model_dump(mode="json") for view in hub.views()]
    names = called(shown)
    for case in shown:
        yield from of_case(case, names)
    for line in hub.feed():
        yield of_feed(line.decode().partition("data: ")[2], names)


def _pages(hub: Hub) -> Iterator[str]:
    for view in hub.views():
        yield from of_page(page(view).decode())


def _metrics(hub: Hub) -> Iterator[str]:
    text = generate_latest(hub.metrics.registry).decode()
    return (line for line in text.splitlines() if not line.startswith(("process_", "# ")) and "_created" not in line)


@pytest.fixture(scope="module")
def twins(schemas: Schemas) -> tuple[list[str], list[str]]:
    one, other = (told(schemas, World(number, CHILDREN)) for number in range(2))
    return one, other


def test_twin_worlds_tell_the_same(twins: tuple[list[str], list[str]]) -> None:
    assert differences(*twins) == []


def test_twin_worlds_tell_of_everything(twins: tuple[list[str], list[str]]) -> None:
    kinds = {text.partition(": ")[0] for text in twins[0]}
    topics = (
        "intake.police.v1",
        "out.ukba.v1",
        "quarantine.v1",
        "sealed-facts.v1",
        "missing-children.v1",
        "contacts.v1",
    )
    assert {f"topic {topic}" for topic in topics} <= kinds
    assert {"entry of a case update", "case", "record of a case", "open episode of a case", "the feed", "page"} <= kinds


def test_worlds_whose_children_differ_do_not_tell_the_same(
    schemas: Schemas, twins: tuple[list[str], list[str]]
) -> None:
    assert differences(told(schemas, World(0, CHILDREN // 2)), twins[1]) != []


def test_a_place_in_one_text_is_found(twins: tuple[list[str], list[str]]) -> None:
    spoilt = [
        text_of("topic referrals.v1", json.loads(f'"{World(number, 1).place("port", 1)}"')) for number in range(2)
    ]
    assert differences([*twins[0], spoilt[0]], [*twins[1], spoilt[1]]) != []


@pytest.fixture(scope="module")
def many_twins(schemas: Schemas) -> tuple[list[str], list[str]]:
    # A page is a function of its view, and every view is compared: so many pages are drawn where there is time for it.
    one, other = (told(schemas, World(number, MANY), drawn=full_size()) for number in range(2))
    return one, other


def test_a_thousand_children_s_twin_worlds_tell_the_same(many_twins: tuple[list[str], list[str]]) -> None:
    assert differences(*many_twins)[:20] == []


def test_a_thousand_children_are_told_of(many_twins: tuple[list[str], list[str]]) -> None:
    assert len([text for text in many_twins[0] if text.startswith("case:")]) > MANY / 2
    assert len([text for text in many_twins[0] if text.startswith("entry of a case:")]) > 2 * MANY
