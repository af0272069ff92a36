"""Transactions that many share: what is asked while one is under way is done in the next, all of it at once."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from services.runtime.database import Connection, Session

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

AT_MOST = 200


class Together(Generic[Asked, Answer]):
    """One kind of work on one session; `work` answers each thing that was asked, in order, within one transaction."""

    def __init__(
        self,
        session: Session,
        work: Callable[[Connection, Sequence[Asked]], Awaitable[Sequence[Answer]]],
        at_most: int = AT_MOST,
    ) -> None:
        self._session = session
        self._work = work
        self._at_most = at_most
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._turn = asyncio.Lock()

    async def ask(self, asked: Asked) -> Answer:
        """Wait for the answer, which is committed by then.

        What cannot be done raises what it raises when it is asked alone, and keeps nothing else from being done.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        try:
            async with self._turn:
                while not answer.done():
                    await self._do(self._taken())
            return await answer
        finally:
            answer.cancel()

    def _taken(self) -> list[tuple[Asked, asyncio.Future[Answer]]]:
        """The next ones, without those whose askers have gone."""
        count = min(len(self._waiting), self._at_most)
        return [one for one in (self._waiting.popleft() for _ in range(count)) if not one[1].done()]

    async def _do(self, taken: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            if not await self._done(taken):
                for one in taken:
                    await self._done([one])
        finally:  # who was to do it may have been told to stop: the next one does what is left
            self._waiting.extendleft(one for one in reversed(taken) if not one[1].done())

    async def _done(self, taken: list[tuple[Asked, asyncio.Future[Answer]]]) -> bool:
        """Whether they are done; what is raised by one alone is its answer."""
        asked = [one for one, _ in taken]
        try:
            answers = await self._session.run(lambda connection: self._work(connection, asked))
        except Exception as fault:  # noqa: BLE001 - it is told to the one whose it is
            return self._told(taken, fault)
        for (_, future), answer in zip(taken, answers, strict=True):
            with contextlib.suppress(asyncio.InvalidStateError):
                future.set_result(answer)
        return True

    @staticmethod
    def _told(taken: list[tuple[Asked, asyncio.Future[Answer]]], fault: Exception) -> bool:
        if len(taken) > 1:
            return False
        for _, future in taken:
            if not future.done():
                future.set_exception(fault)
        return True
