"""Ways made of nothing, held by the same claims as the real ones; and who dies in the middle of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.core.oncall.pages import Failed, Sent, Way
from services.oncall.channels.carriers import Message
from tests.oncall.channels.messages import AT


class Killed(BaseException):
    """What a SIGKILL is to the code that it hits."""


@dataclass
class FakeWay:
    """Takes every page, or answers with `failure`; `meanwhile` is called between the send and its receipt."""

    way: Way
    promises: bool = True
    failure: Failed | None = None
    taken: list[Message] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    async def carry(self, message: Message) -> Sent | Failed:
        if self.failure is not None:
            return self.failure
        self.taken.append(message)
        self.meanwhile()
        return Sent()

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.taken]


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def die() -> None:
    raise Killed


def fail() -> None:
    raise ZeroDivisionError
