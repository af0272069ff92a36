"""A page on its way: written before it is sent, sent again under its own key, and by another way where it is lost."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import LiteralString

import pytest
from psycopg import sql
from pydantic import SecretStr

from services.core.oncall import reach
from services.core.oncall.alerts import Severity
from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.core.oncall.receipts import PATIENCE, Receipt, Rung
from services.oncall.channels import store
from services.oncall.channels.pager import AFTER_FAILURE
from services.oncall.contacts import Contacts, contacts_of
from services.oncall.reaching import ByWay, Contact
from services.runtime.database import Connection, Session, connect
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.together import Together
from tests.oncall.channels.carrying import Killed, die, fail
from tests.oncall.channels.conftest import CONTACT, Desk
from tests.oncall.channels.messages import ADDRESS, AT, KEY, PAGE

REFUSED = Failed(NotSent.REFUSED)
OTHER_KEY = "f" * 32
STRANGER = "e" * 32
A_WHILE = max(PATIENCE.values())


def repeats(desk: Desk) -> float:
    return desk.pager.metrics.registry.get_sample_value("lantern_sends_repeated_total") or 0.0


async def test_a_page_goes_by_the_first_way_that_its_recipient_set(desk: Desk) -> None:
    assert await desk.pager.send(PAGE, KEY) == Sent(Way.EMAIL)
    assert (desk.email.keys, desk.sms.keys, desk.chat.keys) == ([KEY], [], [])
    assert desk.email.taken[0].address.get_secret_value() == ADDRESS


async def test_a_page_that_is_refused_goes_by_the_next_way_at_once_and_the_light_is_red(desk: Desk) -> None:
    desk.email.failure = REFUSED
    assert await desk.pager.send(PAGE, KEY) == Sent(Way.NOTIFY_SMS)
    assert desk.sms.keys == [KEY]
    await desk.pager.sweep()
    assert desk.told == [], "whoever sends it says by which way it left"
    assert desk.is_red


async def test_a_page_that_was_taken_and_dropped_goes_by_the_next_way_once_and_the_light_is_red(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(PATIENCE[Way.EMAIL] - timedelta(seconds=1))
    assert await desk.pager.sweep() == 0
    desk.clock.move(timedelta(seconds=1))
    assert [await desk.pager.sweep() for _ in range(3)] == [1, 0, 0]
    assert (desk.email.keys, desk.sms.keys) == ([KEY], [KEY])
    assert desk.told == [(KEY, Sent(Way.NOTIFY_SMS))]
    assert desk.is_red


async def test_the_light_is_green_again_when_that_way_delivers_again(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(A_WHILE)
    await desk.pager.sweep()
    await desk.say(KEY, Way.NOTIFY_SMS, Rung.DELIVERED)
    await desk.pager.send(PAGE, OTHER_KEY)
    await desk.pager.sweep()
    assert desk.is_red
    desk.clock.move(timedelta(seconds=1))
    await desk.say(OTHER_KEY, Way.EMAIL, Rung.DELIVERED)
    await desk.pager.sweep()
    assert not desk.is_red


async def test_the_light_is_green_once_a_way_that_delivered_nothing_is_no_way_any_more(desk: Desk) -> None:
    desk.email.failure = REFUSED
    await desk.pager.send(PAGE, KEY)
    await desk.pager.sweep()
    assert desk.is_red
    del desk.ways[Way.EMAIL]  # as after a start with other settings
    await desk.pager.sweep()
    assert not desk.is_red


@pytest.mark.parametrize("rung", [Rung.DELIVERED, Rung.READ])
async def test_a_page_that_arrived_goes_by_no_other_way(desk: Desk, rung: Rung) -> None:
    await desk.pager.send(PAGE, KEY)
    await desk.say(KEY, Way.EMAIL, rung)
    desk.clock.move(A_WHILE)
    assert await desk.pager.sweep() == 0
    assert not desk.is_red


async def test_a_failure_that_is_told_later_sends_the_page_by_the_next_way(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    await desk.say(KEY, Way.EMAIL, Rung.FAILED)
    desk.clock.move(AFTER_FAILURE)
    assert await desk.pager.sweep() == 1
    assert desk.sms.keys == [KEY]


async def test_a_page_that_nobody_owes_any_more_goes_by_no_other_way(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.owed = False
    desk.clock.move(A_WHILE)
    assert [await desk.pager.sweep() for _ in range(2)] == [0, 0]


async def test_a_page_goes_by_each_way_once_and_then_there_is_none(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    for _ in range(5):
        desk.clock.move(A_WHILE)
        await desk.pager.sweep()
    assert (desk.email.keys, desk.sms.keys, desk.chat.keys) == ([KEY], [KEY], [KEY])


async def test_what_was_sent_is_not_sent_again_under_its_key(desk: Desk) -> None:
    assert [await desk.pager.send(PAGE, KEY) for _ in range(2)] == [Sent(Way.EMAIL)] * 2
    assert desk.email.keys == [KEY]


async def test_a_key_stands_for_the_page_that_it_was_first_sent_with(desk: Desk) -> None:
    desk.email.meanwhile = die
    with pytest.raises(Killed):
        await desk.pager.send(PAGE, KEY)
    desk.email.meanwhile = lambda: None
    await desk.pager.send(dataclasses.replace(PAGE, severity=Severity.STANDARD, reference="ZZZZZZZZ"), KEY)
    assert len({message.words.body for message in desk.email.taken}) == 1


async def test_who_is_killed_between_a_send_and_its_receipt_loses_nothing(desk: Desk) -> None:
    """What may have left is sent again under the same key, and counted."""
    desk.email.meanwhile = die
    with pytest.raises(Killed):
        await desk.pager.send(PAGE, KEY)
    desk.email.meanwhile = lambda: None
    assert await desk.pager.send(PAGE, KEY) == Sent(Way.EMAIL)
    assert desk.email.keys == [KEY, KEY]
    assert repeats(desk) == 1


async def test_a_page_that_nobody_sends_again_goes_by_the_next_way_in_the_end(desk: Desk) -> None:
    desk.email.meanwhile = die
    with pytest.raises(Killed):
        await desk.pager.send(PAGE, KEY)
    desk.clock.move(A_WHILE)
    assert await desk.pager.sweep() == 1
    assert desk.sms.keys == [KEY]


async def test_where_every_way_failed_each_is_tried_again_when_the_page_is_owed_again(desk: Desk) -> None:
    for way in desk.ways.values():
        way.failure = REFUSED
    assert await desk.pager.send(PAGE, KEY) == REFUSED
    desk.sms.failure = None
    assert await desk.pager.send(PAGE, KEY) == Sent(Way.NOTIFY_SMS)
    assert desk.sms.keys == [KEY]


async def test_who_cannot_be_reached_is_said_to_be(desk: Desk) -> None:
    stranger = dataclasses.replace(PAGE, recipient=STRANGER)
    assert await desk.pager.send(stranger, KEY) == Failed(NotSent.NO_ADDRESS)
    desk.ways.clear()
    assert await desk.pager.send(PAGE, OTHER_KEY) == Failed(NotSent.NO_CHANNEL)
    await desk.pager.sweep()
    assert desk.is_red


async def test_a_fault_of_ours_in_one_way_keeps_no_page_from_going_by_another(desk: Desk) -> None:
    desk.email.meanwhile = fail
    assert await desk.pager.send(PAGE, KEY) == Sent(Way.NOTIFY_SMS)
    assert desk.sms.keys == [KEY]
    assert Reason.RULE_BROKEN in desk.pager.health.reasons


async def test_a_contact_that_does_not_open_stops_no_other_page(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.contacts._cipher = Contacts(b"x" * 32)._cipher  # noqa: SLF001 - as if the key had been replaced
    assert await desk.pager.send(PAGE, OTHER_KEY) == Failed(NotSent.NO_ADDRESS)
    desk.clock.move(A_WHILE)
    assert await desk.pager.sweep() == 0
    assert Reason.RULE_BROKEN in desk.pager.health.reasons


async def test_pages_that_leave_together_go_each_to_its_own_person_by_their_own_way(desk: Desk) -> None:
    people = {f"{number:032x}": f"person-{number}@invented-force.example" for number in range(1, 6)}
    for person, address in people.items():
        way = ByWay(way=Way.EMAIL, at=SecretStr(address))
        await desk.reach(Contact(ways=(way,)), person)
    keys = {f"{number:032x}": person for number, person in enumerate([*people, STRANGER], start=0xA0)}
    sent = await asyncio.gather(
        *(desk.pager.send(dataclasses.replace(PAGE, recipient=person), key) for key, person in keys.items())
    )
    assert sent == [Sent(Way.EMAIL)] * len(people) + [Failed(NotSent.NO_ADDRESS)]
    went = {one.key: one.address.get_secret_value() for one in desk.email.taken}
    assert went == {key: people[person] for key, person in keys.items() if person != STRANGER}


async def test_a_contact_that_does_not_open_stops_no_page_that_leaves_with_it(desk: Desk) -> None:
    other = Contacts(b"x" * 32)
    await desk.session.run(lambda connection: other.put(connection, STRANGER, CONTACT, AT))
    stranger = dataclasses.replace(PAGE, recipient=STRANGER)
    sent = await asyncio.gather(desk.pager.send(stranger, OTHER_KEY), desk.pager.send(PAGE, KEY))
    assert list(sent) == [Failed(NotSent.NO_ADDRESS), Sent(Way.EMAIL)]
    assert Reason.RULE_BROKEN in desk.pager.health.reasons


async def test_a_page_that_another_worker_holds_stops_no_page_that_leaves_with_it(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(A_WHILE)
    async with await connect(desk.where) as frozen, frozen.transaction():
        await store.hold(frozen, KEY)
        held = asyncio.create_task(desk.pager.send(PAGE, KEY))
        assert await desk.pager.send(PAGE, OTHER_KEY) == Sent(Way.EMAIL)
        assert not held.done()
    assert await held == Sent(Way.NOTIFY_SMS)


async def test_a_receipt_of_a_page_that_another_worker_holds_is_noted_once_it_is_free(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    saying: Together[tuple[str, Receipt], bool] = Together(desk.session, store.say)
    async with await connect(desk.where) as frozen, frozen.transaction():
        await store.hold(frozen, KEY)
        said = asyncio.create_task(saying.ask((KEY, Receipt(Way.EMAIL, Rung.DELIVERED, AT))))
        assert not await saying.ask((OTHER_KEY, Receipt(Way.EMAIL, Rung.DELIVERED, AT)))
        assert not said.done()
    assert await said


async def test_what_is_said_twice_at_once_is_new_once(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    twice = [(KEY, Receipt(Way.EMAIL, Rung.DELIVERED, AT))] * 2
    assert await desk.session.run(lambda connection: store.say(connection, twice)) == [True, False]


async def test_two_workers_with_the_same_pages_lose_none(desk: Desk) -> None:
    keys = [f"{number:032x}" for number in range(50)]
    sessions = [Session(desk.where, Health(Metrics())) for _ in range(2)]
    workers = [desk.another(session) for session in sessions]
    sent = await asyncio.gather(
        *(one.send(PAGE, key) for one, order in zip(workers, (keys, keys[::-1]), strict=True) for key in order)
    )
    assert all(isinstance(one, Sent) for one in sent)
    assert set(desk.email.keys) == set(keys)
    for session in sessions:
        await session.close()


async def test_of_several_workers_one_sends_a_lost_page_again(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(PATIENCE[Way.EMAIL])
    sessions = [Session(desk.where, Health(Metrics())) for _ in range(4)]
    left = await asyncio.gather(*(desk.another(session).sweep() for session in sessions))
    assert sorted(left) == [0, 0, 0, 1]
    assert desk.sms.keys == [KEY]
    for session in sessions:
        await session.close()


async def test_which_way_works_is_known_from_the_pages_that_went_by_it(desk: Desk) -> None:
    desk.email.failure = REFUSED
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(timedelta(seconds=1))
    await desk.say(KEY, Way.NOTIFY_SMS, Rung.DELIVERED)
    found = await desk.session.run(lambda connection: contacts_of(connection, [PAGE.recipient, STRANGER]))
    assert found == {
        PAGE.recipient: (
            reach.Contact("email", failed_at=AT),
            reach.Contact("notify_sms", verified_at=AT + timedelta(seconds=1)),
            reach.Contact("chat"),
        ),
        STRANGER: (),
    }


async def test_of_another_address_nothing_is_known_yet(desk: Desk) -> None:
    desk.email.failure = REFUSED
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(timedelta(seconds=1))
    await desk.session.run(lambda connection: desk.contacts.put(connection, PAGE.recipient, CONTACT, desk.clock()))
    found = await desk.session.run(lambda connection: contacts_of(connection, [PAGE.recipient]))
    assert found[PAGE.recipient][0] == reach.Contact("email")


@pytest.mark.parametrize("table", ["contacts", "carried", "sends", "receipts"])
async def test_no_address_stands_in_the_tables_in_clear(desk: Desk, table: LiteralString) -> None:
    await desk.pager.send(PAGE, KEY)
    rows = await desk.session.run(lambda connection: _text_of(connection, table))
    assert rows
    assert ADDRESS not in rows
    assert ADDRESS.encode().hex() not in rows


async def _text_of(connection: Connection, table: LiteralString) -> str:
    cursor = await connection.execute(sql.SQL("SELECT whole::text FROM {} AS whole").format(sql.Identifier(table)))
    return "\n".join(str(row) for row in await cursor.fetchall())
