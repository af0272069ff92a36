"""Attacks on where a child is, through what is not secret: each finds nothing.

Each is also tried on a hub whose guard is taken out: tests/leaks/seeded.toml holds those hubs, and `make prove` shows
that there every attack succeeds. Offsets of topics that one cannot read: tests/runtime/test_topic_access.py.
"""

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import pytest

from services.casefeed import handlers as casefeed
from services.core import ids
from services.core.codes import OrganisationKind, Sector
from services.core.errors import UnreadableBytes
from services.runtime.kafka import Message
from services.runtime.replies import QUARANTINE_PURPOSE
from services.vault.handlers import Arrival
from services.vault.keys import DigestKey
from services.vault.opening import Reader
from services.wire import topics
from services.wire.avro import Record, Schemas
from services.wire.opening import Opener
from services.wire.submissions import envelope_of
from tests.formats.documents import example, lines
from tests.formats.returns import a_return
from tests.leaks.alike import differences
from tests.leaks.hub import Hub
from tests.leaks.planting import File
from tests.leaks.told import called, headers_of, of_case, of_feed, of_message

POLICE, AUTHORITY = OrganisationKind.POLICE_FORCE, OrganisationKind.LOCAL_AUTHORITY
CHILD = {"identifiers": [{"scheme": "passport", "value": "P1234567", "status": "documented"}]}


def a_file(*documents: dict[str, Any], kind: OrganisationKind = AUTHORITY) -> File:
    agency = Sector.POLICE if kind is POLICE else Sector.LOCAL_AUTHORITY
    return File(agency, kind, "ORGANISATION-1", "file.json", lines(*documents))


def placed(**changes: Any) -> tuple[dict[str, Any], ...]:
    """A placement, and the reason to share it."""
    placement = example("PlacementStarted", **changes)
    return placement, example("KinshipClaimed", source=placement["source"])


def heard(hub: Hub) -> list[str]:
    """What everybody outside the agency and the vault can hear."""
    views = [view.model_dump(mode="json") for view in hub.views()]
    names = called(views)
    return [
        *_texts(hub, [one for one in hub.messages if one.topic in topics.SHARED]),
        *(text for update in hub.updates for text in of_message(hub.schemas, topics.CASE_UPDATES, b"", update, {})),
        *(text for view in views for text in of_case(view, names)),
        *(of_feed(line.decode().partition("data: ")[2], names) for line in hub.feed()),
    ]


def answered(hub: Hub, agency: Sector) -> list[str]:
    """What an agency hears about its own records."""
    return list(_texts(hub, [one for one in hub.messages if one.topic == topics.out(agency.value)]))


def _texts(hub: Hub, messages: Iterable[Message]) -> Iterator[str]:
    for message in messages:
        yield from of_message(hub.schemas, message.topic, message.key, message.value, headers_of(message.headers))


def published(schemas: Schemas, *files: File) -> Hub:
    hub = Hub(schemas)
    for file in files:
        hub.publish(file)
    return hub


def records(hub: Hub, name: str) -> list[Record]:
    decoded = (hub.schemas.decode(message.value) for message in hub.messages)
    return [record for kind, record in decoded if kind == name]


def test_that_a_child_is_a_mother_and_whose_shows_nowhere(schemas: Schemas) -> None:
    def hub(mother: str, born: str) -> Hub:
        files = a_return(
            header=[f"CHILD-1,2,01/02/2011,WBRI,UPN-1,{mother},{born}", "CHILD-2,1,01/02/2025,WBRI,UPN-2,,"],
            uasc=["CHILD-1,2,01/02/2011,01/02/2029", "CHILD-2,1,01/02/2025,01/02/2043"],
        )
        made = Hub(schemas)
        made.publish(*(File(Sector.LOCAL_AUTHORITY, AUTHORITY, "ORGANISATION-1", "x.csv", one) for one in files))
        return made

    assert len(heard(hub("", ""))) > 0
    assert differences(heard(hub("", "")), heard(hub("N1CHILD2", "01/02/2025"))) == []


def test_a_corrected_address_makes_no_sound(schemas: Schemas) -> None:
    later = {"recorded_at": "2026-03-09T09:00:00Z"}
    again = published(schemas, a_file(*placed()), a_file(*placed(**later)))
    moved = published(schemas, a_file(*placed()), a_file(*placed(**later, location__placement_address="House 9")))
    assert differences(heard(again), heard(moved)) == []
    assert differences(answered(again, Sector.LOCAL_AUTHORITY), answered(moved, Sector.LOCAL_AUTHORITY)) == []


def test_a_timeline_has_no_gap_where_something_is_sealed(schemas: Schemas) -> None:
    silent = published(schemas, a_file(*placed(location={}, narrative="")))
    telling = published(schemas, a_file(*placed(narrative="Collected near a station.")))
    assert differences(heard(silent), heard(telling)) == []


def two_children(schemas: Schemas, *addresses: str) -> Hub:
    """Two children placed on one day, each at an address of their own or both at one."""
    sources = [{"system": "authority", "child": f"CHILD-{number}"} for number in range(len(addresses))]
    both = zip(sources, addresses, strict=True)
    return published(
        schemas, a_file(*(one for source, door in both for one in placed(source=source, location={"address": door})))
    )


def moved(schemas: Schemas, *addresses: str) -> Hub:
    """A child placed at one address after another."""
    doors = [
        {"key": f"placement {number}", "location__placement_address": door} for number, door in enumerate(addresses)
    ]
    return published(schemas, a_file(*(one for door in doors for one in placed(**door))))


@pytest.mark.parametrize("told", [two_children, moved])
def test_nothing_stands_in_an_order_of_addresses(schemas: Schemas, told: Callable[..., Hub]) -> None:
    one, other = told(schemas, "A House", "Z House"), told(schemas, "Z House", "A House")
    assert heard(one) == heard(other)
    assert [message.key for message in one.messages] == [message.key for message in other.messages]


def test_that_siblings_are_placed_together_shows_nowhere(schemas: Schemas) -> None:
    together, apart = two_children(schemas, "A House", "A House"), two_children(schemas, "A House", "B House")
    assert heard(together) == heard(apart)
    assert len({arrival.saying.digest for arrival in arrivals(together)}) == len(arrivals(apart)) > 1


def arrivals(hub: Hub) -> list[Arrival]:
    """What the vault takes in."""
    reader = Reader(hub.schemas, Opener(hub.vault), DigestKey(bytes(32)))
    return [reader.read(one.value) for one in hub.messages if one.topic == topics.SEALED_FACTS]


def test_a_rebuilt_projection_shows_what_the_live_one_showed(schemas: Schemas) -> None:
    changes = [{"key": f"2026-03-{number + 1:02}"} for number in range(9)]
    hub = published(schemas, *(a_file(example("ChildMissing", **change), kind=POLICE) for change in changes))
    live = casefeed.merged(casefeed.read(schemas, update) for update in hub.updates)
    for seed in range(9):
        order = Random(seed).sample(hub.updates * 2, len(hub.updates) * 2)
        rebuilt = casefeed.merged(casefeed.read(schemas, update) for update in order)
        assert {frozenset(map(str, part)) for part in (rebuilt.entries, rebuilt.assignments, rebuilt.cases)} == {
            frozenset(map(str, part)) for part in (live.entries, live.assignments, live.cases)
        }


@pytest.fixture
def refused(schemas: Schemas) -> Hub:
    return published(schemas, a_file(example("ReferralMade", key=1, location={"address": "House 1"})))


def test_a_redriven_message_says_nothing_that_it_did_not_say(refused: Hub) -> None:
    answers = refused.take(Sector.LOCAL_AUTHORITY, list(refused.taken_in))
    assert (answers.said, answers.refused) == ((), refused.answers[0].refused)


def test_a_message_redriven_to_another_agency_is_not_read_there(refused: Hub) -> None:
    answers = refused.take(Sector.POLICE, list(refused.taken_in))
    assert (answers.said, set(answers.refused)) == ((), {"unreadable_record"})


def test_what_is_in_quarantine_opens_for_its_own_agency_and_at_its_own_place_alone(refused: Hub) -> None:
    (kept,) = records(refused, "Quarantined")
    own, place = refused.own(Sector.LOCAL_AUTHORITY), f"{kept['submission_id']}:{kept['source_seq']}"
    opened = Opener(own).open(envelope_of(kept), QUARANTINE_PURPOSE, place)
    assert opened == refused.taken_in[0].value
    for reader, reference in ((refused.own(Sector.POLICE), place), (refused.vault, place), (own, f"{place}1")):
        with pytest.raises(UnreadableBytes):
            Opener(reader).open(envelope_of(kept), QUARANTINE_PURPOSE, reference)


@pytest.mark.parametrize("key", [b"", bytes(32), b"lantern", b"ORGANISATION-1"], ids=range(4))
def test_whoever_knows_everything_but_the_key_guesses_no_id(schemas: Schemas, key: bytes) -> None:
    hub = published(schemas, a_file(*placed()))
    source = example("PlacementStarted")["source"]
    subject = ids.subject_id(key, "ORGANISATION-1", source["system"], source["child"])
    fact = ids.fact_id(key, "ORGANISATION-1", source["system"], subject, "PlacementStarted", "2026-03-03")
    said = {text for event in records(hub, "PlacementStarted") for text in event["head"].values()}
    assert said & {subject, fact, ids.org_handle(key, "ORGANISATION-1")} == set()
    own = ids.subject_id(hub.edge_key, "ORGANISATION-1", source["system"], source["child"])
    assert own in said, "with the key the guess is right"


@pytest.mark.parametrize("event", ["ChildLookedAfter", "PlacementStarted", "ReferralMade"])
def test_a_receipt_does_not_confirm_that_others_know_the_child(schemas: Schemas, event: str) -> None:
    mine = a_file(example(event, subject=CHILD, fact={}))
    elsewhere = a_file(example("ChildMissing", subject=CHILD), kind=POLICE)
    known, unknown = published(schemas, elsewhere, mine), published(schemas, mine)
    assert len(answered(known, Sector.LOCAL_AUTHORITY)) == 1
    assert differences(answered(known, Sector.LOCAL_AUTHORITY), answered(unknown, Sector.LOCAL_AUTHORITY)) == []


def test_a_receipt_of_what_is_held_back_names_no_child(schemas: Schemas) -> None:
    hub = published(schemas, a_file(example("PlacementStarted")))
    (told,) = records(hub, "Receipt")
    assert (told["outcome"], told["subject_id"], told["sealed_facts"], told["events"]) == ("held_back", None, 0, [])
    assert [one.topic for one in hub.messages] == [topics.out("local_authority")]


def test_a_second_hub_with_keys_of_its_own_reads_nothing_of_the_first(schemas: Schemas) -> None:
    first, second = published(schemas, a_file(*placed())), Hub(schemas, key=100)
    answers = second.take(Sector.LOCAL_AUTHORITY, list(first.taken_in))
    assert (answers.said, set(answers.refused)) == ((), {"unreadable_record"})
    reader = Reader(schemas, Opener(second.vault), DigestKey(bytes(32)))
    sealed = [one.value for one in first.messages if one.topic == topics.SEALED_FACTS]
    assert sealed
    for frame in sealed:
        with pytest.raises(UnreadableBytes):
            reader.read(frame)


def test_a_second_hub_with_the_first_ones_keys_would_read_it(schemas: Schemas) -> None:
    first, second = published(schemas, a_file(*placed())), Hub(schemas)
    assert second.take(Sector.LOCAL_AUTHORITY, list(first.taken_in)).said != ()
