"""Transactions that many share: what is asked while one is under way is done in the next, all of it at once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from services.runtime.database import Connection, Session

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

AT_MOST = 200
_PAUSE_SECONDS = 0.05


class NotNow(Enum):
    """What somebody else holds: it is asked again, and nothing else waits for it."""

    HELD = "held"


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Asked, Answer]):
    asked: Asked
    answer: "asyncio.Future[Answer]"


class Together(Generic[Asked, Answer]):
    """One kind of work on one session; `work` answers each thing that was asked, in order, within one transaction."""

    def __init__(
        self,
        session: Session,
        work: Callable[[Connection, Sequence[Asked]], Awaitable[Sequence[Answer | NotNow]]],
        at_most: int = AT_MOST,
    ) -> None:
        self._session = session
        self._work = work
        self._at_most = at_most
        self._queue: deque[_Waiting[Asked, Answer]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """Wait for the answer, which is committed by then; who waits no longer may still be answered.

        What cannot be done raises what it raises when it is asked alone, and keeps nothing else from being done.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(asked, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work_off())
        try:
            return await answer
        finally:
            answer.cancel()

    async def _work_off(self) -> None:
        while taken := self._taken():
            if not await self._done(taken):
                for one in taken:
                    await self._done([one])
            held = [one for one in taken if not one.answer.done()]
            self._queue.extend(held)
            if len(held) == len(taken):
                await asyncio.sleep(_PAUSE_SECONDS)

    def _taken(self) -> list[_Waiting[Asked, Answer]]:
        """The next ones, without those who wait no longer."""
        taken: list[_Waiting[Asked, Answer]] = []
        while self._queue and len(taken) < self._at_most:
            taken += _still_here([self._queue.popleft()])
        return taken

    async def _done(self, taken: Sequence[_Waiting[Asked, Answer]]) -> bool:
        """Whether there is nothing more to try: what is raised by one alone is its answer."""
        doing = self._session.run(lambda connection: self._answers(connection, taken))
        (answers,) = await asyncio.gather(doing, return_exceptions=True)
        if isinstance(answers, Exception):
            if len(taken) == 1 and _still_here(taken):
                taken[0].answer.set_exception(answers)
            return len(taken) == 1
        if isinstance(answers, BaseException):
            raise answers
        for one, answer in answers:
            if not (isinstance(answer, NotNow) or one.answer.done()):
                one.answer.set_result(answer)
        return True

    async def _answers(
        self, connection: Connection, taken: Sequence[_Waiting[Asked, Answer]]
    ) -> list[tuple[_Waiting[Asked, Answer], Answer | NotNow]]:
        """After an outage, of those alone who still wait."""
        here = _still_here(taken)
        answers = await self._work(connection, [one.asked for one in here]) if here else ()
        return list(zip(here, answers, strict=True))


def _still_here(taken: Sequence[_Waiting[Asked, Answer]]) -> list[_Waiting[Asked, Answer]]:
    return [one for one in taken if not one.answer.done()]
