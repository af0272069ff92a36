"""What happened to alerts is told to others in its order, and waits for as long as nobody takes it."""

from collections.abc import Sequence

from services.core.codes import MissingKind
from services.core.facts import ChildMissing
from services.oncall.relay import Relay
from services.runtime.kafka import Message
from tests.core.enquiries import said
from tests.oncall.fakes import OnCall


class Kept:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, messages: Sequence[Message]) -> None:
        self.messages += messages

    async def stop(self) -> None:
        """There is nothing to stop."""


async def test_everybody_who_was_told_is_told_of_once_and_in_order(oncall: OnCall) -> None:
    publisher = Kept()
    relay = Relay(oncall.session, publisher, oncall.clock)
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 1, 399.9))
    await relay.tell()
    await relay.tell()
    told = [oncall.schemas.decode(message.value)[1]["what"] for message in publisher.messages]
    assert told == ["opened", "paged", "paged"]
