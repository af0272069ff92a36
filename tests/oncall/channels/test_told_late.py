"""What is told late of a page: a failure after its delivery, and a delivery at an address that is no longer theirs."""

from datetime import timedelta

from services.core.oncall import reach
from services.core.oncall.pages import Way
from services.core.oncall.receipts import Rung
from services.oncall.channels.pager import AFTER_FAILURE
from services.oncall.contacts import contacts_of
from tests.oncall.channels.conftest import CONTACT, Desk
from tests.oncall.channels.messages import KEY, PAGE


async def test_a_failure_that_is_told_after_a_delivery_sends_the_page_by_the_next_way(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    await desk.say(KEY, Way.EMAIL, Rung.DELIVERED)
    desk.clock.move(timedelta(seconds=1))
    await desk.say(KEY, Way.EMAIL, Rung.FAILED)
    desk.clock.move(AFTER_FAILURE)
    assert await desk.pager.sweep() == 1
    assert desk.sms.keys == [KEY]


async def test_a_failure_that_is_told_before_a_delivery_sends_the_page_by_the_next_way(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    await desk.say(KEY, Way.EMAIL, Rung.FAILED)
    await desk.say(KEY, Way.EMAIL, Rung.DELIVERED)
    desk.clock.move(AFTER_FAILURE)
    assert await desk.pager.sweep() == 1


async def test_a_delivery_at_the_address_before_proves_nothing_of_a_new_one(desk: Desk) -> None:
    await desk.pager.send(PAGE, KEY)
    desk.clock.move(timedelta(seconds=1))
    await desk.session.run(lambda connection: desk.contacts.put(connection, PAGE.recipient, CONTACT, desk.clock()))
    desk.clock.move(timedelta(seconds=1))
    await desk.say(KEY, Way.EMAIL, Rung.DELIVERED)
    found = await desk.session.run(lambda connection: contacts_of(connection, [PAGE.recipient]))
    assert found[PAGE.recipient][0] == reach.Contact("email")
